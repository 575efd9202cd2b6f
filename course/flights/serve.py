"""Serve the exported model: the request holds the schedule, the server adds what is known three hours before."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from fastapi import FastAPI, HTTPException
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from course import atomic
from course.flights import features, steps

MAX_BATCH = 500
Carrier = Literal[features.CARRIERS]
Origin = Literal[features.ORIGINS]


class Flight(BaseModel):
    """A flight as an airline's schedule knows it."""

    carrier: Carrier
    origin: Origin
    dest: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    scheduled_departure: AwareDatetime
    scheduled_minutes: Annotated[int, Field(gt=0, lt=1440, strict=True)]
    flight: int | None = None


class Request(BaseModel):
    """A batch of flights."""

    flights: Annotated[list[Flight], Field(min_length=1, max_length=MAX_BATCH)]


class Prediction(BaseModel):
    """The probability of arriving more than 15 minutes late, and whether the service warns."""

    probability: Annotated[float, Field(ge=0, le=1)]
    warn: bool


class Answer(BaseModel):
    """Predictions in the order in which the flights were sent."""

    model_config = ConfigDict(protected_namespaces=())
    model_version: str
    predictions: list[Prediction]


def export(model, path: Path) -> Path:
    """Write `model` as ONNX (float32 in, label and probabilities [n, 2] out), atomically, and return the path."""
    from skl2onnx import to_onnx

    example = np.zeros((1, len(features.FEATURES)), dtype=np.float32)
    return atomic.write(path, to_onnx(model, example, options={"zipmap": False}, target_opset=18).SerializeToString())


def load(path: Path):
    """Return an ONNX Runtime session on one thread. An ONNX file is data: loading it runs no code of strangers."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def score(session, matrix: np.ndarray) -> np.ndarray:
    """Return the probability of late arrival for a float32 matrix [n, features], shape [n]."""
    return session.run(None, {session.get_inputs()[0].name: matrix})[1][:, 1]


def create_app(
    session, version: str, observed: pd.DataFrame, gone: dict[str, pd.DataFrame], distance: pd.Series
) -> FastAPI:
    """Return the service. `observed` and `gone` are the stores of readings and departures, of which it uses for each
    flight only what was known three hours before; `distance` gives miles by (origin, dest).
    """
    app = FastAPI(title="Latebird", version=version)

    @app.get("/v2/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v2/model")
    def model() -> dict[str, str | float]:
        return {"model_version": version, "training_period": "2013-01 to 2013-03", "threshold": steps.THRESHOLD}

    @app.post("/v2/predict")
    def predict(request: Request) -> Answer:
        schedule = pd.DataFrame([flight.model_dump() for flight in request.flights])
        schedule["scheduled"] = pd.to_datetime(schedule["scheduled_departure"], utc=True)
        routes = pd.MultiIndex.from_frame(schedule[["origin", "dest"]])
        schedule["distance"] = distance.reindex(routes).to_numpy()
        if schedule["distance"].isna().any():
            row = int(schedule["distance"].isna().argmax())
            route = f"{schedule['origin'][row]}-{schedule['dest'][row]}"
            raise HTTPException(422, f"flights[{row}]: no route {route}; send the airport at which the flight lands")
        matrix = features.encode(schedule, features.airport_state(schedule, observed, gone)).to_numpy()
        return Answer(
            model_version=version,
            predictions=[{"probability": p, "warn": p >= steps.THRESHOLD} for p in score(session, matrix).tolist()],
        )

    return app


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve `app` on a free port of 127.0.0.1, yield its address, and stop it at the end."""
    import uvicorn

    # IPPROTO_TCP is said aloud because asyncio switches off Nagle's algorithm (40 ms an answer) only where it is set.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the service stopped while starting; see the log above")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
