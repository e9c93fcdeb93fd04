def _recorded(name, parameters, answers):
    """Makes a function that answers as it did then, by what it is asked."""
    calls = {}

    def call(*given, **named):
        arguments = _json.loads(_json.dumps(dict(zip(parameters, given)) | named, default=_plain))
        key = _key(name, arguments)
        if key not in answers:
            raise RuntimeError(
                f"{name}() was not asked this when the script was recorded, so it has no answer here: have the agent do "
                f"the task with this data. It was asked {_json.dumps(arguments)[:200]}"
            )
        told = answers[key]
        count = calls[key] = calls.get(key, 0) + 1
        kind, text = told[min(count, len(told)) - 1]
        if kind == "result":
            return _json.loads(text)
        raise {"argument": TypeError, "denied": PermissionError}.get(kind, RuntimeError)(text)

    async def aio(*given, **named):
        return call(*given, **named)

    call.__name__ = call.__qualname__ = name
    call.aio = aio
    return call
