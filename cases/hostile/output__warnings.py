import warnings

warnings.simplefilter("always")
while True:
    warnings.warn("flood")
