"""A database in a file: transactions, a rollback, an index, a second connection, vacuum."""
import os
import sqlite3

db = sqlite3.connect("shop.db")
db.execute("create table orders (id integer primary key, customer text, amount real)")
db.executemany(
    "insert into orders (customer, amount) values (?, ?)",
    [(f"customer {number % 50}", number * 1.5) for number in range(5000)],
)
db.commit()
db.execute("create index by_customer on orders (customer)")
print(db.execute("select count(*), sum(amount) from orders").fetchone())

db.execute("delete from orders where id > 100")
print(db.execute("select count(*) from orders").fetchone())
db.rollback()
print(db.execute("select count(*) from orders").fetchone())

other = sqlite3.connect("shop.db")
print(other.execute("select customer, count(*) from orders group by customer order by customer limit 3").fetchall())
try:
    other.execute("insert into orders (id, customer) values (1, 'twice')")
except sqlite3.IntegrityError as error:
    print("refused:", error)
other.close()

db.execute("delete from orders where id % 2")
db.commit()
size = os.path.getsize("shop.db")
db.execute("vacuum")
print("smaller after vacuum:", os.path.getsize("shop.db") < size)
print(db.execute("pragma integrity_check").fetchone())
db.close()
print(sorted(os.listdir()))

with sqlite3.connect("wal.db") as db:
    print(db.execute("pragma journal_mode=truncate").fetchone())
    db.execute("create table numbers (n)")
    db.executemany("insert into numbers values (?)", ((n,) for n in range(1000)))
db.close()
print(sqlite3.connect("wal.db").execute("select max(n) from numbers").fetchone())
