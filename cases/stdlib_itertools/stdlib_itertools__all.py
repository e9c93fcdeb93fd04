from itertools import *
import operator

print(list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], operator.mul, initial=10)), list(batched("abcdefg", 3)), list(chain("ab", [1])), list(chain.from_iterable(["ab", "c"])), list(combinations("abc", 2)), list(combinations_with_replacement("ab", 2)), list(compress("abc", [1, 0, 1])), list(islice(count(5, 2), 3)), list(islice(count(0.5, 0.5), 3)), list(islice(cycle("ab"), 5)), list(dropwhile(lambda x: x < 3, [1, 3, 1])), list(filterfalse(None, [0, 1])), [(k, list(g)) for k, g in groupby("aabbca")], [(k, list(g)) for k, g in groupby([1, 3, 2], lambda x: x % 2)], list(islice("abcdef", 1, None, 2)), list(pairwise("abc")), list(permutations("abc", 2)), list(product("ab", [1, 2])), list(product([0, 1], repeat=2)), list(repeat("x", 2)), list(starmap(pow, [(2, 3), (3, 2)])), list(takewhile(lambda x: x < 3, [1, 3, 1])), [list(t) for t in tee("ab", 3)], list(zip_longest("ab", [1], fillvalue="-")), sep="\n")
print(list(product()), list(permutations([], 0)), list(combinations("ab", 3)), list(batched([], 2)), list(accumulate([])), list(chain()), list(pairwise([1])))
print(count(5), repeat(1, 3), repeat("x"), list(islice(repeat(5), 2)), operator.length_hint(repeat(1, 3)), len(list(permutations(range(5)))), sum(1 for _ in combinations(range(20), 10)))
for bad in ["islice([1], -1)", "list(batched('abc', 2, strict=True))", "batched('a', 0)", "combinations('a', -1)", "count('a')", "list(zip_longest('a', x=1))", "tee([1], -1)", "islice([1])", "repeat()", "list(starmap(pow, [1]))", "permutations('a', 'b')", "list(chain(1))", "list(chain.from_iterable([1]))", "product('a', repeat=-1)", "cycle(5)", "groupby()", "list(accumulate([1, 'a']))", "islice([1], 0, 1, 0)", "compress('a')", "pairwise(1)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
g = groupby("aab")
k1, g1 = next(g)
k2, g2 = next(g)
print(k1, list(g1), k2, list(g2))
