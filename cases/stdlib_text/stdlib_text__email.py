import email
import email.policy
from email.message import EmailMessage
from email.utils import formataddr, formatdate, getaddresses, parseaddr, parsedate_to_datetime
from email.header import Header, decode_header

m = EmailMessage()
m["Subject"] = "Grüße €"
m["From"] = "Ann <ann@example.org>"
m["To"] = "bob@example.org, \"C, D\" <c@d.org>"
m.set_content("Hello é\nline two\n")
m.add_alternative("<p>Hi</p>", subtype="html")
m.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="a.bin")
m.set_boundary("BOUND")
for part in m.walk():
    if part.is_multipart():
        part.set_boundary("B" + part.get_content_subtype())
text = m.as_string()
print(text)
p = email.message_from_string(text, policy=email.policy.default)
print(p["subject"], p["to"].addresses[1].display_name, p.get_body(("plain",)).get_content(), [a.get_filename() for a in p.iter_attachments()], p.get_content_type(), p["missing"], p.keys())
old = email.message_from_bytes(b"Subject: =?utf-8?q?caf=C3=A9?=\nX: 1\nX: 2\n\nbody\n")
print(old["Subject"], decode_header(old["Subject"]), old.get_all("X"), old.get_payload(), str(Header("é", "utf-8").encode()), old.defects)
print(parseaddr("Name <a@b.c>"), formataddr(("Ünï", "a@b.c")), getaddresses(["a@b, C <d@e>"]), formatdate(0), parsedate_to_datetime("Thu, 01 Jan 1970 00:00:00 +0100"))
for bad in ["m.__setitem__('From', 'x')", "m.__setitem__('Bad\\nName', 'x')", "m.__setitem__('X-A', 'a\\nb: c')", "EmailMessage().get_content()", "m.set_content(5)", "m.set_content(b'x')"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(type(error).__name__, error)
