print(" ".join("FizzBuzz"[i * i % 3 * 4 : 8 - -(i**4) % 5] or str(i) for i in range(1, 21)))
print([("Fizz" * (i % 3 == 0) + "Buzz" * (i % 5 == 0)) or i for i in range(1, 16)])


def anagrams(words):
    groups = {}
    for w in words:
        groups.setdefault("".join(sorted(w)), []).append(w)
    return [g for g in groups.values() if len(g) > 1]


def two_sum(nums, target):
    seen = {}
    for i, n in enumerate(nums):
        if target - n in seen:
            return seen[target - n], i
        seen[n] = i


def valid(s):
    stack, pairs = [], {")": "(", "]": "[", "}": "{"}
    for c in s:
        if c in pairs.values():
            stack.append(c)
        elif c in pairs and (not stack or stack.pop() != pairs[c]):
            return False
    return not stack


def longest_unique(s):
    best = start = 0
    last = {}
    for i, c in enumerate(s):
        start = max(start, last.get(c, -1) + 1)
        last[c] = i
        best = max(best, i - start + 1)
    return best


def rotate(a, k):
    k %= len(a)
    return a[-k:] + a[:-k]


def merge(iv):
    out = []
    for a, b in sorted(iv):
        if out and a <= out[-1][1]:
            out[-1][1] = max(out[-1][1], b)
        else:
            out.append([a, b])
    return out


def look_say(s):
    from itertools import groupby

    return "".join(f"{len(list(g))}{k}" for k, g in groupby(s))


def palindrome(s):
    best = ""
    for c in range(len(s)):
        for a, b in ((c, c), (c, c + 1)):
            while a >= 0 and b < len(s) and s[a] == s[b]:
                a, b = a - 1, b + 1
            best = max(best, s[a + 1 : b], key=len)
    return best


s = "1"
for _ in range(6):
    s = look_say(s)
print(anagrams(["eat", "tea", "tan", "ate", "nat", "bat"]), two_sum([2, 7, 11, 15], 9), [valid(x) for x in ("()[]{}", "(]", "([)]", "{[]}", "(")], longest_unique("abcabcbb"), rotate([1, 2, 3, 4, 5], 2), merge([[1, 3], [2, 6], [8, 10], [15, 18]]), s, palindrome("babad"), palindrome("forgeeksskeegfor"))
print(sum(x for x in range(1000) if x % 3 == 0 or x % 5 == 0), max(a * b for a in range(900, 1000) for b in range(900, 1000) if str(a * b) == str(a * b)[::-1]), [int(b, 2) for b in ("101", "11")], "".join(chr(ord("a") + i) for i in range(26))[::5], sum(int(d) for d in str(2**100)), [n for n in range(1, 30) if n == int("".join(sorted(str(n))))][-5:])
water = [0, 1, 0, 2, 1, 0, 1, 3, 2, 1, 2, 1]
print(sum(min(max(water[: i + 1]), max(water[i:])) - h for i, h in enumerate(water)), len(max("".join("1" if h else "0" for h in water).split("0"), key=len)))
