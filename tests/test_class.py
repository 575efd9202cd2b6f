"""What an instructor needs around the grader: downloads, roster, late work, overrides, likeness, the class page."""

import csv
import io
import os
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest

from course.exercises import release, source
from course.grading import command, compare, downloads, grade, marks, results, similarity
from course.grading.submission import Cell

THREE = Path(__file__).resolve().parent / "hostile" / "three"
NOBODY = downloads.Roster({})
WRONG = "def squares(numbers):\n    return 0"


@pytest.fixture(scope="module")
def three() -> source.Exercise:
    return source.load(THREE)


def result(*points: int) -> results.Result:
    outcomes = [
        compare.Outcome(f"q{n}", "correct" if p == 2 else "incorrect", p, 2, "All." if p == 2 else f"Message {n}.")
        for n, p in enumerate(points, start=1)
    ]
    return results.Result("graded", "", outcomes, 0.1)


def rows(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text)))


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")


ROSTER = "student,name,canvas_id,moodle_id,email,section\nanna,Anna A,11,21,a@u.edu,1\nben,Ben B,12,22,b@u.edu,2\n"


@pytest.fixture
def roster(tmp_path) -> downloads.Roster:
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8-sig")
    return downloads.roster(tmp_path / "roster.csv")


def test_a_canvas_download_gives_the_latest_upload_of_each_and_says_who_is_late(tmp_path, roster):
    touch(
        tmp_path / "in",
        "aanna_11_900_three.ipynb",
        "aanna_LATE_11_1000_three-1.ipynb",
        "bben_12_950_my_own_name_2.ipynb",
        "cc_99_960_three.ipynb",
        "cc_99_961_notes.txt",
    )
    found = downloads.collect(tmp_path / "in", tmp_path / "out", roster)
    assert {student: (handed.path.name, handed.late) for student, handed in found.items()} == {
        "anna": ("aanna_LATE_11_1000_three-1.ipynb", True),
        "ben": ("bben_12_950_my_own_name_2.ipynb", False),
        "99": ("cc_99_960_three.ipynb", False),
    }
    assert set(downloads.collect(tmp_path / "in", tmp_path / "out", NOBODY)) == {"11", "12", "99"}


def test_a_moodle_zip_is_unpacked_with_its_times_and_nothing_leaves_the_folder(tmp_path, roster):
    archive = tmp_path / "moodle.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name, day in (
            ("Anna A_21_assignsubmission_file/three.ipynb", 3),
            ("Anna A_21_assignsubmission_file/old.ipynb", 1),
            ("Ben B_777_assignsubmission_file_/x.ipynb", 9),
            ("../../escaped.ipynb", 1),
            ("/absolute.ipynb", 1),
            ("Ben B_777_assignsubmission_file_/.ipynb_checkpoints/x-checkpoint.ipynb", 20),
        ):
            packed.writestr(zipfile.ZipInfo(name, (2026, 11, day, 12, 0, 0)), "{}")
    found = downloads.collect(archive, tmp_path / "out" / "sub", roster, due=datetime(2026, 11, 5))
    assert {student: (handed.path.name, handed.late) for student, handed in found.items()} == {
        "anna": ("three.ipynb", False),
        "ben": ("x.ipynb", True),  # by the name, as the number is not on the roster
    }
    assert not list(tmp_path.rglob("escaped.ipynb")) and not Path("/absolute.ipynb").exists()


def test_nobody_is_taken_for_another(tmp_path, roster):
    touch(
        tmp_path / "in",
        "Anna A_21_assignsubmission_file/Ben B_22_assignsubmission_file/x.ipynb",  # a folder that Anna named so
        "Participant_101_assignsubmission_file/x.ipynb",
        "Participant_102_assignsubmission_file/x.ipynb",
        "Li Wei_203_assignsubmission_file_x.ipynb",  # Moodle without folders
        "Li Wei_204_assignsubmission_file_x.ipynb",
    )
    assert set(downloads.collect(tmp_path / "in", tmp_path, roster)) == {"anna", "101", "102", "203", "204"}


def test_two_files_for_one_student_outside_a_download_are_named(tmp_path, roster):
    touch(tmp_path / "in", "sec1/x.ipynb", "sec2/x.ipynb")
    with pytest.raises(ValueError, match="sec1/x.ipynb and sec2/x.ipynb .* stand for one student"):
        downloads.collect(tmp_path / "in", tmp_path, NOBODY)
    touch(tmp_path / "releases", "anna/three.ipynb", "ben/three.ipynb")  # as `course release --students` lays them out
    assert set(downloads.collect(tmp_path / "releases", tmp_path, roster)) == {"anna", "ben"}


