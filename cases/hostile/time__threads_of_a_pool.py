from concurrent.futures import ThreadPoolExecutor


def spin():
    while True:
        pass


with ThreadPoolExecutor(max_workers=2) as pool:
    for _ in range(10):
        pool.submit(spin)
