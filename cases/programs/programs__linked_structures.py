class Node:
    __slots__ = ("value", "left", "right")

    def __init__(self, value):
        self.value, self.left, self.right = value, None, None


class Tree:
    def __init__(self, values=()):
        self.root, self.size = None, 0
        for v in values:
            self.add(v)

    def add(self, v):
        where, self.size = self.root, self.size + 1
        if where is None:
            self.root = Node(v)
            return
        while True:
            side = "left" if v < where.value else "right"
            if (nxt := getattr(where, side)) is None:
                setattr(where, side, Node(v))
                return
            where = nxt

    def __iter__(self):
        def walk(n):
            if n:
                yield from walk(n.left)
                yield n.value
                yield from walk(n.right)

        return walk(self.root)

    def __contains__(self, v):
        n = self.root
        while n and n.value != v:
            n = n.left if v < n.value else n.right
        return n is not None

    def __len__(self):
        return self.size

    def depth(self, n=...):
        n = self.root if n is ... else n
        return 0 if n is None else 1 + max(self.depth(n.left), self.depth(n.right))


t = Tree([50, 30, 70, 20, 40, 60, 80, 30])
print(list(t), 40 in t, 45 in t, len(t), t.depth(), max(t), [*zip(t, t)][:2])


class Linked:
    def __init__(self, *v):
        self.head = None
        for x in reversed(v):
            self.head = (x, self.head)

    def __iter__(self):
        n = self.head
        while n:
            yield n[0]
            n = n[1]

    def reverse(self):
        out, n = None, self.head
        while n:
            out, n = (n[0], out), n[1]
        self.head = out
        return self

    def __repr__(self):
        return " -> ".join(map(str, self)) or "empty"


print(Linked(1, 2, 3), Linked(1, 2, 3).reverse(), Linked())


class LRU:
    def __init__(self, n):
        self.n, self.d = n, {}

    def get(self, k):
        if k in self.d:
            self.d[k] = self.d.pop(k)
            return self.d[k]
        return None

    def put(self, k, v):
        self.d.pop(k, None)
        self.d[k] = v
        if len(self.d) > self.n:
            del self.d[next(iter(self.d))]


c = LRU(2)
c.put(1, "a"), c.put(2, "b"), c.get(1), c.put(3, "c")
print(c.d, c.get(2))


class Trie:
    def __init__(self):
        self.kids, self.end = {}, False

    def add(self, w):
        n = self
        for ch in w:
            n = n.kids.setdefault(ch, Trie())
        n.end = True

    def words(self, prefix=""):
        if self.end:
            yield prefix
        for ch, n in sorted(self.kids.items()):
            yield from n.words(prefix + ch)


tr = Trie()
for w in "car cart cat dog do".split():
    tr.add(w)
print(list(tr.words()), list(tr.kids["c"].words("c")))
