import calendar
import time

print(calendar.month(2024, 2))
print(calendar.TextCalendar(6).formatmonth(2023, 5))
print(calendar.isleap(2000), calendar.isleap(1900), calendar.leapdays(2000, 2024), calendar.monthrange(2024, 2), calendar.weekday(2024, 1, 1), calendar.timegm((2024, 1, 1, 0, 0, 0)), list(calendar.day_abbr), calendar.month_name[5], calendar.Month.MAY, calendar.MONDAY)
print(calendar.Calendar().monthdayscalendar(2024, 2), list(calendar.Calendar().itermonthdays2(2024, 2))[:4], calendar.monthcalendar(2021, 2)[0])
print(calendar.HTMLCalendar().formatmonth(2024, 2)[:120])
g = time.gmtime(86400 * 365)
print(g, time.strftime("%Y-%m-%d %H:%M:%S", g), time.asctime(g), time.strptime("2024-05-06", "%Y-%m-%d")[:6], g.tm_yday, g[0], time.gmtime(-1)[:6], calendar.timegm(g))
a, b = time.monotonic(), time.monotonic()
print(b >= a, time.perf_counter() <= time.perf_counter(), time.time() > 1.7e9, type(time.time_ns()), time.process_time() >= 0)
for bad in ["time.gmtime(10**20)", "time.sleep(-1)", "time.strftime('%Y', (1, 2))", "time.mktime((1,))", "calendar.monthrange(2024, 13)", "calendar.weekday(2024, 2, 30)", "time.sleep('a')", "calendar.setfirstweekday(9)", "time.strftime(5)"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(f"{bad} -> {type(error).__name__}: {error}")
time.sleep(0)
print(time.get_clock_info("monotonic").monotonic, time.struct_time(range(9)))
