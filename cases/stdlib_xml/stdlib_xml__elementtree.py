import io
import xml.etree.ElementTree as ET

root = ET.fromstring('<r a="1" xmlns:n="urn:n"><c id="x">text<b/>tail</c><n:d>é&lt;&#65;</n:d><c id="y"/></r>')
print(root.tag, root.attrib, [c.tag for c in root], root.find("c").text, root.find("c/b").tail, root.findall("c[@id='y']"[:]) and root.find("c[@id='y']").get("id"), root.findtext("{urn:n}d"), [e.tag for e in root.iter()], root.find("nope"), len(root), root[0].get("zz", "def"), list(root.itertext()))
e = ET.Element("made", {"k": 'v"<&'})
ET.SubElement(e, "child", x="1").text = "a<b & c"
e[0].tail = "\n"
e.append(ET.Comment("note"))
e.insert(0, ET.ProcessingInstruction("pi", "data"))
print(ET.tostring(e), ET.tostring(e, encoding="unicode", method="html"), ET.tostring(e, "unicode", method="text"), ET.tostring(e, short_empty_elements=False)[-30:])
ET.indent(e)
print(ET.tostring(e, "unicode"))
ET.register_namespace("nn", "urn:n")
print(ET.tostring(root, "unicode"), ET.canonicalize('<a  b="2" a="1"><c></c></a>'))
tree = ET.ElementTree(e)
tree.write("o.xml", xml_declaration=True, encoding="utf-8")
print(open("o.xml", "rb").read()[:40], ET.parse("o.xml").getroot().tag)
for event, el in ET.iterparse(io.BytesIO(b"<a><b>1</b></a>"), ("start", "end")):
    print(event, el.tag, el.text)
pull = ET.XMLPullParser(["end"])
pull.feed("<x><y/>")
print([(ev, el.tag) for ev, el in pull.read_events()])
for bad in ["<a>", "<a></b>", "", "<a b=c/>", "<a>&nope;</a>", "<a><a/>x</a>y", "<a \x00/>", "<a b='1' b='2'/>", "text"]:
    try:
        ET.fromstring(bad)
    except ET.ParseError as error:
        print(repr(bad), error, error.position)
for bad in ["ET.tostring(5)", "ET.SubElement(5, 'x')", "root.append(5)", "root.find('c[')", "root.remove(e)", "ET.tostring(ET.Element('a', k=5))", "root[9]", "ET.parse('nope')"]:
    try:
        eval(bad)
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {str(error).split(' at 0x')[0]}")
root.remove(root[0])
root.set("new", "1")
print(root.keys(), ET.iselement(root), [c.tag for c in root.findall("*")], [c.get("id") for c in root.iterfind(".//c")])
