import http
import http.cookies
import mimetypes
import urllib.robotparser

print(mimetypes.guess_type("a.html"), mimetypes.guess_type("x.tar.gz"), mimetypes.guess_extension("image/png"), mimetypes.guess_type("noext"), mimetypes.guess_type("data:text/plain,x"))
print(http.HTTPStatus(404).phrase, http.HTTPStatus.OK, http.HTTPStatus.OK == 200, http.HTTPStatus(503).description, http.HTTPMethod.GET, http.HTTPStatus(301).is_redirection)
c = http.cookies.SimpleCookie('a=1; b="x y"')
c["s"] = "v"
c["s"]["path"] = "/"
c["s"]["httponly"] = True
print(c["a"].value, c["b"].value, c.output(), c["s"].OutputString())
try:
    c["bad key"] = 1
except http.cookies.CookieError as error:
    print(error)
r = urllib.robotparser.RobotFileParser()
r.parse(["User-agent: *", "Disallow: /private", "Crawl-delay: 3", "User-agent: good", "Allow: /"])
print(r.can_fetch("x", "/private/a"), r.can_fetch("good", "/private/a"), r.crawl_delay("x"))
