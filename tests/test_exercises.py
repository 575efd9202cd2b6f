"""Every exercise keeps its promises: solution, untouched release and wrong answers get exactly what they should."""

import builtins
import csv
import math
import re
import symtable
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from course.exercises import answers, cases, evidence, proof, release, source, variants

pytestmark = pytest.mark.apart

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = sorted(path.parent for path in (ROOT / "exercises").glob("*/source.ipynb"))
IDS = [folder.name for folder in FOLDERS]
OUTCOMES = {"correct", "incorrect", "error", "not attempted"}


@pytest.fixture(scope="module", params=FOLDERS, ids=IDS)
def exercise(request) -> source.Exercise:
    return source.load(request.param)


def test_what_must_hold_of_every_exercise_holds(exercise):
    assert proof.problems(exercise) == []


def test_an_exercise_has_the_shape_that_the_guide_asks_for(exercise):
    assert exercise.id == exercise.folder.name
    assert exercise.metadata["practice"] is True, "the hidden cases of this repository are public"
    assert exercise.metadata["role"] in ("ml", "ai", "both")
    assert 3 <= len(exercise.questions) <= 5
    for question in exercise.questions:
        prompt = "\n".join(c.source for kind, of, c in exercise.cells if (kind, of) == ("prompt", question.id))
        assert re.findall(r"<summary>Hint (\d)</summary>", prompt) == ["1", "2", "3"], question.id
        assert question.hidden.endswith(".") and question.expected.endswith(".")
    for page in exercise.metadata["prerequisites"]:
        assert (ROOT / page).is_file(), page


def anchors(page: str) -> list[str]:
    """Return the ids that a page of the book will have: of its headings, as docutils makes them, and of stored HTML."""
    path = ROOT / page
    if path.is_relative_to(ROOT / "book" / "exercises"):  # made from the source when the book is built
        path = ROOT / "exercises" / path.stem / "source.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    headings = [
        line.lstrip("#")
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.split("\n")
        if re.match("#{1,6} ", line)
    ]
    slugs = [re.sub("^[-0-9]+|-+$", "", re.sub("[^a-z0-9]+", "-", heading.lower())) for heading in headings]
    stored = [output.get("data", {}).get("text/html", "") for cell in cells for output in cell.get("outputs", [])]
    return slugs + re.findall(r'\bid="([^"]+)"', "".join(stored))


def test_where_to_read_again_is_a_place_on_a_page(exercise):
    for question in exercise.questions:
        page, _, anchor = question.read.partition("#")
        assert anchors(page).count(anchor) == 1, f"{question.id}: {question.read}"
    places = {question.read for question in exercise.questions}
    assert len(places) > 1, "one place for all questions helps with none of them"


def defined(code: str) -> set[str]:
    """Return the names that a cell defines for the cells below it."""
    symbols = symtable.symtable(code, "cell", "exec").get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def needed(code: str) -> set[str]:
    """Return the names that a cell, or a function in it, takes from the cells above."""
    top = symtable.symtable(code, "cell", "exec")
    found, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        used = [symbol for symbol in table.get_symbols() if symbol.is_referenced()]
        found |= {symbol.get_name() for symbol in used if table is top or symbol.is_global()}
    return found - defined(code)


def test_each_public_test_cell_stands_alone_as_otter_runs_it_alone(exercise):
    known = set(dir(builtins))
    for kind, of, cell in exercise.cells:
        if kind == "test":
            assert needed(source.test_code(cell)) <= known, f"{of}: repeat the line, or make the cells one"
        elif cell.cell_type == "code":
            known |= defined(cell.source)


