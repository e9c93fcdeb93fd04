from concurrent.futures import Future

Future().result()
