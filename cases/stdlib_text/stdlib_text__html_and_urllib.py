import html
import html.parser
import urllib.parse as u

print(html.escape("<a href='x'>&\"</a>"), html.unescape("&lt;&eacute;&#233;&#xe9;&amp;amp;&nosuch;&notit;&copy"), html.escape("'", quote=False))


class P(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        print("start", tag, attrs)

    def handle_endtag(self, tag):
        print("end", tag)

    def handle_data(self, data):
        print("data", repr(data))

    def handle_comment(self, data):
        print("comment", data)

    def handle_decl(self, decl):
        print("decl", decl)


p = P()
p.feed("<!DOCTYPE html><p class=x ID='y'>a &amp; b<br/><!-- c --><img src=a disabled></P>tail")
p.close()
r = u.urlsplit("https://user:pw@example.org:8080/a/b;p?q=1&r=%20#frag")
print(r, r.hostname, r.port, r.username, r.geturl())
print(u.urlparse("//h/p;x?y#z"), u.urljoin("http://a/b/c/d", "../e"), u.urljoin("http://a/b", "//x/y"), u.urljoin("http://a/b?c", "?d"), u.urldefrag("a#b"))
print(u.quote("a b/é?&"), u.quote("a/b", safe=""), u.quote_plus("a b+c"), u.unquote("%C3%A9%zz+"), u.unquote_plus("a+b"), u.urlencode({"a": [1, 2], "b": "x y"}, doseq=True), u.quote_from_bytes(b"\xff a"), u.unquote_to_bytes("%ff"))
print(u.parse_qs("a=1&a=2&b=&c"), u.parse_qsl("a=1&b=", keep_blank_values=True), u.parse_qs("a;b=1;c=2", separator=";"))
for bad in ["u.urlsplit('http://[::1')", "u.urlsplit('http://h:99999').port", "u.urlsplit('http://h:x').port", "u.parse_qs('a', strict_parsing=True)", "u.urlencode(5)", "u.parse_qs('a=1&b=2', max_num_fields=1)", "u.quote(5)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(type(error).__name__, error)
