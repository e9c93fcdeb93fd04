import io
import xml.dom.minidom
import xml.sax
import xml.sax.saxutils as su
from xml.parsers import expat

d = xml.dom.minidom.parseString("<r><a x='1'>t</a><!--c--><a/></r>")
print(d.documentElement.tagName, [n.nodeName for n in d.documentElement.childNodes], d.getElementsByTagName("a")[0].getAttribute("x"), d.getElementsByTagName("a")[0].firstChild.data, d.toxml())
el = d.createElement("new")
el.setAttribute("k", "v&")
el.appendChild(d.createTextNode("<>"))
d.documentElement.appendChild(el)
print(d.toprettyxml(indent=" "))


class H(xml.sax.ContentHandler):
    def startElement(self, name, attrs):
        print("start", name, dict(attrs))

    def endElement(self, name):
        print("end", name)

    def characters(self, content):
        print("chars", repr(content))


xml.sax.parseString(b"<a k='v'>x<b/></a>", H())
try:
    xml.sax.parseString(b"<a>", H())
except xml.sax.SAXParseException as error:
    print(error.getMessage(), error.getLineNumber())
print(su.escape("<a&b>", {"b": "B"}), su.unescape("&lt;&amp;"), su.quoteattr('a"b'))
out = io.StringIO()
g = su.XMLGenerator(out)
g.startDocument()
g.startElement("x", {"a": "1"})
g.characters("é<")
g.endElement("x")
print(out.getvalue())
p = expat.ParserCreate()
p.StartElementHandler = lambda n, a: print("expat", n, a)
p.CharacterDataHandler = lambda s: print("data", s)
p.Parse("<q z='1'>hi</q>", True)
p = expat.ParserCreate()
try:
    p.Parse("<q></z>", True)
except expat.ExpatError as error:
    print(error, error.code, error.lineno, error.offset)
bomb = '<!DOCTYPE b [<!ENTITY a "' + "x" * 100 + '">' + "".join(f'<!ENTITY {chr(98 + i)} "{"&" + chr(97 + i) + ";" * 1}{("&" + chr(97 + i) + ";") * 9}">' for i in range(9)) + "]><b>&j;</b>"
try:
    xml.dom.minidom.parseString(bomb)
except Exception as error:
    print(type(error).__name__, error)
