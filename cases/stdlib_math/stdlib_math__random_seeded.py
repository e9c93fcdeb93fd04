import random

r = random.Random(42)
print(r.random(), r.randint(1, 100), r.randrange(0, 100, 5), r.uniform(1, 2), r.choice("abc"), r.choices("abc", k=5), r.choices([1, 2], weights=[9, 1], k=5))
l = list(range(10))
r.shuffle(l)
print(l, r.sample(range(100), 5), r.sample(["a", "b"], counts=[3, 2], k=4))
print(r.gauss(0, 1), r.normalvariate(), r.expovariate(1.5), r.betavariate(1, 2), r.gammavariate(2, 1), r.triangular(0, 1, 0.5), r.lognormvariate(0, 1), r.vonmisesvariate(0, 1), r.paretovariate(3), r.weibullvariate(1, 2), r.binomialvariate(10, 0.3))
print(r.getrandbits(70), r.randbytes(4), r.randrange(10**20))
state = r.getstate()
a = [r.random() for _ in range(3)]
r.setstate(state)
print(a == [r.random() for _ in range(3)])
for seed in ["text", b"bytes", 1.5, None and 0, -5, 2**100]:
    print(seed, random.Random(seed).random() if seed is not None else "-")
random.seed(1)
print(random.random(), random.randint(0, 9))
random.seed("a", version=1)
print(random.random())
for bad in ["r.choice([])", "r.randint(5, 1)", "r.randrange(0)", "r.sample([1], 2)", "r.sample({1}, 1)", "r.choices([], k=1)", "r.choices([1], weights=[0])", "r.randrange(1.5)", "random.Random([])", "r.getrandbits(-1)", "r.sample(range(3), -1)", "r.shuffle((1, 2))", "r.choices('ab', weights=[1])", "r.randrange(1, 10, 0)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
