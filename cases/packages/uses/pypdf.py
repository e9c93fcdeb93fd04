# wheels: pypdf
import io

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText

writer = PdfWriter()
for height in (100, 200, 300):
    writer.add_blank_page(width=200, height=height)
writer.add_metadata({"/Title": "Drei Seiten", "/Author": "Ada"})
writer.add_outline_item(title="second", page_number=1)
writer.pages[0].rotate(90)
writer.add_annotation(0, FreeText(text="hello", rect=(10, 10, 90, 90)))
writer.encrypt("secret", algorithm="RC4-128")
file = io.BytesIO()
writer.write(file)

reader = PdfReader(io.BytesIO(file.getvalue()))
print(reader.is_encrypted, reader.decrypt("wrong").name, reader.decrypt("secret").name)
print(len(reader.pages), [float(page.mediabox.height) for page in reader.pages], reader.pages[0].rotation)
print(reader.metadata.title, reader.metadata.author, [item.title for item in reader.outline])
print(reader.pages[0]["/Annots"][0].get_object()["/Contents"])
merged = PdfWriter()
merged.append(reader, pages=(1, 3))
print(len(merged.pages))
