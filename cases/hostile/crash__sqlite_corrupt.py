import sqlite3

db = sqlite3.connect("x.db")
db.execute("create table t (a)")
db.executemany("insert into t values (?)", [(i,) for i in range(5000)])
db.commit()
db.close()
data = bytearray(open("x.db", "rb").read())
data[100:3000] = bytes(range(256)) * 11 + bytes(84)
open("x.db", "wb").write(data)
sqlite3.connect("x.db").execute("select sum(a) from t").fetchall()
