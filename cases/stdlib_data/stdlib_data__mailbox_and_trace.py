import mailbox
import trace
import sys
import os
from email.message import Message

box = mailbox.mbox("m.mbox")
for n in ("one", "two"):
    m = Message()
    m["Subject"] = n
    m.set_payload(f"body {n}\nFrom here\n")
    box.add(m)
box.flush()
print(len(box), [box[k]["Subject"] for k in box.keys()], box[0].get_payload())
box.remove(0)
box.flush()
print(len(box), ">From here" in open("m.mbox").read())
box.close()
md = mailbox.Maildir("md")
key = md.add("Subject: x\n\nhello")
print(sorted(os.listdir("md")), md[key]["subject"], len(md))
calls = []


def tracer(frame, event, arg):
    calls.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def traced(n):
    x = n + 1
    if x > 1:
        x *= 2
    return x


sys.settrace(tracer)
traced(1)
sys.settrace(None)
print(calls)
t = trace.Trace(count=True, trace=False)
print(t.runfunc(traced, 5), sorted(c for (f, line), c in t.results().counts.items())[:3])
events = []
sys.setprofile(lambda f, e, a: events.append((e, f.f_code.co_name)))
traced(0)
len([])
sys.setprofile(None)
print(events[:5])
