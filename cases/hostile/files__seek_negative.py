open("f", "wb+", buffering=0).seek(-(2**62))