def unfinished(answer) -> Iterator:
    """Yield what honest learners return on the way to `answer`: nothing, a text, a part of it, a part still None."""
    yield from (None, True, 0, -1, math.nan, "", "to do", [], {}, [None], [None, None], [None] * 3, {"a": None}, [[]])
    for odd in (None, "to do", [], {}):
        if isinstance(answer, dict):
            yield from ({**answer, name: odd} for name in answer)
        if isinstance(answer, list):
            yield from ([*answer[:at], odd, *answer[at + 1 :]] for at in range(len(answer)))
    if isinstance(answer, dict):
        yield from ({name: each for name, each in answer.items() if name != left_out} for left_out in answer)
        yield dict.fromkeys(answer)
        for name, each in answer.items():
            if isinstance(each, dict | list):
                yield from ({**answer, name: part} for part in unfinished(each))
    if isinstance(answer, list):
        yield from (answer[:-1], [*answer, None], [None] * len(answer))


def test_messages_that_choose_their_words_have_some_for_unfinished_answers(exercise):
    checks = exercise.checks()
    messages = [check.message for of in checks.values() for check in of]
    assert all(callable(message) or message.strip().endswith((".", "?")) for message in messages)
    if not any(map(callable, messages)):
        return
    for question, (asked, _, _, replies, _) in proof.replies(exercise, release.solved(exercise)).items():
        for ask, reply in zip(asked, replies, strict=True):
            check = checks[question][ask.check]
            if not callable(check.message):
                continue
            for answer in unfinished(reply["value"]):
                message = check.message(answer, reply["value"])
                assert isinstance(message, str) and message.endswith((".", "?")), (question, check.name, answer)


def test_skills_and_claims_are_known_and_skills_lead_back_to_the_exercise(exercise):
    with open(ROOT / "data" / "skills.csv", encoding="utf-8", newline="") as file:
        skills = {row["id"]: row["exercises"].split(";") for row in csv.DictReader(file)}
    with open(ROOT / "data" / "claims.csv", encoding="utf-8", newline="") as file:
        claims = {row["id"] for row in csv.DictReader(file)}
    assert exercise.metadata["skills"] and set(exercise.metadata["claims"]) <= claims
    for skill in exercise.metadata["skills"]:
        assert exercise.id in skills[skill], f"data/skills.csv: {skill} does not name {exercise.id}"


