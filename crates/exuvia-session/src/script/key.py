import hashlib as _hashlib


def _key(tool, arguments):
    """Returns what names a call among those that were made. What says nothing may be left out."""
    given = {name: value for name, value in arguments.items() if value not in (None, [], {})}
    text = _json.dumps([tool, given], sort_keys=True, default=_plain)
    return _hashlib.sha256(text.encode()).hexdigest()[:32]
