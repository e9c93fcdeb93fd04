import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum


class Level(Enum):
    LOW = "low"
    HIGH = "high"


@dataclass
class Item:
    name: str
    price: Decimal
    level: Level = Level.LOW
    added: date = date(2024, 1, 1)
    tags: set = field(default_factory=set)


class Encoder(json.JSONEncoder):
    def default(self, o):
        match o:
            case Decimal():
                return {"$decimal": str(o)}
            case Enum():
                return {"$enum": o.value}
            case date():
                return {"$date": o.isoformat()}
            case set():
                return {"$set": sorted(o)}
        return super().default(o)


def decode(d):
    match d:
        case {"$decimal": v}:
            return Decimal(v)
        case {"$enum": v}:
            return Level(v)
        case {"$date": v}:
            return date.fromisoformat(v)
        case {"$set": v}:
            return set(v)
    return d


item = Item("x", Decimal("1.10"), Level.HIGH, tags={"b", "a"})
text = json.dumps(asdict(item), cls=Encoder, sort_keys=True)
print(text)
print(Item(**json.loads(text, object_hook=decode)) == item)
print(json.dumps({"k": [1, 2, {"n": None}]}, indent=4).count("\n"), json.dumps("é", ensure_ascii=True), json.dumps({1: {2: 3}}), json.loads("{}"), json.loads("[]"), json.loads('""'), json.dumps(None), json.dumps([[[]]]), json.dumps({}), json.dumps([], indent=2), json.dumps({"a": []}, indent=2))
print([json.loads(line) for line in '{"a": 1}\n{"a": 2}'.splitlines()], json.dumps([1.0, 1e10, 1e16, 1e-7, 123456789.125, 1 / 3]), json.dumps({"b": 1, "a": 2}), json.dumps({"b": 1, "a": 2}, sort_keys=True), json.dumps("\u2028\U0001F600"), json.dumps(True), json.dumps({True: 1, None: 2}))
with open("data.json", "w", encoding="utf-8") as f:
    json.dump({"é": [1, "ü"]}, f, ensure_ascii=False)
print(open("data.json", encoding="utf-8").read(), json.load(open("data.json", encoding="utf-8")))
d = json.JSONDecoder(object_pairs_hook=lambda p: ("pairs", p))
print(d.decode('{"a": {"b": 1}}'), json.JSONEncoder(separators=(",", ":")).encode({"a": [1]}), list(json.JSONEncoder().iterencode([1, {"a": 2}])))


class MyInt(int):
    def __repr__(self):
        return "custom"


class MyStr(str): ...


print(json.dumps([MyInt(5), MyStr("s"), Level.LOW.value]), json.dumps({MyStr("k"): 1}))