def test_a_finished_exercise_writes_its_card(exercise, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for file in exercise.files:
        target = tmp_path / file.relative_to(exercise.folder / "files")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    session = answers.Session()
    cells = [cell.source for cell in release.solved(exercise).cells if cell.cell_type == "code"]
    assert session.run(cells) == []
    page = (tmp_path / "evidence" / f"{exercise.id}.html").read_text(encoding="utf-8")
    assert all(f"<dt>{label}</dt>" in page for label in ("Result", "Baseline", "Interval", "Seed of the data"))
    assert 'src="data:image/svg+xml' in page and re.search(r"<title>.{15,}</title>", page)
    assert (tmp_path / "evidence" / f"{exercise.id}.md").read_text(encoding="utf-8").startswith("# ")


def test_a_variant_changes_the_seed_and_nothing_else(exercise):
    plain, own = release.student(exercise), release.student(exercise, seed=987654321)
    changed = [(a.source, b.source) for a, b in zip(plain.cells, own.cells, strict=True) if a != b]
    assert len(changed) == 1 and "987654321" in changed[0][1]
    lines = [pair for pair in zip(*(text.split("\n") for text in changed[0]), strict=True) if pair[0] != pair[1]]
    assert len(lines) == 1 and "# VARIANT" in lines[0][1]


def tiny(solution: str, tests: str = "assert f(1) == 2, 'one more'", **changes) -> nbformat.NotebookNode:
    """Return a source notebook of one question."""
    question = {"id": "q1", "title": "t", "points": 1, "answers": ["f"], "hidden": "h.", "expected": "e.", "read": "r"}
    about = {"id": "tiny", "questions": [question | changes]}
    raw, code = nbformat.v4.new_raw_cell, nbformat.v4.new_code_cell
    cells = [
        nbformat.v4.new_markdown_cell("# Tiny"),
        raw("# BEGIN QUESTION\nname: q1\npoints: 1"),
        raw("# BEGIN PROMPT"), nbformat.v4.new_markdown_cell("Write f."), raw("# END PROMPT"),
        raw("# BEGIN SOLUTION"), code(solution), raw("# END SOLUTION"),
        raw("# BEGIN TESTS"), code(tests), raw("# END TESTS"),
        raw("# END QUESTION"),
    ]  # fmt: skip
    return nbformat.v4.new_notebook(cells=cells, metadata={"course": {"minutes": 5, "exercise": about}})


@pytest.fixture
def written(tmp_path):
    def write(nb: nbformat.NotebookNode, hidden: str = "") -> source.Exercise:
        nbformat.write(nb, tmp_path / "source.ipynb")
        (tmp_path / "hidden.py").write_text(hidden or HIDDEN, encoding="utf-8")
        return source.load(tmp_path)

    return write


SOLUTION = "def f(x):\n    # BEGIN SOLUTION\n    return x + 1\n    # END SOLUTION"
HIDDEN = """
from course.exercises.cases import Check, call
CHECKS = {"q1": [Check("more", 1, lambda seed: [call("f", seed)], "One more than x was expected.")]}
"""


@pytest.mark.parametrize(
    ("answer", "outcome", "public", "message"),
    [
        ("def f(x):\n    return x + 1", "correct", "correct", "All hidden cases hold."),
        ("def f(x):\n    return 2", "incorrect", "correct", "One more than x was expected."),
        ("def f(x):\n    return 'a text'", "incorrect", "incorrect", "One more than x was expected."),
        ("def f(x):\n    pass", "not attempted", "not attempted", "or does nothing"),
        ("def f(x):\n    return -x", "incorrect", "incorrect", "One more than x was expected."),
        ("def f(x):\n    return 1 / 0", "error", "error", "ZeroDivisionError in line 2"),
        ("def f(x):\n    return x +", "error", "not attempted", "SyntaxError in line 2"),
        ("def f(x):\n    ...", "not attempted", "not attempted", "`f` is still the stub"),
        ("f = ...", "not attempted", "not attempted", "`f` is still the stub"),
        ("g = 1", "not attempted", "not attempted", "`f` is not defined"),
        ("import sys\nsys.exit()\ndef f(x):\n    return x + 1", "error", "not attempted", "raised SystemExit"),
        ("def f(x):\n    return object()", "error", "incorrect", "TypeError"),
        ("f = 5", "error", "error", "TypeError"),
    ],
)
def test_four_outcomes_and_the_notebooks_verdict_agrees_with_the_mark(written, answer, outcome, public, message):
    exercise = written(tiny(SOLUTION))
    nb = release.solved(exercise, instead={"q1": answer})
    found = proof.mark(exercise, nb)["q1"]
    assert (found.outcome, message in found.message) == (outcome, True), found
    assert found.points == (1 if outcome == "correct" else 0)
    assert proof.run(exercise, nb)[1]["q1"] == public
    assert {outcome, public} <= OUTCOMES


def test_the_check_says_that_hidden_cases_exist_and_of_which_kind(written, capsys):
    nb = release.solved(written(tiny(SOLUTION, hidden="negative numbers.")))
    session = answers.Session()
    session.run([cell.source for cell in nb.cells if cell.cell_type == "code"])
    printed = capsys.readouterr().out
    assert "q1: public checks hold" in printed and "Hidden cases decide" in printed and "negative numbers." in printed


def test_a_proof_finds_what_is_wrong(written, tmp_path):
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "q1-same.py").write_text(
        "# loses: 1\n# message: Other words.\n# public: passes\ndef f(x):\n    return x + 1\n"
    )
    found = " | ".join(proof.problems(written(tiny(SOLUTION, "assert f(1) == 3, 'no'")), seeds=2))
    for words in (
        "solution: the check of q1 says incorrect",
        "hidden.py: lacks the canary",
        "q1 has 1 typical wrong answers",
        "wrong/q1-same: q1 loses 0, 1 was expected",
        "wrong/q1-same: the public check says incorrect",
    ):
        assert words in found, found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda nb: nb.cells.pop(2), "`# END PROMPT` does not fit"),
        (lambda nb: nb.cells.pop(), "has no end"),
        (lambda nb: nb.cells.pop(6), "q1 has no solution cell"),
        (lambda nb: nb.metadata.course.exercise.questions[0].update(points=3), "points in BEGIN QUESTION"),
        (lambda nb: nb.metadata.course.exercise.questions[0].pop("read"), "lacks or misnames"),
        (lambda nb: nb.metadata.pop("course"), "lacks or misnames 'course'"),
    ],
)
def test_a_source_that_does_not_follow_the_format_is_refused_in_words(written, change, words):
    nb = tiny(SOLUTION)
    change(nb)
    with pytest.raises(ValueError, match=re.escape(words)):
        written(nb)


