import statistics as s
from collections import Counter

scores = {"ann": [80, 90, 85], "bob": [70, 65, 90, 75], "cy": [100]}
for name, v in scores.items():
    print(name, s.mean(v), s.median(v), round(s.pstdev(v), 3), max(v) - min(v), s.quantiles(v, n=4) if len(v) > 1 else "-")
pooled = [x for v in scores.values() for x in v]
print(s.fmean(pooled), s.mode(pooled), s.multimode(pooled), s.median_low(pooled), s.median_high(pooled), round(s.stdev(pooled), 4), s.quantiles(pooled, n=10)[-1])
print([round((x - s.mean(pooled)) / s.pstdev(pooled), 2) for x in pooled], s.mode("aabbb"), s.mean([True, False, True]), s.median(["a", "b", "c"]) if False else s.median_low("abc"), s.mean([1.5, 2]), s.mean([-5, 5]))
x = [1, 2, 3, 4]
y = [2.1, 3.9, 6.2, 7.8]
slope, intercept = s.linear_regression(x, y)
print(round(slope, 3), round(intercept, 3), round(s.correlation(x, y), 5), s.linear_regression(x, y, proportional=True).intercept, Counter(round(v, -1) for v in pooled))
n = s.NormalDist(100, 15)
print([round(n.cdf(v), 4) for v in (70, 85, 100, 115, 130)], [round(q) for q in n.quantiles(4)], n.samples(3, seed=1)[0] > 0, (n + n).stdev, (n - 5).mean, (n / 2).variance, s.NormalDist.from_samples([1, 2, 3, 4]).mean)
