"""Floating-point arithmetic on lists: the outer planets' orbits."""

SMALL, LARGE = 300, 12_000

BODIES = (
    ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 39.47841760435743),
    ((4.84143, -1.16032, -0.10362), (0.60633, 2.81199, -0.02522), 0.03769),
    ((8.34337, 4.12480, -0.40352), (-1.01077, 1.82566, 0.00842), 0.01129),
    ((12.89437, -15.11115, -0.22331), (1.08279, 0.86871, -0.01083), 0.00172),
    ((15.37970, -25.91931, 0.17926), (0.97909, 0.59470, -0.03476), 0.00203),
)


def run(n):
    bodies = [(list(place), list(speed), mass) for place, speed, mass in BODIES]
    pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1 :]]
    step = 0.01
    for _ in range(n):
        for (place_a, speed_a, mass_a), (place_b, speed_b, mass_b) in pairs:
            x = place_a[0] - place_b[0]
            y = place_a[1] - place_b[1]
            z = place_a[2] - place_b[2]
            force = step * (x * x + y * y + z * z) ** -1.5
            to_a, to_b = mass_b * force, mass_a * force
            speed_a[0] -= x * to_a
            speed_a[1] -= y * to_a
            speed_a[2] -= z * to_a
            speed_b[0] += x * to_b
            speed_b[1] += y * to_b
            speed_b[2] += z * to_b
        for place, (x, y, z), _ in bodies:
            place[0] += step * x
            place[1] += step * y
            place[2] += step * z
    return [round(place[0], 3) for place, _, _ in bodies]
