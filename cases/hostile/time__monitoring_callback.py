import sys

m = sys.monitoring
m.use_tool_id(4, "x")


def forever(*a):
    while True:
        pass


m.register_callback(4, m.events.LINE, forever)
m.set_events(4, m.events.LINE)
x = 1
