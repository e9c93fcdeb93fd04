import sqlite3

db = sqlite3.connect(":memory:")
db.execute("create table t (id integer primary key, name text not null, score real, data blob, unique(name))")
cur = db.executemany("insert into t (name, score, data) values (?, ?, ?)", [("ann", 1.5, b"\x00\xff"), ("bob", None, None), ("é😀", 3, "text")])
print(cur.rowcount, cur.lastrowid, db.total_changes, db.in_transaction)
db.commit()
print(db.execute("select * from t order by id").fetchall(), db.execute("select count(*), sum(score), max(name) from t").fetchone())
cur = db.execute("select id, name as n from t where score > :min order by id desc", {"min": 1})
print([d[0] for d in cur.description], cur.fetchone(), cur.fetchmany(5), cur.fetchone())
db.row_factory = sqlite3.Row
row = db.execute("select * from t where id = 1").fetchone()
print(row["name"], row[0], row.keys(), tuple(row), len(row), dict(row))
with db:
    db.execute("update t set score = score + 1")
try:
    with db:
        db.execute("delete from t")
        db.execute("insert into t (name) values (null)")
except sqlite3.IntegrityError as error:
    print(error, error.sqlite_errorname)
print(db.execute("select count(*) from t").fetchone()[0])
for bad in ["selec 1", "select * from nope", "select nope from t", "insert into t (name) values ('ann')", "select ?", "select ?1, ?2", "insert into t values (1)", "select 1; select 2", "select 'unclosed", "create table t (x)", "select json('{')"]:
    try:
        db.execute(bad)
        print("ok", bad)
    except sqlite3.Error as error:
        print(type(error).__name__, error)
for args in [("select ?", (object(),)), ("select ?", (1, 2)), ("select :a", {"b": 1}), ("select ?", 5), (5,), ("select ?", (2**70,)), ("select 1\0",)]:
    try:
        db.execute(*args)
    except Exception as error:
        print(type(error).__name__, error)
db.close()
try:
    db.execute("select 1")
except sqlite3.ProgrammingError as error:
    print(error)
