# wheels: jinja2
# sources: markupsafe-3.0.3/src
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment, SecurityError

pages = {
    "base.html": "<title>{% block title %}-{% endblock %}</title>{% block body %}{% endblock %}",
    "list.html": "{% extends 'base.html' %}{% block title %}{{ title|upper }}{% endblock %}{% block body %}"
    "{% for each in items if each.count %}{{ loop.index }}:{{ each.name }}={{ each.count }}{% if not loop.last %}, {% endif %}"
    "{% else %}nothing{% endfor %}{% endblock %}",
}
environment = Environment(loader=DictLoader(pages), autoescape=True, undefined=StrictUndefined)
template = environment.get_template("list.html")
print(template.render(title="a <b>", items=[{"name": "x&y", "count": 2}, {"name": "z", "count": 0}, {"name": "ü", "count": 1}]))
print(template.render(title="none", items=[]))
print(environment.from_string("{% macro m(a, b=2) %}{{ a * b }}{% endmacro %}{{ m(3) }} {{ [3, 1, 2]|sort|join('-') }}").render())
try:
    environment.from_string("{{ missing }}").render()
except UndefinedError as error:
    print(error)
try:
    SandboxedEnvironment().from_string("{{ ''.__class__.__mro__ }}").render()
except SecurityError as error:
    print(error)
