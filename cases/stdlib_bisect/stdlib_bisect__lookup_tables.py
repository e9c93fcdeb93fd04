import bisect


def grade(score, cuts=(60, 70, 80, 90), letters="FDCBA"):
    return letters[bisect.bisect(cuts, score)]


print([grade(s) for s in (33, 60, 69.9, 77, 89, 90, 100)])
data = [("red", 5), ("blue", 1), ("yellow", 8), ("black", 0)]
data.sort(key=lambda r: r[1])
keys = [r[1] for r in data]
print(data[bisect.bisect_left(keys, 5)], bisect.bisect_left(data, 4, key=lambda r: r[1]), bisect.bisect([1, 2, 2, 2, 3], 2, 1, 3))
l = []
for x in [5, 2, 8, 2, 9, 1]:
    bisect.insort(l, x)
print(l, bisect.bisect_left(l, 2), bisect.bisect_right(l, 2), bisect.bisect_left(l, 100), bisect.bisect_left(l, -1), bisect.bisect("abcxyz", "m"))


def find(a, x):
    i = bisect.bisect_left(a, x)
    return i if i < len(a) and a[i] == x else -1


print(find(l, 8), find(l, 7), bisect.bisect_left(range(0, 10**9, 7), 7 * 10**6))


class Movie:
    def __init__(self, year):
        self.year = year

    def __repr__(self):
        return f"M{self.year}"


movies = [Movie(1990), Movie(2000), Movie(2010)]
bisect.insort(movies, Movie(2005), key=lambda m: m.year)
print(movies)
try:
    bisect.insort([1, "a"], "b", key=len)
except TypeError as error:
    print(error)