def test_points_of_hidden_cases_must_add_up(written):
    with pytest.raises(ValueError, match="worth 2 points, source.ipynb says 1"):
        written(tiny(SOLUTION), HIDDEN.replace('"more", 1', '"more", 2')).checks()


def test_an_exercise_is_found_by_id_or_folder_and_a_stranger_is_refused_in_words():
    assert source.find(ROOT / "exercises", IDS[0]) == FOLDERS[0]
    assert source.find(Path("/nowhere"), str(FOLDERS[0])) == FOLDERS[0]
    with pytest.raises(FileNotFoundError, match=f"no exercise 'x': give one of .*{IDS[0]}"):
        source.find(ROOT / "exercises", "x")


@pytest.mark.parametrize(
    ("answer", "expected", "same"),
    [
        (1, 1.0, True), (1.0, 1, True), (True, 1, False), (1, True, False), (None, None, True), (0, None, False),
        (float("nan"), float("nan"), True), (float("nan"), 1.0, False), (float("inf"), float("inf"), True),
        (10**400, 1.5, False), ("1", 1, False), ([1, 2], [1, 2], True), ([1], [1, 2], False),
        ({"a": 1}, {"a": 1}, True), ([], {}, False), ({}, [], False), (None, 0, False),
        ({"a": 1}, {"b": 1}, False), ({"a": 1, "b": 2}, {"a": 1}, False),
    ],
)  # fmt: skip
def test_comparison_at_its_edges(answer, expected, same):
    assert cases.close()(answer, expected) is same
    assert cases.exact(answer, expected) is same


def test_comparisons_refuse_what_is_no_number():
    for compare in (cases.at_least(1), cases.at_most(1), cases.interval_within(0.1)):
        for answer in (None, "1", True, float("nan"), [1], [None, None], {"a": 1}, [1, float("inf")]):
            assert not compare(answer, [0, 1])
    assert cases.at_least(1)(1, None) and cases.at_most(1)(1.0, None)
    assert cases.interval_within(0.1)([0.1, 0.9], [0, 1]) and not cases.interval_within(0.1)([0.11, 0.9], [0, 1])
    assert cases.entries("a")({"a": 1, "b": 9}, {"a": 1, "b": 2}) and not cases.entries("a")({}, {"a": 1})


