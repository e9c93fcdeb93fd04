import gc

print(gc.isenabled(), len(gc.get_threshold()), len(gc.get_count()), len(gc.get_stats()))
gc.disable()
print(gc.isenabled())
gc.enable()


class Node:
    count = 0

    def __init__(self):
        Node.count += 1
        self.me = self

    def __del__(self):
        Node.count -= 1


for _ in range(10):
    Node()
print(Node.count > 0)
gc.collect()
print(Node.count)


class Lazarus:
    saved = []

    def __del__(self):
        Lazarus.saved.append(self)


x = Lazarus()
x.me = x
del x
gc.collect()
print(len(Lazarus.saved), Lazarus.saved[0].me is Lazarus.saved[0])
Lazarus.saved.clear()
gc.collect()
print(len(Lazarus.saved))
l = []
holder = [l]
print(gc.is_tracked(l), gc.is_tracked(5), gc.is_tracked("a"), gc.is_tracked({}), l in gc.get_referents([l]), any(r is holder for r in gc.get_referrers(l)), gc.is_finalized(l))
events = []
gc.callbacks.append(lambda phase, info: events.append((phase, info["generation"])))
gc.collect(0)
gc.callbacks.clear()
print(events)
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()
print(gc.get_freeze_count())
for bad in ["gc.collect(5)", "gc.set_threshold()", "gc.set_debug('x')", "gc.collect('a')"]:
    try:
        eval(bad)
    except Exception as error:
        print(type(error).__name__, error)
