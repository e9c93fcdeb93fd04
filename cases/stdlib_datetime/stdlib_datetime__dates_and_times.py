from datetime import *

d = date(2024, 2, 29)
print(d, repr(d), d.weekday(), d.isoweekday(), d.isocalendar(), d.toordinal(), date.fromordinal(1), d.replace(year=2020), d + timedelta(1), d - date(2023, 1, 1), d.timetuple()[:8], d.ctime(), d.strftime("%a %d %b %Y %j %U %W %u %%"), date.fromisoformat("2024-W09-4"), date.fromisocalendar(2024, 9, 4), date.min, date.max)
dt = datetime(2024, 1, 2, 3, 4, 5, 678901)
print(dt, repr(dt), dt.isoformat("|", "milliseconds"), dt.date(), dt.time(), dt.strftime("%Y-%m-%d %H:%M:%S.%f %I %p %y"), datetime.strptime("3 Feb 2021 14:05", "%d %b %Y %H:%M"), dt.replace(microsecond=0), datetime.combine(d, time(1, 2)), datetime.fromisoformat("2024-01-02T03:04:05.678+02:00"), datetime.fromtimestamp(0, UTC), datetime(1970, 1, 2, tzinfo=UTC).timestamp())
t = timedelta(days=1, hours=2, seconds=3.5, weeks=1)
print(t, repr(t), t.total_seconds(), -t, abs(-t), t * 2, t / 2, t // timedelta(hours=1), t % timedelta(days=1), divmod(t, timedelta(days=3)), timedelta(microseconds=-1), timedelta.max, t > timedelta(1), bool(timedelta()), sum([t, t], timedelta()))
tz = timezone(timedelta(hours=5, minutes=30), "IST")
a = datetime(2024, 1, 1, 12, tzinfo=tz)
print(a, a.astimezone(UTC), a.utcoffset(), a.tzname(), a == a.astimezone(UTC), a - datetime(2024, 1, 1, tzinfo=UTC), timezone.utc, timezone(timedelta(hours=-3)), a.timetuple().tm_isdst, hash(a) == hash(a.astimezone(UTC)), a.isoformat())
print(time(1, 2, 3), repr(time(1, 2, tzinfo=UTC)), time.fromisoformat("04:05:06.5"), time(5) < time(6), time(23, 59).strftime("%H.%M"), time.strptime("10:20", "%H:%M"), date.strptime("2024", "%Y"), time.max, MINYEAR, MAXYEAR)
for bad in ["date(2023, 2, 29)", "date(0, 1, 1)", "datetime(2024, 13, 1)", "time(24)", "date.fromisoformat('2024-1-1')", "datetime.fromisoformat('x')", "datetime.strptime('x', '%Y')", "datetime.strptime('2024 x', '%Y')", "datetime.strptime('5', '%Q')", "dt - a", "dt < a", "dt < d", "d + 1", "d + d", "timedelta(days=10**10)", "date.max + timedelta(1)", "timezone(timedelta(hours=25))", "timezone(5)", "datetime(2024, 1, 1, tzinfo=5)", "t / 0", "date('2024')", "datetime.fromtimestamp(10**20)", "date.fromordinal(0)", "dt == d", "timedelta(1) < 5", "datetime(2024, 1, 1, fold=2)", "date.fromisocalendar(2024, 60, 1)", "timedelta('x')"]:
    try:
        print(bad, "=", eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
import pickle

print(pickle.loads(pickle.dumps(a)) == a, pickle.loads(pickle.dumps(t)) == t)


class Fixed(tzinfo):
    def utcoffset(self, dt):
        return timedelta(hours=1)

    def dst(self, dt):
        return timedelta(0)

    def tzname(self, dt):
        return "FIX"


print(datetime(2024, 1, 1, tzinfo=Fixed()), datetime(2024, 1, 1, 12, tzinfo=UTC).astimezone(Fixed()).strftime("%H %z %Z"))
