def forever():
    while True:
        pass


try:
    forever()
finally:
    forever()
