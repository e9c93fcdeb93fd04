from dataclasses import dataclass


@dataclass
class Num:
    v: float


@dataclass
class Bin:
    op: str
    l: object
    r: object


@dataclass
class Var:
    name: str


@dataclass
class Let:
    name: str
    value: object
    body: object


def ev(e, env):
    match e:
        case Num(v):
            return v
        case Var(n) if n in env:
            return env[n]
        case Var(n):
            raise NameError(n)
        case Bin("+", l, r):
            return ev(l, env) + ev(r, env)
        case Bin("*", Num(0), _) | Bin("*", _, Num(0)):
            return 0
        case Bin("*", l, r):
            return ev(l, env) * ev(r, env)
        case Let(n, v, body):
            return ev(body, env | {n: ev(v, env)})
        case Bin(op=o):
            raise ValueError(f"unknown {o}")


def simplify(e):
    match e:
        case Bin("+", Num(0), x) | Bin("+", x, Num(0)) | Bin("*", Num(1), x) | Bin("*", x, Num(1)):
            return simplify(x)
        case Bin(op, l, r) if (s := Bin(op, simplify(l), simplify(r))) != e:
            return simplify(s)
    return e


print(ev(Let("x", Num(5), Bin("+", Var("x"), Bin("*", Num(2), Var("x")))), {}))
print(ev(Bin("*", Num(0), Var("undefined")), {}))
print(simplify(Bin("+", Num(0), Bin("*", Num(1), Var("y")))))
for bad in (Var("q"), Bin("-", Num(1), Num(2))):
    try:
        ev(bad, {})
    except (NameError, ValueError) as error:
        print(type(error).__name__, error)


def tokens(s):
    match list(s):
        case [c, *rest] if c.isdigit():
            return [("digit", c)] + tokens(rest)
        case ["(" | ")" as p, *rest]:
            return [("paren", p)] + tokens(rest)
        case [_, *rest]:
            return tokens(rest)
        case []:
            return []


print(tokens("(1 + 2)"))
