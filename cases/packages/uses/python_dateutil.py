# wheels: python_dateutil tzdata
from datetime import datetime, timezone

from dateutil import parser, rrule, tz
from dateutil.easter import easter
from dateutil.relativedelta import MO, relativedelta

print(parser.parse("31 Jan 2026 5:04pm"), parser.parse("2026-02-03T04:05:06Z"), parser.parse("10/11/12", dayfirst=True))
print(datetime(2024, 1, 31) + relativedelta(months=1), datetime(2026, 1, 1) + relativedelta(weekday=MO(2)))
print(relativedelta(datetime(2026, 3, 1), datetime(2024, 2, 29)))
rule = rrule.rrulestr("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", dtstart=datetime(2026, 1, 1))
print([str(each.date()) for each in rule], easter(2026))
try:
    parser.parse("no date at all")
except parser.ParserError as error:
    print(error)
print(datetime(2026, 7, 1, 12, tzinfo=timezone.utc).astimezone(tz.tzutc()).isoformat(), tz.tzoffset("x", 3600).utcoffset(None))