def test_a_damaged_zip_costs_the_damaged_member_alone_and_an_old_download_is_gone(tmp_path, capsys):
    archive, out = tmp_path / "a.zip", tmp_path / "out"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("withdrawn.ipynb", "{}")
    assert set(downloads.collect(archive, out, NOBODY)) == {"withdrawn"}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("good.ipynb", "{}")
        packed.writestr("damaged.ipynb", "x" * 3000)
        packed.writestr("n" * 300 + ".ipynb", "{}")
    content = archive.read_bytes()
    at = content.index(b"damaged.ipynb") + len("damaged.ipynb")
    archive.write_bytes(content[:at] + b"\xff" * 8 + content[at + 8 :])
    found = downloads.collect(archive, out, NOBODY)
    assert set(found) == {"good", "damaged"} and found["damaged"].path.read_bytes() == b""
    assert capsys.readouterr().err.count("cannot be unpacked") == 2


def test_a_roster_as_spreadsheets_save_it(tmp_path):
    (tmp_path / "r.csv").write_text("student,name\n anna ,Anna\n,\n,\n")
    assert downloads.roster(tmp_path / "r.csv").rows == {"anna": {"student": "anna", "name": "Anna"}}
    (tmp_path / "r.csv").write_bytes("student\nj\xfcrg\n".encode("latin-1"))
    with pytest.raises(ValueError, match="is not UTF-8: save the roster"):
        downloads.roster(tmp_path / "r.csv")


def test_a_large_member_of_a_zip_is_not_unpacked_whole(tmp_path):
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.ipynb", bytes(50_000_000))
    found = downloads.collect(archive, tmp_path / "out", NOBODY)
    assert found["a"].path.stat().st_size <= 10_000_001


def test_plain_names_win_where_the_roster_has_them(tmp_path):
    touch(tmp_path / "in", "a_1_2_b.ipynb", "x.ipynb")
    known = downloads.Roster({"a_1_2_b": {"student": "a_1_2_b"}})
    assert set(downloads.collect(tmp_path / "in", tmp_path, known)) == {"a_1_2_b", "x"}


def test_late_is_what_was_written_after_the_due_time(tmp_path):
    touch(tmp_path / "in", "a.ipynb", "b.ipynb")
    due = datetime(2026, 11, 30, 23, 59)
    for name, second in (("a", 0), ("b", 1)):
        os.utime(tmp_path / "in" / f"{name}.ipynb", (due.timestamp() + second,) * 2)
    assert {s: h.late for s, h in downloads.collect(tmp_path / "in", tmp_path, NOBODY, due).items()} == {
        "a": False,
        "b": True,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "column `student`"), ("name\nx\n", "column `student`"), ("student\na\na\n", "'a' is there twice"),
        ("student\n,\n", "no student is in it"),
    ],
)  # fmt: skip
def test_a_roster_that_is_none_is_refused_in_words(tmp_path, text, words):
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(ValueError, match=words):
        downloads.roster(tmp_path / "r.csv")


def test_overrides_come_before_the_late_rule_and_are_told(three, tmp_path):
    (tmp_path / "o.csv").write_text("student,question,points,reason\nanna,q2,1.5,The task was unclear.\n")
    changes = marks.overrides(tmp_path / "o.csv", three)
    final = marks.mark(result(2, 0, 2), True, 10, changes["anna"])
    assert (final.score, final.status) == (4.95, "late")
    assert final.notes == ["q2: 0 -> 1.5 points. The task was unclear.", "Late: 10 % taken off."]
    assert marks.mark(result(2, 0, 2), True, 0, []).notes == []
    assert marks.mark(result(2, 0, 2), False, 10, []).score == 4


@pytest.mark.parametrize(
    "line", ["anna,q9,1,r", "anna,q1,3,r", "anna,q1,-1,r", "anna,q1,x,r", ",q1,1,r", "anna,q1,1, ", "anna,q1,nan,r"]
)
def test_an_override_that_makes_no_sense_is_refused_with_its_line(three, tmp_path, line):
    (tmp_path / "o.csv").write_text(f"student,question,points,reason\nanna,q1,1,fine\n{line}\n")
    with pytest.raises(ValueError, match="line 3"):
        marks.overrides(tmp_path / "o.csv", three)


def test_tables_for_canvas_and_moodle(three, roster):
    final = {"anna": marks.mark(result(2, 2, 0), True, 50, []), "ben": marks.mark(marks.missing(three), False, 0, [])}
    assert rows(marks.canvas(three, final, roster)) == [
        {"Student": "Anna A", "ID": "11", "Section": "1", "Three questions": "2"},
        {"Student": "Ben B", "ID": "12", "Section": "2", "Three questions": "0"},
    ]
    told = rows(marks.moodle(three, final, roster))
    assert told[0] == {"Email address": "a@u.edu", "Three questions": "2", "Feedback comments": "Late: 50 % taken off."}
    assert rows(marks.grades(three, final))[1] == {
        "student": "ben", "exercise": "three", "score": "0", "max_score": "6", "status": "missing",
    }  # fmt: skip


