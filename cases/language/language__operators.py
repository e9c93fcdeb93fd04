print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 2**10, 2**-1, divmod(-7, 2))
print(1 < 2 < 3, 1 < 3 > 2, 1 == 1.0 == True, not 0, 1 and 2, 0 or "x", None or [] or 0)
print(5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 10, -17 >> 2)
print("a" in "abc", 1 not in [1], [] is not [], "ab" < "b", (1, 2) < (1, 2, 0))
x = 5
x += 1
x *= 2
x -= 3
x //= 2
x **= 2
x %= 7
x |= 8
x ^= 1
x <<= 2
x >>= 1
x &= 30
print(x)
l = m = [1]
l += (2,)
l *= 2
print(l, m is l)
t = u = (1,)
t += (2,)
print(t, u)
print((y := 10) + y, [z := 1, z**2], "yes" if y > 5 else "no")


def trace(name, value):
    print(name, end=" ")
    return value


print(trace("a", 1) + trace("b", 2) * trace("c", 3))
print(trace("a", 3) < trace("b", 2) < trace("c", 1))
print(trace("k", {}).get(trace("key", 1), trace("d", 2)))
print(1 if trace("cond", 0) else trace("else", 2))
for bad in ["1 + 'a'", "'a' * 1.5", "[] + ()", "-'a'", "1 < 'a'", "{} | []", "1 @ 2", "~1.5", "1 << -1", "1 % 0", "2.0 // 0", "0 ** -1"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(bad, "->", type(error).__name__ + ":", error)
