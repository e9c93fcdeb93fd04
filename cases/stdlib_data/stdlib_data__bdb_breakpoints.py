import bdb


class Tracer(bdb.Bdb):
    def __init__(self):
        super().__init__()
        self.log = []

    def user_line(self, frame):
        if frame.f_code.co_filename == "<demo>":
            self.log.append((frame.f_lineno, {k: v for k, v in frame.f_locals.items() if k in "ab"}))
        self.set_step()

    def user_return(self, frame, value):
        if frame.f_code.co_name == "f":
            self.log.append(("return", value))

    def user_exception(self, frame, info):
        if frame.f_code.co_filename == "<demo>":
            self.log.append(("exception", info[0].__name__))


t = Tracer()
space = {}
t.run(compile("def f(a):\n    b = a * 2\n    return b\nf(3)\ntry:\n    1/0\nexcept ZeroDivisionError:\n    pass", "<demo>", "exec"), space)
for entry in t.log:
    print(entry)
print(bdb.effective.__name__, bdb.Breakpoint.next >= 1, t.get_all_breaks())
