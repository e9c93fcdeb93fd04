class _Record(dict):
    """An object of an answer: its items are attributes as well, and what is in a file is bytes."""

    __getattr__ = dict.__getitem__

    @classmethod
    def of(cls, value):
        if value.keys() == {"path", "content"}:
            value["content"] = _base64.b64decode(value["content"])
        return cls(value)


def _recorded(name, defaults, answers):
    """Makes a function that answers as it did then, by what it is asked."""
    calls = {}

    def call(*given, **named):
        asked = _json.loads(_json.dumps(dict(zip(defaults, given)) | named, default=_plain))
        key = _key(name, defaults | asked)
        if key not in answers:
            raise RuntimeError(
                f"{name}() was not asked this when the script was recorded, so it has no answer here: have the agent do "
                f"the task with this data. It was asked {_json.dumps(asked)[:200]}"
            )
        told = answers[key]
        count = calls[key] = calls.get(key, 0) + 1
        kind, text = told[min(count, len(told)) - 1]
        if kind == "result":
            return _json.loads(text, object_hook=_Record.of)
        raise {"argument": TypeError, "denied": PermissionError}.get(kind, RuntimeError)(text)

    async def aio(*given, **named):
        return call(*given, **named)

    call.__name__ = call.__qualname__ = name
    call.aio = aio
    return call