def test_the_class_page_names_the_hardest_question_and_the_commonest_mistake_and_escapes(three):
    final = {f"s{n}": marks.mark(result(2, 0, 2 if n else 0), False, 0, []) for n in range(5)}
    page = marks.class_page(three, final, [("<a>", "b", 0.9)])
    assert page.index("q2. Squares") < page.index("q3. Mean by group") < page.index("q1. Add")
    assert "<td>5</td><td>q2</td><td>incorrect: Message 2.</td>" in page and "<td>1</td><td>q3</td>" in page
    assert "&lt;a&gt;" in page and "5 students: 5 graded." in page
    assert "0 students" in marks.class_page(three, {}, [])


CODE = """def squares(numbers):
    total = 0
    for number in numbers:
        if number > 0 or number < 0:
            total = total + number * number
    return total
"""
RENAMED = (
    CODE.replace("total", "acc")
    .replace("numbers", "xs")
    .replace("number", "v")
    .replace("    return", "    # mine\n    return")
)
OTHER = "def squares(xs):\n    return sum(pow(n, 2) for n in xs if n != 0) + len([]) * max(1, 2, 3, 4, 5, 6, 7, 8, 9)"


def test_renamed_copies_are_found_and_what_was_given_is_not_counted():
    given = [Cell("import numpy as np\n" + "x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n" * 5, "")]
    class_ = {"a": [Cell(CODE, "")], "b": [Cell(RENAMED, "")], "c": [Cell(OTHER, "")], "d": given, "e": given}
    found = similarity.pairs([(student, [*given, *cells]) for student, cells in class_.items()], given)
    assert found == [("a", "b", 1.0)]


def test_what_much_of_the_class_wrote_says_nothing():
    everybody = [(f"s{n}", [Cell(CODE, "")]) for n in range(12)]
    assert similarity.pairs(everybody, []) == []


def test_no_cell_of_a_table_is_a_formula(three):
    row = {"student": "a", "name": "=HYPERLINK(1)", "canvas_id": "1", "email": "@SUM(1)"}
    final, roster = {"a": marks.mark(result(2, 2, 2))}, downloads.Roster({"a": row})
    assert "'=HYPERLINK(1)" in marks.canvas(three, final, roster) and "'@SUM(1)" in marks.moodle(three, final, roster)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox needs Linux")
def test_from_download_to_gradebook(three, tmp_path, capsys):
    (tmp_path / "roster.csv").write_text(ROSTER + "cem,Cem C,13,23,c@u.edu,1\n")
    (tmp_path / "in").mkdir()
    nbformat.write(release.solved(three), tmp_path / "in" / "aanna_LATE_11_5_three.ipynb")
    nbformat.write(release.solved(three, instead={"q2": WRONG}), tmp_path / "in" / "bben_12_6_three.ipynb")
    nbformat.write(release.solved(three), tmp_path / "in" / "guest_55_7_three.ipynb")
    (tmp_path / "o.csv").write_text("student,question,points,reason\nben,q2,1,Half right.\n")
    rules = command.Rules(tmp_path / "roster.csv", None, 50, tmp_path / "o.csv")
    out = tmp_path / "out"
    command.run(grade.Task(THREE), tmp_path / "in", out, 2, rules)
    assert "not on the roster: 55" in capsys.readouterr().err
    table = {row["student"]: (row["score"], row["status"]) for row in rows((out / "grades.csv").read_text())}
    assert table == {"55": ("6", "graded"), "anna": ("3", "late"), "ben": ("5", "graded"), "cem": ("0", "missing")}
    assert "q2: 0 -&gt; 1 points. Half right." in (out / "feedback" / "ben.html").read_text()
    assert "No submission was found." in (out / "feedback" / "cem.html").read_text()
    assert [row["ID"] for row in rows((out / "canvas.csv").read_text())] == ["11", "12", "13"]
    assert len(rows((out / "moodle.csv").read_text())) == 3 and "<meter" in (out / "class.html").read_text()
    # Without the override the page is as it was graded; nothing is graded again.
    command.run(grade.Task(THREE), tmp_path / "in", out, 2, command.Rules(tmp_path / "roster.csv"))
    assert "Half right" not in (out / "feedback" / "ben.html").read_text()
    (tmp_path / "o.csv").write_text("student,question,points,reason\nnobody,q2,1,x\n")
    with pytest.raises(ValueError, match="nobody is called 'nobody'"):
        command.run(grade.Task(THREE), tmp_path / "in", out, 2, rules)
