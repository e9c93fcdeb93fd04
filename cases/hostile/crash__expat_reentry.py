from xml.parsers import expat

p = expat.ParserCreate()


def start(name, attributes):
    try:
        p.Parse("<b/>", True)
    except Exception as error:
        print(type(error).__name__)


p.StartElementHandler = start
p.Parse("<a></a>", True)
