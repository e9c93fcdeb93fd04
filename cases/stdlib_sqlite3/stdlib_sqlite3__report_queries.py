import sqlite3

db = sqlite3.connect(":memory:")
db.row_factory = sqlite3.Row
db.executescript("""
create table author (id integer primary key, name text unique);
create table book (id integer primary key, title text, author_id int references author(id) on delete cascade, year int, price real check (price >= 0));
insert into author (name) values ('Ann'), ('Bob'), ('Cy');
insert into book (title, author_id, year, price) values ('A1', 1, 2000, 10), ('A2', 1, 2005, 20.5), ('B1', 2, 2005, 15), ('X', null, 1999, 5);
""")
for sql in ["select a.name, count(b.id) n, coalesce(sum(b.price), 0) total from author a left join book b on b.author_id = a.id group by a.id order by total desc", "select title from book where author_id is null", "select year, group_concat(title, '+') t from book group by year having count(*) > 1", "select title, price, price - avg(price) over () d from book order by d", "select distinct year from book order by year desc limit 2 offset 1", "select case when price > 12 then 'dear' else 'cheap' end k, count(*) from book group by k order by k", "select upper(title), length(title), price * 2, typeof(price), typeof(null), typeof(1), typeof('x') from book limit 1", "select * from (select 1 a union all select 2 union select 2) order by a", "with big as (select * from book where price > 10) select max(year) from big", "select title from book where title like 'a%' and year between 2000 and 2004", "select exists(select 1 from book where price > 100), (select count(*) from author)", "select date('2024-01-31', '+1 month'), strftime('%Y', '2024-05-06'), julianday('2000-01-01')", "select printf('%05.1f|%s', 3.14159, 'x'), replace('aXa', 'X', '-'), trim('  x '), abs(-5), round(2.567, 1), min(3, 1, 2), nullif(1, 1), ifnull(null, 'd')", "select json_group_array(title) from book where author_id = 1", "select row_number() over (partition by author_id order by year desc) r, title from book where author_id is not null order by title", "select lag(price) over (order by id) p, price from book"]:
    print([tuple(r) for r in db.execute(sql)])
db.execute("pragma foreign_keys = on")
db.execute("delete from author where name = 'Ann'")
print(db.execute("select count(*) from book").fetchone()[0])
for bad in ["insert into book (author_id) values (99)", "insert into book (price) values (-1)", "insert into author (name) values ('Bob')"]:
    try:
        db.execute(bad)
    except sqlite3.IntegrityError as error:
        print(error)
db.execute("insert into author (id, name) values (2, 'Bobby') on conflict (id) do update set name = excluded.name")
print([r["name"] for r in db.execute("select name from author order by id returning_ if 0" if False else "select name from author order by id")], [tuple(r) for r in db.execute("update author set name = lower(name) returning id, name")])
db.execute("create view v as select name, length(name) l from author")
db.execute("create trigger tr after insert on author begin insert into book (title) values ('by trigger ' || new.name); end")
db.execute("insert into author (name) values ('New')")
print([tuple(r) for r in db.execute("select * from v")], db.execute("select title from book order by id desc").fetchone()[0])
