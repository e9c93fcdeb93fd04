while True:
    try:
        open("/lib/x", "w")
    except OSError:
        pass
