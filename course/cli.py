"""The command line: parsing only. Each subcommand imports what it needs when it runs, so that --help is immediate."""

import argparse
import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand and return its exit status: 0 done, 1 it found something wrong, 2 it could not start."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("course: interrupted; nothing half-written is left", file=sys.stderr)
        return 130
    except (OSError, ValueError) as error:
        print(f"course: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


def root() -> Path:
    """Return the book's folder: the nearest one upwards that holds _config.yml and notebooks/.

    Raises FileNotFoundError outside the book.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_config.yml").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise FileNotFoundError(f"{here} is not inside the book: go to the folder that holds _config.yml and try again")


def doctor(options: argparse.Namespace) -> int:
    from course import doctor

    return doctor.report(root(), options.json)


def run(options: argparse.Namespace) -> int:
    from course.notebooks import run

    folder = root()
    chosen = run.discover(folder)
    if options.notebook:
        known = {path.resolve(): path for path in chosen}
        strangers = [name for name in options.notebook if Path(name).resolve() not in known]
        if strangers:
            raise FileNotFoundError(f"{strangers[0]} is not a notebook of the book: name one under notebooks/")
        chosen = [known[Path(name).resolve()] for name in options.notebook]
    elif not options.labs:
        chosen = [path for path in chosen if run.kernel_name(path) == "python3"]
    return 1 if run.execute(folder, chosen, options.jobs) else 0


def build(options: argparse.Namespace) -> int:
    from course import build

    return build.html(root())


def pipeline(options: argparse.Namespace) -> int:
    # More threads than free cores slow the small fits down several times; read when the library is loaded.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from course.flights import report

    return report.run_with_progress(Path(options.out or root() / "_build" / "pipeline"), options.json)


def ask(options: argparse.Namespace) -> int:
    from course import ask

    return ask.answer_on_terminal(root(), options.question, options.k, options.generate, options.json)


def plan(options: argparse.Namespace) -> int:
    import json

    from course import plan
    from course.plan import text

    library = plan.load(root())
    wishes = (options.have, options.lack, options.hours_per_week, options.nice_to_have)
    made = plan.make(library, options.origin, options.target, *wishes)
    if options.json:
        print(json.dumps(made.as_json(), indent=1, ensure_ascii=False))
    else:
        print(text.markdown(library, made), end="")
    return 0


def claims(options: argparse.Namespace) -> int:
    import json

    from course import ledger

    rows = ledger.read(root() / "notebooks")
    if options.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        print("\n".join(f"{row['id']}{row['part']:1} {row['verdict']:16} {row['claim']}" for row in rows))
    return 0


def release(options: argparse.Namespace) -> int:
    from course.exercises import publish, source, variants
    from course.grading import gradescope
    from course.notebooks import stale

    students = [options.student] if options.student else None
    if options.students:
        students = Path(options.students).read_text(encoding="utf-8").split()
    key = variants.salt(Path(options.salt_file) if options.salt_file else None)
    for name in options.exercise:
        exercise = source.load(source.find(root() / "exercises", name))
        warning = _public(exercise, key) if students else ""
        written = publish.write(exercise, Path(options.out), students, options.term, key)
        if options.gradescope:
            path = Path(options.out) / f"{exercise.id}-gradescope.zip"
            gradescope.write(path, gradescope.pack(exercise, stale.pins(root() / "requirements.txt")))
            print(f"{exercise.id}: {path} (holds the hidden cases: not for students)")
        if warning:
            print(warning, file=sys.stderr)
        print(f"{exercise.id}: {written[0]}" + (f" and {len(written) - 1} more" if len(written) > 1 else ""))
    return 0


def _public(exercise, key: bytes) -> str:
    """Return a warning where variants are no secret. Raises ValueError where, besides, the exercise is no practice."""
    from course.exercises import variants

    if key != variants.PUBLIC:
        return ""
    if not exercise.metadata.get("practice"):
        raise ValueError(
            f"{exercise.id}: variants that count need a key: `openssl rand -hex 32 > F`, then --salt-file F"
        )
    return "course: these variants are practice: without --salt-file anybody can compute them"


def check(options: argparse.Namespace) -> int:
    from course.exercises import proof, source

    found = []
    for name in options.exercise:
        exercise = source.load(source.find(root() / "exercises", name))
        problems = proof.problems(exercise)
        found += problems
        print("\n".join(f"{exercise.id}: {problem}" for problem in problems) or f"{exercise.id}: nothing is missing")
    return 1 if found else 0


def grade(options: argparse.Namespace) -> int:
    from course.exercises import source, variants
    from course.grading import command
    from course.grading.grade import Task

    def path(name: str | None) -> Path | None:
        return Path(name) if name else None

    folder = source.find(root() / "exercises", options.exercise)
    key = variants.salt(path(options.salt_file))
    if options.variants and (warning := _public(source.load(folder), key)):
        print(warning, file=sys.stderr)
    task = Task(folder, options.term, key, options.variants, options.only or "")
    rules = command.Rules(
        path(options.roster), options.due, options.late_percent, path(options.overrides), options.book
    )
    out = Path(options.out)
    found = command.run(task, Path(options.submissions), out, options.jobs, rules, options.dask)
    if not options.only:
        print(f"{len(found)} graded: {out / 'grades.csv'}, feedback in {out / 'feedback'}, {out / 'class.html'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course", description="ML Engineer vs AI Engineer: the book's tools.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=function)
        return command

    command = add("doctor", doctor, "Say what is set up, what is missing and how to get it.")
    command.add_argument("--json", action="store_true", help="print for programs")

    command = add("run", run, "Execute notebooks and store their outputs.")
    command.add_argument("notebook", nargs="*", metavar="NOTEBOOK", help="which (default: all of this environment)")
    command.add_argument("--jobs", type=_positive, default=os.cpu_count(), metavar="N", help="how many at once")
    command.add_argument("--labs", action="store_true", help="also those of the isolated labs that are set up")

    add("build", build, "Build _build/html from the stored outputs; warnings are errors.")

    command = add("pipeline", pipeline, "Run the flight pipeline from ingest to the retraining decision.")
    command.add_argument("--out", metavar="DIR", help="where results go (default: _build/pipeline)")
    command.add_argument("--json", action="store_true", help="print the decision for programs")

    command = add("plan", plan, "Plan a switch between the roles: skills in order of dependency, labs, hours.")
    role = {"required": True, "choices": ("ml", "ai")}
    command.add_argument("--from", dest="origin", **role, help="role that you start from; you are taken to know it")
    command.add_argument("--to", dest="target", **role, help="role that you want")
    skills = {"nargs": "+", "action": "extend", "default": [], "metavar": "SKILL"}
    command.add_argument("--have", **skills, help="skills that you have besides those of the role that you start from")
    command.add_argument("--lack", **skills, help="skills of that role that you do not have")
    pace = {"type": _positive, "default": 10, "metavar": "N"}
    command.add_argument("--hours-per-week", **pace, help="hours a week that you have (default: 10)")
    command.add_argument("--nice-to-have", action="store_true", help="plan what is nice to have, too")
    command.add_argument("--json", action="store_true", help="print for programs")

    command = add("claims", claims, "List every claim about the two roles with its verdict.")
    command.add_argument("--json", action="store_true", help="print for programs, with evidence, n, sources and pages")

    command = add("release", release, "Write the student version of exercises, or each student's variant.")
    command.add_argument("exercise", nargs="+", metavar="EXERCISE", help="an id, or a folder (private keys)")
    command.add_argument("--out", required=True, metavar="DIR", help="where releases go")
    command.add_argument("--term", default="", metavar="T", help="part of what a variant depends on")
    who = command.add_mutually_exclusive_group()
    who.add_argument("--student", metavar="ID", help="this student's variant")
    who.add_argument("--students", metavar="FILE", help="variants of the ids in this file, one a line")
    command.add_argument("--salt-file", metavar="F", help="the secret key of the variants, 16 bytes or more")

    command.add_argument("--gradescope", action="store_true", help="also write the zip of the Gradescope autograder")

    command = add("check", check, "Say what is missing in an exercise; runs its code, so only for your own.")
    command.add_argument("exercise", nargs="+", metavar="EXERCISE", help="an id, or a folder (private keys)")

    command = add("grade", grade, "Grade submissions of an exercise in a sandbox; resumes where it stopped.")
    command.add_argument("exercise", metavar="EXERCISE", help="an id, or a folder (private keys)")
    command.add_argument(
        "submissions", metavar="SUBMISSIONS", help="a folder of <student-id>.ipynb, or a Canvas or Moodle download"
    )
    command.add_argument("--out", required=True, metavar="DIR", help="where grades.csv, feedback and results go")
    command.add_argument("--term", default="", metavar="T", help="the term that the release was made for")
    command.add_argument("--variants", action="store_true", help="each student has a variant")
    command.add_argument("--salt-file", metavar="F", help="the secret key of variants and hidden cases")
    command.add_argument(
        "--roster", metavar="FILE", help="CSV: student, and canvas_id, moodle_id, email, name, section"
    )
    command.add_argument("--due", type=_time, metavar="TIME", help="files written later are late, as 2026-11-30T23:59")
    command.add_argument(
        "--late-percent", type=_percent, default=0.0, metavar="P", help="taken off late work (default: 0)"
    )
    command.add_argument("--overrides", metavar="FILE", help="CSV: student, question, points, reason")
    command.add_argument(
        "--book", default="", metavar="URL", help="where your class reads the book: feedback links there"
    )
    command.add_argument("--only", metavar="QUESTION", help="grade this question again and say whose mark changed")
    command.add_argument("--jobs", type=_positive, default=os.cpu_count(), metavar="N", help="how many at once")
    command.add_argument("--dask", default="", metavar="ADDRESS", help="grade on the workers of this Dask scheduler")

    command = add("ask", ask, "Answer a question from the book, with citations.")
    command.epilog = (
        "The first question after `make book` takes minutes, as it embeds the book; later ones take seconds."
    )
    command.add_argument("question", metavar="QUESTION")
    command.add_argument("-k", type=_positive, default=3, metavar="N", help="how many passages to cite (default: 3)")
    command.add_argument(
        "--generate", action="store_true", help="add a language model's sentence that passes the check"
    )
    command.add_argument("--json", action="store_true", help="print for programs")
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _time(text: str):
    """Return a time of this machine's clock; one with a zone is turned into it."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).astimezone().replace(tzinfo=None)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: 2026-11-30T23:59 was expected") from None


def _percent(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 100")
    return found


if __name__ == "__main__":
    sys.exit(main())
