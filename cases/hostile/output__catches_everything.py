while True:
    try:
        print("flood")
    except BaseException:
        pass
