import heapq
from collections import deque

graph = {"A": {"B": 1, "C": 4}, "B": {"C": 2, "D": 5}, "C": {"D": 1}, "D": {"E": 3}, "E": {}, "X": {}}


def dijkstra(start):
    dist, heap, prev = {start: 0}, [(0, start)], {}
    while heap:
        d, n = heapq.heappop(heap)
        if d > dist[n]:
            continue
        for m, w in graph[n].items():
            if d + w < dist.get(m, float("inf")):
                dist[m], prev[m] = d + w, n
                heapq.heappush(heap, (d + w, m))
    return dist, prev


dist, prev = dijkstra("A")
path, n = ["E"], "E"
while n in prev:
    n = prev[n]
    path.append(n)
print(dist, path[::-1])


def bfs(start):
    seen, order, q = {start}, [], deque([start])
    while q:
        n = q.popleft()
        order.append(n)
        for m in graph[n]:
            if m not in seen:
                seen.add(m)
                q.append(m)
    return order


def dfs(n, seen=None):
    seen = seen if seen is not None else []
    seen.append(n)
    for m in graph[n]:
        if m not in seen:
            dfs(m, seen)
    return seen


def paths(a, b, trail=()):
    trail += (a,)
    if a == b:
        yield "".join(trail)
    for m in graph[a]:
        yield from paths(m, b, trail)


print(bfs("A"), dfs("A"), list(paths("A", "D")))
maze = ["S.#.", "..#E", ".#..", "...."]
q, seen = deque([(0, 0, 0)]), {(0, 0)}
while q:
    r, c, d = q.popleft()
    if maze[r][c] == "E":
        print("steps", d)
        break
    for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        p = (r + dr, c + dc)
        if 0 <= p[0] < 4 and 0 <= p[1] < 4 and maze[p[0]][p[1]] != "#" and p not in seen:
            seen.add(p)
            q.append((*p, d + 1))
