# wheels: attrs
import attr
from attrs import asdict, define, evolve, field, fields, frozen, validators


@define(order=True)
class Point:
    x: int = field(validator=validators.instance_of(int))
    y: int = field(default=0, converter=int)
    tags: list = field(factory=list, repr=False, eq=False, order=False)


@frozen
class Fixed:
    point: Point
    name: str = field(default="fixed", validator=validators.matches_re(r"[a-z]+"))


print(Point(1, "2"), sorted([Point(2), Point(1, 5), Point(1)]))
print(asdict(Fixed(Point(1, 2, ["a"]))), evolve(Point(1), x=9), [each.name for each in fields(Point)])
for make in (lambda: Point("1"), lambda: Fixed(Point(1), "A1"), lambda: setattr(Fixed(Point(1)), "name", "b"), lambda: Point()):
    try:
        make()
    except Exception as error:
        print(type(error).__name__, str(error.args[0])[:60])
print(Point.__slots__[:3], attr.has(Point))
