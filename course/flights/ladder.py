"""The leakage ladder: columns that exist only afterwards, and the same columns as production would have them.

For the lab alone: the pipeline never reads these columns.
"""

import numpy as np
import pandas as pd

from course.flights import features, steps

AFTERWARDS = ("departure_delay", "air_time")  # known when the aircraft has left, and when it has landed
WEATHER_NOW = tuple(f"{name}_now" for name in features.WEATHER)  # the reading of the scheduled hour itself
KEY = ["scheduled", "carrier", "flight", "origin"]


def with_hindsight(frame: pd.DataFrame, raw: steps.Raw) -> pd.DataFrame:
    """Return `frame` (from `steps.prepare`) with AFTERWARDS in minutes and WEATHER_NOW, as an analyst finds them later.

    Raises pandas.errors.MergeError if a flight of `raw` is not unique.
    """
    scheduled = features.scheduled_at(raw.flights)
    later = raw.flights.assign(scheduled=scheduled).rename(columns={"dep_delay": "departure_delay"})
    frame = frame.merge(later[[*KEY, *AFTERWARDS]], on=KEY, how="left", validate="1:1")
    now = features.latest_weather(frame, features.readings(raw.weather), lead=pd.Timedelta(hours=0))
    return pd.concat([frame, now.add_suffix("_now")], axis=1)


def as_in_production(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` as it looks three hours before departure: AFTERWARDS missing, WEATHER_NOW the reading of then."""
    readings = {f"{name}_now": frame[name] for name in features.WEATHER}
    return frame.assign(**{name: np.nan for name in AFTERWARDS}, **readings)
