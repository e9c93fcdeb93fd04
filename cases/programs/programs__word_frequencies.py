import re
from collections import Counter, defaultdict

text = """It was the best of times, it was the worst of times, it was the age of wisdom,
it was the age of foolishness, it was the epoch of belief, it was the epoch of incredulity."""
words = re.findall(r"[a-z]+", text.lower())
c = Counter(words)
print(c.most_common(5), len(words), len(c), sum(1 for n in c.values() if n == 1))
for w, n in c.most_common(6):
    print(f"{w:>8} {'#' * n} {n / len(words):.1%}")
bigrams = Counter(zip(words, words[1:]))
print(bigrams.most_common(3), [w for w in c if len(w) == max(map(len, c))])
by_len = defaultdict(set)
for w in words:
    by_len[len(w)].add(w)
print({k: sorted(v) for k, v in sorted(by_len.items())})
follow = defaultdict(Counter)
for a, b in zip(words, words[1:]):
    follow[a][b] += 1
print(follow["the"].most_common(), follow["of"].total())
print(sorted(c, key=lambda w: (-c[w], w))[:4], " ".join(w.capitalize() for w in words[:6]), re.sub(r"\b(\w)(\w*)\b", lambda m: m[2] + m[1] + "ay", "hello big world"))
sentences = [s.strip() for s in re.split(r"[,.]", text) if s.strip()]
print(len(sentences), max(sentences, key=len), [len(s.split()) for s in sentences])
