"""`re`: searching, groups, substitution with a function."""

import re

SMALL, LARGE = 100, 5_000

LINE = re.compile(r'(\d+\.\d+\.\d+\.\d+) - (\w+|-) \[([^\]]+)\] "(GET|POST) ([^" ]+)" (\d{3}) (\d+)')


def run(n):
    log = "\n".join(
        f'10.0.{i % 256}.{i * 7 % 256} - user{i % 17} [01/Jan/2024:00:{i % 60:02}:00] "GET /a/{i}/b?x={i * 3}" 200 {i}'
        for i in range(n)
    )
    hits = LINE.findall(log)
    replaced = re.sub(r"\b(\d+)\b", lambda found: str(int(found[1]) % 10), log)
    words = re.split(r"[\s/?=\[\]\"]+", log)
    return len(hits), sum(int(hit[-1]) for hit in hits), len(replaced), len(words)
