from datetime import date, datetime, time, timedelta, timezone


def days(a, b):
    while a <= b:
        yield a
        a += timedelta(1)


print([d.isoformat() for d in days(date(2024, 2, 27), date(2024, 3, 2))], sum(d.weekday() < 5 for d in days(date(2024, 1, 1), date(2024, 1, 31))))
birth = date(1990, 5, 17)
today = date(2024, 5, 16)
print(today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day)), (today - birth).days)


def add_months(d, n):
    y, m = divmod(d.month - 1 + n, 12)
    for day in (d.day, 30, 29, 28):
        try:
            return d.replace(year=d.year + y, month=m + 1, day=day)
        except ValueError:
            continue


print([str(add_months(date(2024, 1, 31), n)) for n in (1, 2, 12, 13, -2)])
print([d.strftime("%a") for d in days(date(2024, 1, 1), date(2024, 1, 7))], [date(y, 12, 31).isocalendar().week for y in range(2018, 2026)], [y for y in range(1999, 2010) if date(y, 12, 31).timetuple().tm_yday == 366])
easter = []
for y in range(2020, 2026):
    a, b, c = y % 19, y // 100, y % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    l = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * l) // 451
    easter.append(date(y, (h + l - 7 * m + 114) // 31, (h + l - 7 * m + 114) % 31 + 1).isoformat())
print(easter)
meetings = [(time(9), time(10)), (time(9, 30), time(11)), (time(11), time(12))]
print([(i, j) for i in range(3) for j in range(i + 1, 3) if meetings[i][0] < meetings[j][1] and meetings[j][0] < meetings[i][1]])
t = timedelta(hours=27, minutes=3, seconds=4, milliseconds=5)
print(t, t.days, t.seconds, t.microseconds, t // timedelta(minutes=1), t / timedelta(hours=1), str(-t), abs(-t) == t, timedelta(hours=1) * 1.5, timedelta(seconds=1) / 3, timedelta.resolution, sum((timedelta(i) for i in range(4)), timedelta()))
utc = datetime(2024, 3, 10, 12, tzinfo=timezone.utc)
for h in (-11, -5, 0, 5.5, 14):
    z = timezone(timedelta(hours=h))
    print(utc.astimezone(z).isoformat(), utc.astimezone(z).strftime("%H:%M %z %Z"), utc.astimezone(z) == utc)
stamps = ["2024-01-02T03:04:05Z", "2024-01-02 03:04", "20240102T030405", "2024-01-02T03:04:05.123456789+05:30", "2024-W01-2", "2024-002", "2024-01-02T24:00:00"]
for s in stamps:
    try:
        print(s, datetime.fromisoformat(s))
    except ValueError as error:
        print(s, error)
