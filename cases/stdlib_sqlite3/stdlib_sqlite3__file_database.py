import os
import sqlite3

db = sqlite3.connect("data.db")
db.execute("create table kv (k text primary key, v)")
db.executemany("insert into kv values (?, ?)", [(f"k{i}", i * i) for i in range(200)])
db.commit()
db.close()
print(os.path.exists("data.db"), os.path.getsize("data.db") % 4096, open("data.db", "rb").read(15))
db = sqlite3.connect("data.db", isolation_level=None)
print(db.execute("select sum(v), count(*) from kv").fetchone(), db.execute("pragma integrity_check").fetchone(), db.execute("pragma journal_mode").fetchone())
db.execute("begin")
db.execute("delete from kv where v > 100")
print(db.in_transaction, db.execute("select count(*) from kv").fetchone())
db.execute("rollback")
print(db.execute("select count(*) from kv").fetchone())
db.execute("create index idx on kv (v)")
print([r[3] for r in db.execute("explain query plan select k from kv where v = 9")])
db.execute("savepoint one")
db.execute("update kv set v = 0")
db.execute("rollback to one")
db.execute("release one")
print(db.execute("select max(v) from kv").fetchone(), db.execute("select name, type from sqlite_master order by name").fetchall())
db.execute("vacuum")
db.close()
for path in ("nope/dir/x.db",):
    try:
        sqlite3.connect(path)
    except sqlite3.OperationalError as error:
        print(error)
open("junk.db", "w").write("this is not a database at all, just text" * 30)
try:
    sqlite3.connect("junk.db").execute("select * from sqlite_master")
except sqlite3.DatabaseError as error:
    print(error)
