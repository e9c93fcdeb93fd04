class Node:
    def __init__(self, name, parent=None):
        self.name, self.parent = name, parent

    @property
    def path(self):
        return (self.parent.path.rstrip("/") if self.parent else "") + "/" + self.name


class File(Node):
    def __init__(self, name, parent, text=""):
        super().__init__(name, parent)
        self.text = text

    size = property(lambda self: len(self.text))


class Folder(Node):
    def __init__(self, name="", parent=None):
        super().__init__(name, parent)
        self.children = {}

    @property
    def size(self):
        return sum(c.size for c in self.children.values())

    def walk(self):
        yield self
        for c in sorted(self.children.values(), key=lambda c: c.name):
            if isinstance(c, Folder):
                yield from c.walk()
            else:
                yield c


class FS:
    def __init__(self):
        self.root = Folder()

    def find(self, path):
        node = self.root
        for part in filter(None, path.split("/")):
            if part == "..":
                node = node.parent or node
            elif part != ".":
                if not isinstance(node, Folder):
                    raise NotADirectoryError(node.path)
                if part not in node.children:
                    raise FileNotFoundError(f"{node.path.rstrip('/')}/{part}")
                node = node.children[part]
        return node

    def mkdir(self, path):
        head, _, name = path.rstrip("/").rpartition("/")
        parent = self.find(head)
        if name in parent.children:
            raise FileExistsError(path)
        parent.children[name] = Folder(name, parent)

    def write(self, path, text):
        head, _, name = path.rpartition("/")
        parent = self.find(head)
        parent.children[name] = File(name, parent, text)


fs = FS()
fs.mkdir("/etc")
fs.mkdir("/home")
fs.mkdir("/home/ann")
fs.write("/home/ann/a.txt", "hello")
fs.write("/etc/conf", "x" * 10)
for n in fs.root.walk():
    print(f"{n.size:>4} {n.path}{'/' if isinstance(n, Folder) and n.name else ''}")
print(fs.find("/home/../etc/./conf").size, fs.find("/home/ann").path, fs.find("/../..").path)
for bad in (lambda: fs.find("/nope/x"), lambda: fs.mkdir("/etc"), lambda: fs.find("/etc/conf/x"), lambda: fs.write("/a/b/c", "")):
    try:
        bad()
    except OSError as error:
        print(type(error).__name__, error)
