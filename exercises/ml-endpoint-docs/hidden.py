"""Hidden cases of ml-endpoint-docs. Practice: this file is public. course-canary-ml-endpoint-docs

The service and the generator are those of the notebook's given cells, read from source.ipynb: what a learner changes
in them changes nothing here.
"""

from pathlib import Path

import nbformat
import numpy as np

from course.exercises.cases import Check, close, drive

_CELLS = nbformat.read(Path(__file__).with_name("source.ipynb"), as_version=4).cells
_NAMES = ("class Service", "def filled", "def understood")
GIVEN = "\n\n".join(c.source for c in _CELLS if c.cell_type == "code" and any(name in c.source for name in _NAMES))


def beside(driver, *arguments) -> dict:
    """Return the request to run `driver` with the given service and generator."""
    request = drive(driver, *arguments)
    return {**request, "driver": f"{GIVEN}\n\n{request['driver']}"}


def sent(answers, parcels):
    """Return for each parcel what the service got, or that the client did not send."""
    found = []
    for parcel in parcels:
        service = Service()  # noqa: F821
        try:
            status, reply = service.post(filled(answers.request_fields(), parcel))  # noqa: F821
        except ValueError:
            found.append("not sent")
            continue
        found.append([status, reply])
    return found


def read(answers, replies):
    return [understood(answers.reply_fields(), reply) for reply in replies]  # noqa: F821


def repeated(answers, busy, body):
    """Return status, number of requests and seconds waited."""
    service, waited = Service(busy), []  # noqa: F821
    status, _ = asked(answers.errors(), body, service.post, waited.append)  # noqa: F821
    return [status, len(service.bodies), waited]


def parcel(rng, **changes) -> dict:
    whole = {
        "distance": float(rng.uniform(2e3, 3e5)),
        "weight": float(rng.integers(100, 30000)) / 1000,
        "speed": str(rng.choice(["standard", "express"])),
        "temperature": float(rng.uniform(-15, 8)),
    }
    return {name: each for name, each in (whole | changes).items() if each is not None}


def ordinary(seed):
    rng = np.random.default_rng([seed, 41])
    return [beside(sent, [parcel(rng) for _ in range(6)])]


def without_temperature(seed):
    rng = np.random.default_rng([seed, 42])
    return [beside(sent, [parcel(rng, temperature=None), parcel(rng)])]


def bounds(seed):
    rng = np.random.default_rng([seed, 43])
    far = float(rng.uniform(401e3, 900e3))
    heavy, light = float(rng.uniform(31.6, 60)), float(rng.uniform(0.001, 0.0189))
    cases = [{"distance": d} for d in (far, 500.0, 400e3, float(rng.uniform(10, 490)))]
    cases += [{"weight": w} for w in (heavy, light, 0.02, 31.5)]
    return [beside(sent, [parcel(rng, **case) for case in cases])]


def forecasts(seed):
    rng = np.random.default_rng([seed, 44])
    return [beside(read, [{"eta": float(rng.uniform(1, 40)), "late": float(rng.uniform(1, 99))} for _ in range(4)])]


def no_forecast(seed):
    rng = np.random.default_rng([seed, 45])
    return [beside(read, [{"eta": -1, "late": -1}, {"eta": float(rng.uniform(1, 9)), "late": 0.0}])]


def busy(seed):
    rng = np.random.default_rng([seed, 46])
    body = {"dist": float(rng.uniform(1, 90)), "wgt": int(rng.integers(50, 9000)), "lvl": "X"}
    return [beside(repeated, list(each), body) for each in ((429,), (503,), (503, 429), (429,) * 6)]


def hopeless(seed):
    rng = np.random.default_rng([seed, 47])
    return [beside(repeated, [], {"dist": float(rng.uniform(1, 90)), "lvl": "S"})]


def tested(answers, document, real, example):
    """Return what `untrue` finds about a service that does what `real` says."""

    def post(body):
        for name, field in real.items():
            if name not in body:
                if field["required"]:
                    return 422, {}
                continue
            if "enum" in field and body[name] not in field["enum"]:
                return 422, {}
            bounded = "minimum" in field or "maximum" in field
            if bounded and not field.get("minimum", -1e9) <= body[name] <= field.get("maximum", 1e9):
                return 422, {}
        return 200, {}

    before = dict(example)
    found = [list(pair) for pair in answers.untrue(document, example, post)]
    return [found, example == before]


def service_of(rng) -> tuple[dict, dict]:
    low, high = int(rng.integers(1, 9)), int(rng.integers(20, 90))
    real = {
        "size": {"required": True, "minimum": low, "maximum": high},
        "age": {"required": False, "minimum": 0},
        "kind": {"required": True, "enum": {"a": "apple", "b": "box"}},
        "note": {"required": False, "enum": {"x": "no", "y": "yes"}},
    }
    return real, {"size": 15, "age": 3, "kind": "a", "note": "y"}


def changed(real: dict, name: str, **changes) -> dict:
    return {**real, name: {**real[name], **changes}}


def narrow_and_wide(seed):
    real, example = service_of(np.random.default_rng([seed, 48]))
    low, high = real["size"]["minimum"], real["size"]["maximum"]
    documents = [
        changed(real, "size", minimum=low + 3),
        changed(real, "size", maximum=high - 3),
        changed(real, "size", minimum=low - 1, maximum=high + 5),
        changed(real, "age", minimum=1),
    ]
    return [beside(tested, document, real, example) for document in documents]


def needed(seed):
    real, example = service_of(np.random.default_rng([seed, 49]))
    documents = [changed(real, "size", required=False), changed(real, "note", required=True), real]
    return [beside(tested, document, real, example) for document in documents]


def texts(seed):
    real, example = service_of(np.random.default_rng([seed, 50]))
    anything = {**real, "kind": {"required": True}}
    return [
        beside(tested, changed(real, "kind", enum={"a": "apple", "b": "box", "c": "crate"}), real, example),
        beside(tested, real, anything, example),
        beside(tested, changed(changed(real, "note", enum={"x": "no", "n": "?"}), "age", minimum=2), real, example),
    ]


CHECKS = {
    "q1": [
        Check(
            "ordinary",
            1,
            ordinary,
            "The service answers 200 and the forecast is wrong: look at units, at texts, and for a field left out.",
        ),
        Check(
            "without temperature",
            1,
            without_temperature,
            "A parcel without a temperature is not a bad one, and one that has it is better with it.",
        ),
        Check(
            "bounds",
            1,
            bounds,
            "A client sent what the model cannot know, or kept back what it can: look at both ends of both bounds.",
        ),
    ],
    "q2": [
        Check("forecasts", 1, forecasts, "A client reads other numbers than the service means: look at both units."),
        Check("no forecast", 1, no_forecast, "A client takes a reply without a forecast for one; 0 is a forecast."),
    ],
    "q3": [
        Check(
            "busy", 1, busy, "A busy service: the client gives up too early, or waits another time than the reply says."
        ),
        Check("hopeless", 1, hopeless, "A wrong request is sent again and again: it stays wrong."),
    ],
    "q4": [
        Check(
            "narrow and wide",
            1,
            narrow_and_wide,
            "A bound can be too narrow or too wide: try the value itself and the one beyond.",
            close(),
        ),
        Check(
            "needed", 1, needed, "A field can be needed though the document says it is not, and the other way round."
        ),
        Check(
            "texts", 1, texts, "An enum can promise too much, and a service can take any text: try all, and one more."
        ),
    ],
}
