import sqlite3


class Field:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = name


class Meta(type):
    def __new__(mcs, name, bases, ns):
        cls = super().__new__(mcs, name, bases, ns)
        cls.fields = [f for f in ns.values() if isinstance(f, Field)]
        cls.table = name.lower()
        return cls


class Model(metaclass=Meta):
    db = sqlite3.connect(":memory:")

    def __init__(self, **values):
        self.id = values.pop("id", None)
        unknown = values.keys() - {f.name for f in self.fields}
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {sorted(unknown)}")
        for f in self.fields:
            setattr(self, f.name, values.get(f.name))

    @classmethod
    def create(cls):
        cls.db.execute(f"create table {cls.table} (id integer primary key, {', '.join(f'{f.name} {f.kind}' for f in cls.fields)})")

    def save(self):
        names = [f.name for f in self.fields]
        cur = self.db.execute(f"insert into {self.table} ({', '.join(names)}) values ({', '.join('?' * len(names))})", [getattr(self, n) for n in names])
        self.id = cur.lastrowid
        return self

    @classmethod
    def where(cls, **conditions):
        sql = f"select id, {', '.join(f.name for f in cls.fields)} from {cls.table}"
        if conditions:
            sql += " where " + " and ".join(f"{k} = ?" for k in conditions)
        return [cls(**dict(zip(["id", *(f.name for f in cls.fields)], r))) for r in cls.db.execute(sql + " order by id", tuple(conditions.values()))]

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"


class User(Model):
    name = Field("text")
    age = Field("integer")


User.create()
for n, a in [("ann", 30), ("bob", 25), ("x'; drop table user; --", 30)]:
    print(User(name=n, age=a).save())
print(User.where(age=30), User.where(name="nobody"), len(User.where()))
for bad in (lambda: User(nope=1), lambda: User.where(nope=1)):
    try:
        bad()
    except (TypeError, sqlite3.OperationalError) as error:
        print(type(error).__name__, error)
