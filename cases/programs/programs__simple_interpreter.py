import operator as op


def tokenize(s):
    return s.replace("(", " ( ").replace(")", " ) ").split()


def parse(tokens):
    t = tokens.pop(0)
    if t == "(":
        out = []
        while tokens[0] != ")":
            out.append(parse(tokens))
        tokens.pop(0)
        return out
    if t == ")":
        raise SyntaxError("unexpected )")
    for kind in (int, float):
        try:
            return kind(t)
        except ValueError:
            pass
    return t


class Env(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values))
        self.outer = outer

    def find(self, n):
        if n in self:
            return self
        if self.outer is None:
            raise NameError(f"unknown symbol {n}")
        return self.outer.find(n)


BASE = Env(["+", "-", "*", "<", "=", "list", "car", "cdr", "null?", "cons"], [lambda *a: sum(a), op.sub, op.mul, op.lt, op.eq, lambda *a: list(a), lambda x: x[0], lambda x: x[1:], lambda x: x == [], lambda a, b: [a] + b])


def ev(x, env=BASE):
    if isinstance(x, str):
        return env.find(x)[x]
    if not isinstance(x, list):
        return x
    match x:
        case ["quote", v]:
            return v
        case ["if", c, a, b]:
            return ev(a if ev(c, env) else b, env)
        case ["define", n, v]:
            env[n] = ev(v, env)
        case ["set!", n, v]:
            env.find(n)[n] = ev(v, env)
        case ["lambda", names, body]:
            return lambda *args: ev(body, Env(names, args, env))
        case ["begin", *body]:
            return [ev(e, env) for e in body][-1]
        case [f, *args]:
            return ev(f, env)(*[ev(a, env) for a in args])


for s in ["(+ 1 2 3)", "(define sq (lambda (x) (* x x)))", "(sq 12)", "(define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1))))))", "(fact 20)", "(define map (lambda (f l) (if (null? l) (quote ()) (cons (f (car l)) (map f (cdr l))))))", "(map sq (list 1 2 3))", "(begin (define a 1) (set! a (+ a 5)) a)", "(((lambda (x) (lambda (y) (+ x y))) 3) 4)", "(nope 1)", "(car (quote ()))", ")", "(1 2)"]:
    try:
        print(s, "=>", ev(parse(tokenize(s))))
    except Exception as error:
        print(s, "=>", type(error).__name__, error)
