"""Features hold what is known three hours before departure, and nothing of the future."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.flights import features, ladder, steps


@pytest.fixture(scope="module")
def week() -> steps.Raw:
    """The raw tables of 8 to 14 January: all flights and readings, in the order of the files."""
    raw = steps.ingest()
    flights = raw.flights[(raw.flights["month"] == 1) & raw.flights["day"].between(8, 14)]
    weather = raw.weather[(raw.weather["month"] == 1) & raw.weather["day"].between(7, 15)]
    return steps.Raw(flights.reset_index(drop=True), weather.reset_index(drop=True), raw.airports)


@pytest.fixture(scope="module")
def built(week) -> pd.DataFrame:
    return features.build(*week)


def with_another_future(raw: steps.Raw, moment: pd.Timestamp, seed: int) -> steps.Raw:
    """Return `raw` with everything that happened after `moment` replaced: readings, departures and all arrivals."""
    rng = np.random.default_rng(seed)
    flights, weather = raw.flights.copy(), raw.weather.copy()
    later = pd.to_datetime(weather["time_hour"], utc=True) > moment
    columns = list(features.WEATHER)
    weather.loc[later, columns] = weather.loc[later, columns].to_numpy()[rng.permutation(later.sum())] + 7
    scheduled = features.scheduled_at(flights)
    gone = flights["dep_time"].notna()
    left_by_then = gone & (scheduled + pd.to_timedelta(flights["dep_delay"], unit="min") <= moment)
    # Whoever had not left by then leaves at another time after it, or never.
    wait = np.ceil((moment - scheduled).dt.total_seconds() / 60).clip(lower=-60) + rng.integers(1, 600, len(flights))
    flights["dep_delay"] = flights["dep_delay"].where(left_by_then, wait)
    flights["dep_time"] = flights["dep_time"].where(left_by_then, 1200.0)
    never = ~left_by_then & (rng.random(len(flights)) < 0.3)
    flights.loc[never, ["dep_delay", "dep_time"]] = np.nan
    for name in ("arr_time", "arr_delay", "air_time"):
        flights[name] = rng.permutation(flights[name])
    return steps.Raw(flights, weather, raw.airports)


@settings(max_examples=15)
@given(row=st.integers(0, 5_000), seed=st.integers(0, 2**32 - 1))
def test_another_future_leaves_the_features_unchanged(week, built, row, seed):
    moment = built["scheduled"][row] - features.LEAD
    changed = features.build(*with_another_future(week, moment, seed))
    predicted_by_then = built["scheduled"] - features.LEAD <= moment
    columns = list(features.FEATURES)
    pd.testing.assert_frame_equal(changed.loc[predicted_by_then, columns], built.loc[predicted_by_then, columns])


def test_another_future_changes_later_features(week, built):
    """The property above can fail: the same change does reach flights that are predicted after the moment."""
    moment = built["scheduled"].iloc[2_000]
    changed = features.build(*with_another_future(week, moment, seed=0))
    after = built["scheduled"] - features.LEAD > moment + pd.Timedelta(hours=6)
    for name in (*features.WEATHER, *features.STATE):
        assert not changed.loc[after, name].equals(built.loc[after, name]), name


def test_a_minute_decides_what_is_known(week):
    """A departure counts from the minute it takes place, three hours before at the latest, and for three hours."""
    row = week.flights.index[3_000]
    scheduled = features.scheduled_at(week.flights)
    schedule = pd.DataFrame({"origin": ["EWR"], "scheduled": [scheduled[row]]})
    offsets = {"too old": -360, "just in": -359, "in": -200, "just known": -180, "not yet": -179}
    gone = pd.DataFrame({"origin": "EWR", "dep_time": 1.0, "dep_delay": [1.0, 2.0, 4.0, 8.0, 16.0]})
    moved = (
        scheduled[row]
        + pd.to_timedelta(list(offsets.values()), unit="min")
        - pd.to_timedelta(gone["dep_delay"], unit="min")
    )
    state = features.recent_departures(schedule, features.departures(gone, pd.Series(moved)))
    assert state["recent_departures"].item() == 3
    assert state["recent_delay"].item() == pytest.approx((2 + 4 + 8) / 3)


def test_an_airport_without_departures_has_a_count_and_no_mean(week):
    schedule = pd.DataFrame({"origin": ["JFK"], "scheduled": [pd.Timestamp("2012-12-31", tz="UTC")]})
    gone = features.departures(week.flights, features.scheduled_at(week.flights))
    state = features.recent_departures(schedule, gone)
    assert state["recent_departures"].item() == 0
    assert np.isnan(state["recent_delay"].item())


@pytest.mark.parametrize("hours, known", [(0, True), (6, True), (6.1, False)])
def test_a_reading_grows_stale(hours, known):
    moment = pd.Timestamp("2013-02-01 12:00", tz="UTC")
    observed = pd.DataFrame({"origin": ["LGA"], "observed": [moment], **dict.fromkeys(features.WEATHER, [1.0])})
    asked = moment + features.LEAD + pd.Timedelta(minutes=round(hours * 60))
    schedule = pd.DataFrame({"origin": ["LGA", "JFK"], "scheduled": [asked, asked]})
    found = features.latest_weather(schedule, observed, features.LEAD)
    assert found.loc[0].notna().all() == known
    assert found.loc[1].isna().all()  # another airport's reading is not borrowed


def test_features_are_float32_and_in_the_order_of_the_flights(week, built):
    assert set(built[list(features.FEATURES)].dtypes) == {np.dtype("float32")}
    assert (built["flight"] == week.flights["flight"]).all()
    assert built["carrier_code"].notna().all()
    assert built["origin_code"].notna().all()


def test_late_is_defined_for_arrived_flights_alone(week, built):
    delay = week.flights["arr_delay"]
    assert (built["late"].isna() == delay.isna()).all()
    assert (built.loc[delay > 15, "late"] == 1).all()
    assert (built.loc[delay <= 15, "late"] == 0).all()
    assert (built.loc[delay == 15, "late"] == 0).all()
    assert (delay == 15).any()
    assert set(built["status"]) == {"arrived", "cancelled", "diverted"}
    assert (built.loc[week.flights["dep_time"].isna(), "status"] == "cancelled").all()


def test_scheduled_minutes_are_close_to_the_time_in_the_air(week):
    """Time zones are right: planned duration is air time plus taxiing, on the shortest route and to Honolulu."""
    minutes = features.scheduled_minutes(week.flights, week.airports)
    taxiing = minutes - week.flights["air_time"]
    assert taxiing.groupby(week.flights["dest"]).median().dropna().between(5, 75).all()


def test_production_knows_nothing_of_the_ladders_columns(week, built):
    seen = ladder.as_in_production(ladder.with_hindsight(built, week))
    assert seen[list(ladder.AFTERWARDS)].isna().all(axis=None)
    then = seen[list(features.WEATHER)].to_numpy()
    np.testing.assert_array_equal(seen[list(ladder.WEATHER_NOW)].to_numpy(), then)


def test_hindsight_keeps_the_order_and_adds_the_right_delays(week, built):
    hindsight = ladder.with_hindsight(built, week)
    pd.testing.assert_frame_equal(hindsight[built.columns], built)
    np.testing.assert_array_equal(hindsight["departure_delay"], week.flights["dep_delay"])
    fresher = hindsight["temp_now"] != hindsight["temp"].astype(float)
    assert fresher.mean() > 0.5
