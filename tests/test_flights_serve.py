"""The service gives the answers that were evaluated offline, refuses wrong requests by name, and stays on 127.0.0.1."""

import os
import socket

import httpx
import numpy as np
import pandas as pd
import psutil
import pytest

from course.flights import features, schema, serve, steps

FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "SFO",
    "scheduled_departure": "2013-06-01T14:00:00-04:00",
    "scheduled_minutes": 370,
}


@pytest.fixture(scope="module")
def offline():
    """The tables that passed validation, a model of January to March, and 600 live flights with its probabilities."""
    raw = steps.ingest()
    flights, _ = steps.validate(raw.flights, schema.FLIGHTS)
    weather, _ = steps.validate(raw.weather, schema.WEATHER)
    frame = steps.prepare(steps.Raw(flights, weather, raw.airports), share=0.1)
    model = steps.train(frame[frame["month"] <= 3])
    live = frame[frame["month"].isin(steps.LIVE_MONTHS)].sample(600, random_state=steps.SEED)
    return flights, weather, model, live, steps.predict(model, live)


@pytest.fixture(scope="module")
def session(offline, tmp_path_factory):
    return serve.load(serve.export(offline[2], tmp_path_factory.mktemp("model") / "model.onnx"))


@pytest.fixture(scope="module")
def client(offline, session):
    flights, weather, *_ = offline
    gone = features.departures(flights, features.scheduled_at(flights))
    distance = flights.groupby(["origin", "dest"])["distance"].last()
    app = serve.create_app(session, "test", features.readings(weather), gone, distance)
    with serve.running(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def as_request(flight) -> dict:
    return {
        "carrier": flight.carrier,
        "origin": flight.origin,
        "dest": flight.dest,
        "scheduled_departure": flight.scheduled.isoformat(),
        "scheduled_minutes": int(flight.scheduled_minutes),
    }


def test_the_exported_model_equals_scikit_learn(offline, session):
    *_, live, probability = offline
    found = serve.score(session, live[list(features.FEATURES)].to_numpy())
    assert found.shape == (600,)
    np.testing.assert_allclose(found, probability, atol=1e-6)


def test_the_exported_model_agrees_on_missing_and_extreme_inputs(offline, session):
    matrix = np.vstack([np.full(14, np.nan), np.full(14, -1e9), np.full(14, 1e9), np.zeros(14)]).astype("float32")
    np.testing.assert_allclose(serve.score(session, matrix), offline[2].predict_proba(matrix)[:, 1], atol=1e-6)


def test_served_answers_equal_offline_ones_on_real_flights(client, offline):
    *_, live, probability = offline
    assert live["recent_delay"].isna().any()  # flights of the early morning, with nothing recent, are among them
    requests = [as_request(flight) for flight in live.itertuples()]
    served = []
    for batch in (requests[:500], requests[500:]):
        answer = client.post("/v2/predict", json={"flights": batch}).json()
        assert answer["model_version"] == "test"
        served += answer["predictions"]
    np.testing.assert_allclose([p["probability"] for p in served], probability, atol=1e-6)
    assert [p["warn"] for p in served] == list(probability >= steps.THRESHOLD)


def test_the_order_and_size_of_a_batch_change_nothing(client, offline):
    requests = [as_request(flight) for flight in offline[3].head(5).itertuples()]
    together = client.post("/v2/predict", json={"flights": requests[::-1]}).json()["predictions"][::-1]
    alone = [client.post("/v2/predict", json={"flights": [r]}).json()["predictions"][0] for r in requests]
    assert together == alone


def test_local_time_and_utc_are_the_same_moment(client):
    utc = FLIGHT | {"scheduled_departure": "2013-06-01T18:00:00Z"}
    found = client.post("/v2/predict", json={"flights": [FLIGHT, utc]}).json()["predictions"]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "field, value",
    [
        ("carrier", "ZZ"),
        ("carrier", None),
        ("origin", "BOS"),
        ("dest", "sfo"),
        ("scheduled_departure", "2013-06-01T14:00:00"),  # without a time zone nobody knows when that is
        ("scheduled_departure", "tomorrow"),
        ("scheduled_minutes", 0),
        ("scheduled_minutes", 1440),
        ("scheduled_minutes", "370"),
    ],
)
def test_a_wrong_field_is_refused_by_name(client, field, value):
    answer = client.post("/v2/predict", json={"flights": [FLIGHT, FLIGHT | {field: value}]})
    assert answer.status_code == 422
    assert [problem["loc"] for problem in answer.json()["detail"]] == [["body", "flights", 1, field]]


def test_a_missing_field_is_refused_by_name(client):
    lacking = {name: value for name, value in FLIGHT.items() if name != "dest"}
    answer = client.post("/v2/predict", json={"flights": [lacking]})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "flights", 0, "dest"]


def test_a_route_that_nobody_flies_is_refused_by_name(client):
    answer = client.post("/v2/predict", json={"flights": [FLIGHT, FLIGHT | {"dest": "XXX"}]})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("flights[1]: no route EWR-XXX")


@pytest.mark.parametrize("number, status", [(0, 422), (serve.MAX_BATCH, 200), (serve.MAX_BATCH + 1, 422)])
def test_a_batch_has_its_bounds(client, number, status):
    assert client.post("/v2/predict", json={"flights": [FLIGHT] * number}).status_code == status


def test_health_model_and_schema_answer(client):
    assert client.get("/v2/health").json() == {"status": "ok"}
    assert client.get("/v2/model").json()["threshold"] == steps.THRESHOLD
    assert client.get("/openapi.json").json()["components"]["schemas"]["Flight"]["required"] == list(FLIGHT)


def test_only_127_0_0_1_is_listened_on(client):
    listening = [c for c in psutil.Process().net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert client.base_url.port in {c.laddr.port for c in listening}
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}


def test_an_answer_is_not_held_back_by_nagles_algorithm(client):
    """Forty milliseconds is what an answer in two packets waits for where the algorithm is on."""
    times = [client.get("/v2/health").elapsed.total_seconds() for _ in range(30)]
    assert min(times) < 0.02


@pytest.mark.parametrize("fails", [False, True])
def test_the_service_is_gone_after_its_context_even_after_an_error(offline, session, fails):
    flights, weather, *_ = offline
    app = serve.create_app(session, "test", features.readings(weather), {}, pd.Series(dtype=float))
    try:
        with serve.running(app) as address:
            port = httpx.URL(address).port
            assert httpx.get(f"{address}/v2/health").status_code == 200
            if fails:
                raise RuntimeError("in the middle of the lab")
    except RuntimeError as error:
        assert fails, error
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=5):
        pass


def test_an_export_that_fails_leaves_the_old_model(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"the old one")
    with pytest.raises(RuntimeError, match="must be an object"):
        serve.export("not a model", path)
    assert os.listdir(tmp_path) == ["model.onnx"]
    assert path.read_bytes() == b"the old one"
