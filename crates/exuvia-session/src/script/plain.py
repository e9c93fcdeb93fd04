import base64 as _base64, json as _json


def _plain(value):
    """Returns a JSON value for one that JSON has no word for."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _base64.b64encode(value).decode("ascii")
    if isinstance(value, (set, frozenset)):
        return list(value)
    for name in ("isoformat", "model_dump", "tolist"):
        convert = getattr(value, name, None)
        if callable(convert) and not isinstance(value, type):
            return convert()
    fields = getattr(value, "__dataclass_fields__", None)
    return {name: getattr(value, name) for name in fields} if fields else str(value)
