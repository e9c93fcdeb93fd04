class State:
    def __init__(self):
        self.rooms = {"hall": {"north": "kitchen", "items": ["lamp"]}, "kitchen": {"south": "hall", "items": ["knife", "bread"]}}
        self.here, self.bag, self.turns = "hall", [], 0

    def do(self, line):
        verb, _, noun = line.partition(" ")
        handler = getattr(self, f"do_{verb}", None)
        if handler is None:
            return f"I do not know how to {verb}."
        self.turns += 1
        return handler(noun)

    def do_go(self, where):
        room = self.rooms[self.here]
        if where in room and where != "items":
            self.here = room[where]
            return f"You are in the {self.here}. Here: {', '.join(self.rooms[self.here]['items']) or 'nothing'}"
        return "You cannot go there."

    def do_take(self, item):
        try:
            self.rooms[self.here]["items"].remove(item)
        except ValueError:
            return f"There is no {item}."
        self.bag.append(item)
        return f"Taken: {item}"

    def do_bag(self, _):
        return "Bag: " + (", ".join(sorted(self.bag)) or "empty")


s = State()
for line in ["bag", "take lamp", "take lamp", "go north", "take bread", "go up", "go items", "dance wildly", "go south", "bag"]:
    print(">", line, "\n" + s.do(line))
print(s.turns, vars(s)["bag"])
