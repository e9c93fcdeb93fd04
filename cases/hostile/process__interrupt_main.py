import _thread

while True:
    try:
        _thread.interrupt_main()
        while True:
            pass
    except KeyboardInterrupt:
        pass
