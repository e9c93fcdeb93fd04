import statistics as st

data = [1, 2, 2, 3, 4, 7, 9]
print(st.mean(data), st.fmean(data), st.median(data), st.median_low([1, 2, 3, 4]), st.median_high([1, 2, 3, 4]), st.median_grouped([1, 2, 2, 3]), st.mode(data), st.multimode("aabbc"))
print(st.pstdev(data), st.stdev(data), st.variance(data), st.pvariance(data), st.quantiles(data), st.quantiles(data, n=10, method="inclusive"), st.harmonic_mean([40, 60]), round(st.geometric_mean([54, 24, 36]), 9))
from decimal import Decimal
from fractions import Fraction

print(st.mean([Fraction(1, 2), Fraction(1, 3)]), st.mean([Decimal("0.5"), Decimal("0.75")]), st.variance([Fraction(1), Fraction(2)]), st.fmean([1, 2], weights=[3, 1]))
x, y = [1, 2, 3, 4, 5], [2, 4, 6, 8, 11]
print(st.covariance(x, y), st.correlation(x, y), st.linear_regression(x, y), st.correlation(x, y, method="ranked"))
n = st.NormalDist(100, 15)
print(n, round(n.cdf(115), 9), round(n.inv_cdf(0.9), 9), round(n.pdf(100), 9), n + 5, n * 2, n.zscore(130), st.NormalDist.from_samples([1, 2, 3]), n.overlap(n), [round(q, 6) for q in n.quantiles(4)])
for bad in ["st.mean([])", "st.stdev([1])", "st.mode([])", "st.median([])", "st.quantiles([])", "st.quantiles([1, 2], n=0)", "st.harmonic_mean([-1])", "st.correlation([1], [2])", "st.correlation([1, 1], [1, 2])", "st.NormalDist(0, -1)", "st.fmean([1], weights=[0])", "st.mean(['a'])", "st.geometric_mean([0, -1])", "n.inv_cdf(0)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
k = st.kde([1.0, 2.0, 4.0], h=1.0)
print(round(k(2.0), 9))
