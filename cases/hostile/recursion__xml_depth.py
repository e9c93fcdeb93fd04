import xml.etree.ElementTree as ET

root = ET.fromstring("<a>" * 100000 + "</a>" * 100000)
ET.tostring(root)
