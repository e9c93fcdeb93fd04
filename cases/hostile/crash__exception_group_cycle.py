g = ExceptionGroup("g", [ValueError()])
g.__context__ = g
raise g
