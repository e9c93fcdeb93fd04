import io
import struct
import zoneinfo
from datetime import datetime, timedelta, timezone

abbrev = b"STD\0DST\0"
header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
v1 = header + struct.pack(">lbb", 3600, 0, 0) + b"STD\0"
times = [1711846800, 1729990800]
v2 = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 2, 2, 8) + struct.pack(">2q", *times) + bytes([1, 0]) + struct.pack(">lbb", 3600, 0, 0) + struct.pack(">lbb", 7200, 1, 4) + abbrev + b"\nSTD-1DST,M3.5.0,M10.5.0/3\n"
z = zoneinfo.ZoneInfo.from_file(io.BytesIO(v1 + v2), key="Demo/Zone")
for d in (datetime(2024, 3, 31, 1, 59), datetime(2024, 3, 31, 3), datetime(2024, 7, 1), datetime(2024, 10, 27, 2, 30), datetime(2024, 10, 27, 2, 30, fold=1), datetime(2030, 7, 1), datetime(2030, 1, 1)):
    a = d.replace(tzinfo=z)
    print(a.isoformat(), a.tzname(), a.dst(), a.utcoffset(), a.astimezone(timezone.utc).isoformat())
print(datetime(2024, 3, 31, 1, 0, tzinfo=timezone.utc).astimezone(z), str(z), z.key)
for bad in ("No/Such", "../etc/passwd", "/abs"):
    try:
        zoneinfo.ZoneInfo(bad)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        print(type(error).__name__)
try:
    zoneinfo.ZoneInfo.from_file(io.BytesIO(b"junk" * 20))
except ValueError as error:
    print(error)
