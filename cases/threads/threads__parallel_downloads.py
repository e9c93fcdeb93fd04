"""Downloads pages side by side; the network is a sleep."""
import random
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

URLS = [f"https://example.com/page/{number}" for number in range(8)]


def download(url):
    """Pretends to fetch a page."""
    time.sleep(random.Random(url).uniform(0.001, 0.02))
    if url.endswith("/5"):
        raise ConnectionError(f"cannot reach {url}")
    return f"<html>{url}</html>"


pages, errors = {}, {}
with ThreadPoolExecutor(max_workers=4) as executor:
    futures = {executor.submit(download, url): url for url in URLS}
    for future in as_completed(futures):
        url = futures[future]
        try:
            pages[url] = future.result()
        except ConnectionError as error:
            errors[url] = str(error)

for url in URLS:
    print(url, len(pages[url]) if url in pages else f"failed: {errors[url]}")
print(f"{len(pages)} of {len(URLS)} pages, {sum(map(len, pages.values()))} characters")