def test_arguments_and_answers_cross_as_json_and_come_back_as_they_were():
    import json

    import numpy as np
    import pandas as pd

    frame = pd.DataFrame({"day": pd.to_datetime(["2013-01-01", "2013-01-02"]), "n": [1, 2], "x": [0.5, float("nan")]})
    request = json.loads(json.dumps(cases.call("f", frame, np.arange(3), [1, {"a": None}], np.float64(2), k=True)))
    back = [answers.decode(each) for each in request["args"]]
    pd.testing.assert_frame_equal(back[0], frame, check_dtype=False)
    assert back[1].tolist() == [0, 1, 2] and back[1].dtype == np.arange(3).dtype
    assert back[2:] == [[1, {"a": None}], 2.0] and request["kwargs"] == {"k": True}
    assert answers.encode({"a": (np.int64(1), np.array([[1.5]])), 2: pd.Series([1, 2])}) == {
        "a": [1, [[1.5]]],
        "2": [1, 2],
    }
    assert answers.encode(frame[["n"]]) == {"n": [1, 2]}
    for odd in (object(), {1, 2}, {(1, 2): 3}, lambda: 0):
        with pytest.raises(TypeError, match="were expected"):
            answers.encode(odd)
    loop = []
    loop.append(loop)
    with pytest.raises(TypeError, match="nested deeper"):
        answers.encode(loop)


def test_lines_for_ipython_and_the_shell_are_dropped_and_line_numbers_stay():
    session = answers.Session()
    text = "%matplotlib inline\n!ls\nlen?\nx = 5\n"
    assert session.run([text, "%%time\nx = 6", "x = 7 % 4\n1 / 0"])[0]["line"] == 2
    assert session.namespace["x"] == 3


def test_what_ipython_times_is_run_and_what_only_looks_like_a_magic_is_kept():
    session = answers.Session()
    cells = [
        "%%time\ndef f():\n    return 1",
        "%time x = 5",
        'text = """\n!important\n% sign"""',
        "y = (7\n  % 4)",
        "%%bash\nls",
    ]
    assert session.run(cells) == []
    assert (session.namespace["f"](), session.namespace["x"], session.namespace["y"]) == (1, 5, 3)
    assert session.namespace["text"] == "\n!important\n% sign"
    assert session.run(["\n%%time\n\n1 / 0"])[0]["line"] == 4


def test_a_driver_sees_the_answers_and_its_errors_are_the_learners():
    def twice(answers, x):
        return [answers.f(x), answers.f(x)]

    session = answers.Session()
    session.run(["calls = []\ndef f(x):\n    calls.append(x)\n    return len(calls)"])
    assert session.reply(cases.drive(twice, 5)) == {"value": [1, 2]}
    assert session.reply(cases.value("calls")) == {"value": [5, 5]}
    assert session.reply(cases.call("g"))["error"]["type"] == "KeyError"


def test_a_students_seed_needs_the_key(tmp_path):
    key, other = b"k" * 32, b"l" * 32
    seeds = {variants.seed(key, "e", "t", f"s{i}") for i in range(500)}
    assert len(seeds) == 500 and all(0 <= seed < 2**31 for seed in seeds)
    assert variants.seed(key, "e", "t", "s1") == variants.seed(key, "e", "t", "s1")
    first = variants.seed(key, "e", "t", "s1")
    others = [
        variants.seed(other, "e", "t", "s1"), variants.seed(key, "e2", "t", "s1"), variants.seed(key, "e", "t2", "s1"),
        variants.seed(key, "e", "t", "s1", "hidden"),
    ]  # fmt: skip
    assert first not in others
    path = tmp_path / "salt"
    path.write_bytes(b"short\n")
    with pytest.raises(ValueError, match="a key of 5 bytes"):
        variants.salt(path)
    path.write_bytes(key + b"\n")
    assert variants.salt(path) == key


def test_the_card_says_what_is_still_to_do_and_raises_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = answers.Session()
    made = "from course.exercises.evidence import card\n@card('x', ['f'], seed=1)\ndef c():\n    return {'task': f(1)}"
    assert session.run([made, "def f(x):\n    ...", made, "def f(x):\n    return 1 / 0", made]) == []
    printed = capsys.readouterr().out
    assert printed.count("f still to do") == 2 and "ZeroDivisionError" in printed
    assert list(tmp_path.iterdir()) == [] and evidence.STYLE
