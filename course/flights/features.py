"""Features of a flight, from what is known three hours before its scheduled departure."""

import numpy as np
import pandas as pd

LEAD = pd.Timedelta(hours=3)  # the prediction is made this long before scheduled departure
RECENT = pd.Timedelta(hours=3)  # departures in the three hours before the prediction describe the airport's state
STALE = pd.Timedelta(hours=6)  # an older weather reading counts as missing

CARRIERS = ("9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV")
ORIGINS = ("EWR", "JFK", "LGA")
WEATHER = ("temp", "humid", "wind_speed", "precip", "pressure", "visib")
SCHEDULE = ("carrier_code", "origin_code", "distance", "scheduled_minutes", "departure_hour", "weekday")
STATE = ("recent_delay", "recent_departures")
FEATURES = SCHEDULE + WEATHER + STATE

# Time zones (hours from UTC in winter) of the four destinations in Puerto Rico and the Virgin Islands,
# which airports.csv lacks: Atlantic Standard Time.
ATLANTIC = {"BQN": -4, "PSE": -4, "SJU": -4, "STT": -4}
NEW_YORK = -5


def build(flights: pd.DataFrame, weather: pd.DataFrame, airports: pd.DataFrame) -> pd.DataFrame:
    """Return one row a flight, in the order of `flights`: identifiers, outcome, and the columns FEATURES (float32).

    `scheduled` is UTC, `day` the local date, `status` arrived, cancelled or diverted, `late` 1.0 or 0.0 (more than
    15 minutes late on arrival) and missing for a flight that never arrived. float32, because the exported model
    computes in it: the same rounding before training and before serving leaves no skew.
    """
    scheduled = scheduled_at(flights)
    frame = pd.DataFrame({"scheduled": scheduled, "month": flights["month"]})
    frame["day"] = scheduled.dt.tz_convert("America/New_York").dt.strftime("%Y-%m-%d")
    frame[["carrier", "origin", "dest", "flight"]] = flights[["carrier", "origin", "dest", "flight"]]
    arrived, departed = flights["arr_delay"].notna(), flights["dep_time"].notna()
    frame["status"] = np.select([arrived, departed], ["arrived", "diverted"], "cancelled")
    frame["late"] = (flights["arr_delay"] > 15).astype(float).where(arrived)
    schedule = pd.DataFrame(
        {
            "carrier": flights["carrier"],
            "origin": flights["origin"],
            "distance": flights["distance"],
            "scheduled_minutes": scheduled_minutes(flights, airports),
            "scheduled": scheduled,
        }
    )
    known = airport_state(schedule, readings(weather), departures(flights, scheduled))
    return pd.concat([frame, encode(schedule, known)], axis=1)


def scheduled_at(flights: pd.DataFrame) -> pd.Series:
    """Return the scheduled departure (UTC) of each row of the raw table."""
    return pd.to_datetime(flights["time_hour"], utc=True) + pd.to_timedelta(flights["minute"], unit="min")


def airport_state(schedule: pd.DataFrame, observed: pd.DataFrame, gone: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return WEATHER and STATE at the origin as known LEAD before each flight of `schedule`.

    `observed` comes from `readings`, `gone` from `departures`.
    """
    return pd.concat([latest_weather(schedule, observed, LEAD), recent_departures(schedule, gone)], axis=1)


def encode(schedule: pd.DataFrame, state: pd.DataFrame) -> pd.DataFrame:
    """Return the columns FEATURES (float32), for training and for serving alike: one place, so that they agree."""
    local = schedule["scheduled"].dt.tz_convert("America/New_York")
    columns = {
        "carrier_code": schedule["carrier"].map({code: i for i, code in enumerate(CARRIERS)}),
        "origin_code": schedule["origin"].map({code: i for i, code in enumerate(ORIGINS)}),
        "distance": schedule["distance"],
        "scheduled_minutes": schedule["scheduled_minutes"],
        "departure_hour": local.dt.hour + local.dt.minute / 60,
        "weekday": local.dt.day_of_week,
    }
    return pd.DataFrame(columns).join(state)[list(FEATURES)].astype("float32")


def scheduled_minutes(flights: pd.DataFrame, airports: pd.DataFrame) -> pd.Series:
    """Return the planned duration in minutes, from local clock times at both ends and their time zones."""
    zone = flights["dest"].map(airports.set_index("faa")["tz"].to_dict() | ATLANTIC)
    on_clock = _minutes(flights["sched_arr_time"]) - _minutes(flights["sched_dep_time"])
    return (on_clock - (zone - NEW_YORK) * 60) % 1440


def readings(weather: pd.DataFrame) -> pd.DataFrame:
    """Return the station readings: origin, `observed` (UTC) and WEATHER, ordered by time."""
    observed = weather.assign(observed=pd.to_datetime(weather["time_hour"], utc=True))
    return observed.sort_values("observed", kind="stable")[["origin", "observed", *WEATHER]]


def latest_weather(schedule: pd.DataFrame, observed: pd.DataFrame, lead: pd.Timedelta) -> pd.DataFrame:
    """Return WEATHER as last observed at the origin `lead` before departure; missing if older than STALE.

    `observed` comes from `readings`.
    """
    moments = pd.DataFrame({"origin": schedule["origin"], "moment": schedule["scheduled"] - lead})
    moments = moments.rename_axis("row").reset_index().sort_values("moment", kind="stable")
    joined = pd.merge_asof(
        moments,
        observed,
        left_on="moment",
        right_on="observed",
        by="origin",
        tolerance=STALE,
    )
    return joined.set_index("row")[list(WEATHER)].reindex(schedule.index)


def departures(flights: pd.DataFrame, scheduled: pd.Series) -> dict[str, pd.DataFrame]:
    """Return for each origin the departures that took place: `moment` (UTC), in order, and `total`.

    `total` is the sum of the delays (minutes) so far, so that the sum over any span is one subtraction.
    """
    gone = flights.loc[flights["dep_time"].notna(), ["origin", "dep_delay"]]
    moment = scheduled[gone.index] + pd.to_timedelta(gone["dep_delay"], unit="min")
    gone = gone.assign(moment=moment).sort_values("moment", kind="stable")
    return {
        origin: pd.DataFrame({"moment": own["moment"], "total": own["dep_delay"].cumsum()}).reset_index(drop=True)
        for origin, own in gone.groupby("origin")
    }


def recent_departures(schedule: pd.DataFrame, gone: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return STATE: mean delay (minutes; missing if none) and number of departures at the origin, RECENT before LEAD.

    `gone` comes from `departures`.
    """
    result = pd.DataFrame(index=schedule.index, columns=list(STATE), dtype=float)
    moment = schedule["scheduled"] - LEAD
    for origin, rows in schedule.groupby("origin"):
        own = gone[origin]
        total = np.concatenate([[0.0], own["total"]])
        first = own["moment"].searchsorted(moment[rows.index] - RECENT, side="right")
        last = own["moment"].searchsorted(moment[rows.index], side="right")
        count = last - first
        mean = (total[last] - total[first]) / np.where(count > 0, count, np.nan)
        result.loc[rows.index, "recent_delay"] = mean
        result.loc[rows.index, "recent_departures"] = count
    return result


def _minutes(clock: pd.Series) -> pd.Series:
    """Return minutes since midnight of a clock time written as the number hhmm."""
    return clock // 100 * 60 + clock % 100
