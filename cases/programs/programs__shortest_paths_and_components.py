INF = float("inf")
edges = [(0, 1, 4), (0, 2, 1), (2, 1, 2), (1, 3, 5), (3, 4, 3), (5, 6, 1)]
n = 7
d = [[0 if i == j else INF for j in range(n)] for i in range(n)]
for a, b, w in edges:
    d[a][b] = min(d[a][b], w)
for k in range(n):
    for i in range(n):
        for j in range(n):
            d[i][j] = min(d[i][j], d[i][k] + d[k][j])
for row in d:
    print(" ".join(f"{x:>3}" for x in row))
parent = list(range(n))


def find(x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


mst = 0
for a, b, w in sorted(edges, key=lambda e: e[2]):
    if find(a) != find(b):
        parent[find(a)] = find(b)
        mst += w
print(mst, len({find(i) for i in range(n)}))
dist = [INF] * n
dist[0] = 0
for _ in range(n - 1):
    for a, b, w in edges:
        dist[b] = min(dist[b], dist[a] + w)
print(dist)


def topo(deps):
    order, state = [], {}

    def visit(x, trail):
        if state.get(x) == 1:
            raise ValueError("cycle " + " > ".join([*trail, x]))
        if x in state:
            return
        state[x] = 1
        for y in sorted(deps.get(x, ())):
            visit(y, [*trail, x])
        state[x] = 2
        order.append(x)

    for x in sorted(deps):
        visit(x, [])
    return order


print(topo({"app": ["lib", "log"], "lib": ["core"], "log": ["core"], "core": []}))
try:
    topo({"a": ["b"], "b": ["c"], "c": ["a"]})
except ValueError as error:
    print(error)


def scc(graph):
    index, low, stack, on, out = {}, {}, [], set(), []

    def go(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        on.add(v)
        for w in graph.get(v, []):
            if w not in index:
                go(w)
                low[v] = min(low[v], low[w])
            elif w in on:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            comp = []
            while True:
                w = stack.pop()
                on.discard(w)
                comp.append(w)
                if w == v:
                    break
            out.append(sorted(comp))

    for v in graph:
        if v not in index:
            go(v)
    return out


print(scc({1: [2], 2: [3], 3: [1, 4], 4: [5], 5: [4], 6: []}))
flow = {("s", "a"): 10, ("s", "b"): 5, ("a", "b"): 15, ("a", "t"): 5, ("b", "t"): 10}


def augment(cap, s, t):
    seen, queue, prev = {s}, [s], {}
    while queue:
        u = queue.pop(0)
        for (a, b), c in sorted(cap.items()):
            if a == u and c > 0 and b not in seen:
                seen.add(b)
                prev[b] = a
                queue.append(b)
    if t not in seen:
        return 0
    path = [t]
    while path[-1] != s:
        path.append(prev[path[-1]])
    pairs = list(zip(path[:0:-1], path[-2::-1]))
    push = min(cap[p] for p in pairs)
    for a, b in pairs:
        cap[a, b] -= push
        cap[b, a] = cap.get((b, a), 0) + push
    return push


total = 0
while f := augment(flow, "s", "t"):
    total += f
print(total)
