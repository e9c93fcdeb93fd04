import colorsys

for rgb in [(0, 0, 0), (1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0.5, 0.25, 0.75), (0.2, 0.2, 0.2)]:
    hsv, hls, yiq = colorsys.rgb_to_hsv(*rgb), colorsys.rgb_to_hls(*rgb), colorsys.rgb_to_yiq(*rgb)
    print(rgb, *([round(v, 4) for v in t] for t in (hsv, hls, yiq)), all(abs(a - b) < 1e-9 for a, b in zip(colorsys.hsv_to_rgb(*hsv), rgb)), all(abs(a - b) < 1e-9 for a, b in zip(colorsys.hls_to_rgb(*hls), rgb)))
print("#%02x%02x%02x" % tuple(round(255 * v) for v in colorsys.hsv_to_rgb(0.6, 0.8, 0.9)))
