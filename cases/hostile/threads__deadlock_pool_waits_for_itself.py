from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(1)
pool.submit(lambda: pool.submit(pow, 2, 2).result()).result()
