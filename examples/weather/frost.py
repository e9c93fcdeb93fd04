"""On which of the next days is there frost, and where? `exuvia run --config exuvia.toml frost.py`."""

from exuvia import parallel
from exuvia.tools import fetch_weather

PLACES = {"Oslo": (59.91, 10.75), "Paris": (48.86, 2.35), "Rome": (41.89, 12.48)}


async def forecast(place):
    latitude, longitude = PLACES[place]
    return await fetch_weather.aio(latitude, longitude, days=7)


for place, days in zip(PLACES, parallel(forecast, PLACES)):
    frost = [day for day, low in zip(days.time, days.temperature_2m_min) if low < 0]
    print(f"{place}: {', '.join(frost) or 'none'}")
