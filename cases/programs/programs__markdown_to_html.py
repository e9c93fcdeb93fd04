import html
import re


def inline(s):
    s = html.escape(s, quote=False)
    s = re.sub(r"`([^`]+)`", r"<code>\1</code>", s)
    s = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", s)
    s = re.sub(r"\*(.+?)\*", r"<i>\1</i>", s)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', s)


def convert(text):
    out, items, para = [], [], []

    def flush():
        if items:
            out.append("<ul>" + "".join(f"<li>{inline(i)}</li>" for i in items) + "</ul>")
            items.clear()
        if para:
            out.append(f"<p>{inline(' '.join(para))}</p>")
            para.clear()

    for line in text.splitlines():
        match re.match(r"(#{1,6}) (.*)|- (.*)|(\s*)$", line):
            case None:
                para.append(line.strip())
            case m if m[1]:
                flush()
                out.append(f"<h{len(m[1])}>{inline(m[2])}</h{len(m[1])}>")
            case m if m[3] is not None:
                items.append(m[3])
            case _:
                flush()
    flush()
    return "\n".join(out)


print(convert("""# Title with `code`

Some *text* and **bold**
on two lines <b>.

- one [link](http://x)
- two & three
## Sub
end"""))
