import sqlite3

db = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES, autocommit=True)
db.create_function("double", 1, lambda x: x * 2, deterministic=True)
db.create_function("boom", 0, lambda: 1 / 0)


class Longest:
    def __init__(self):
        self.best = ""

    def step(self, v):
        self.best = max(self.best, v, key=len)

    def finalize(self):
        return self.best


db.create_aggregate("longest", 1, Longest)
db.create_collation("rev", lambda a, b: (a < b) - (a > b))
print(db.execute("select double(21), double('ab'), longest(v) from (select 'a' v union select 'abc' union select 'zz')").fetchall())
print([r[0] for r in db.execute("select column1 from (values ('a'), ('c'), ('b')) order by 1 collate rev")])
try:
    db.execute("select boom()").fetchall()
except sqlite3.OperationalError as error:
    print(error)
sqlite3.register_adapter(complex, lambda c: f"{c.real};{c.imag}")
sqlite3.register_converter("cplx", lambda b: complex(*map(float, b.split(b";"))))
db.execute("create table c (z cplx)")
db.execute("insert into c values (?)", (1 + 2j,))
print(db.execute("select z, typeof(z) from c").fetchall())
print(db.execute("with recursive f(a, b) as (select 0, 1 union all select b, a + b from f limit 10) select group_concat(a) from f").fetchone())
print(db.execute("select n, sum(n) over (order by n), rank() over (order by n desc) from (select 1 n union select 2 union select 3) order by n").fetchall())
print(db.execute("select json_extract('{\"a\": [1, 2, {\"b\": 3}]}', '$.a[2].b'), upper('é'), round(2.5), substr('hello', 2, 3), 7 / 2, 7 % 3, null is null, 'a' || 1, cast('12x' as int), coalesce(null, 5), instr('abc', 'c'), hex(x'ff'), 1 = 1.0, quote('it''s')").fetchone())
db.executescript("create table p (x); insert into p values (1); insert into p values (2);")
print(list(db.iterdump())[-4:])
other = sqlite3.connect(":memory:")
db.backup(other)
print(other.execute("select x from p").fetchall(), sqlite3.complete_statement("select 1;"), sqlite3.threadsafety, sqlite3.apilevel, sqlite3.paramstyle)
b = db.execute("create table bl (d blob)") and db.execute("insert into bl values (zeroblob(5))").lastrowid
with db.blobopen("bl", "d", b) as blob:
    blob.write(b"hey")
    blob[4] = 33
    print(len(blob), blob[0:3])
print(db.execute("select d from bl").fetchone(), sqlite3.connect(":memory:").execute("select 1 where 1 = 2").fetchone())
trace = []
db.set_trace_callback(trace.append)
db.execute("select 1 + ?", (5,))
print(trace)
db.set_authorizer(lambda action, *a: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DELETE else sqlite3.SQLITE_OK)
try:
    db.execute("delete from p")
except sqlite3.DatabaseError as error:
    print(error)
