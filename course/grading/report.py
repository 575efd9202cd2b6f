"""The page that a student gets: outcome, what to look at, where to read again; nothing hidden, readable on a phone."""

import html
from collections.abc import Sequence
from pathlib import Path

from course.exercises.source import Exercise

STYLE = """
:root { color-scheme: light dark; --edge: #757575; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 1rem auto; padding: 0 1rem; }
body { overflow-wrap: anywhere; }
section { border: 1px solid #8888; border-left: 6px solid var(--edge); border-radius: 8px; }
section { margin: 1rem 0; padding: .2rem 1rem; }
h2 { font-size: 1.1rem; margin: .6rem 0 .2rem; } p { margin: .4rem 0; } .outcome { font-weight: 700; }
.correct { --edge: #00785a; } .incorrect { --edge: #b34700; } .error { --edge: #a3195b; }
"""
SHAPES = {"correct": "✓", "incorrect": "✗", "error": "⚠", "not attempted": "○"}


def feedback(
    exercise: Exercise, result, score: float | None = None, notes: Sequence[str] = (), readings=(), book: str = ""
) -> str:
    """Return the page of one submission; `result` is a `course.grading.results.Result`.

    `score` is the mark where it is not the sum of points, `notes` say why; `readings` (of `course.grading.rubric`) are
    what people said of answers in words; `book` is the address where the class reads the book, "" for none.
    """
    questions = {question.id: question for question in exercise.questions}
    sections = "".join(_section(questions[outcome.question], outcome, book) for outcome in result.outcomes)
    sections += "".join(map(_reading, readings))
    listed = "".join(f"<p>{html.escape(each)}</p>" for each in notes)
    note = f"<p><strong>{html.escape(result.message)}</strong></p>" if result.message else ""
    title = html.escape(exercise.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Feedback: {title}</title><style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        f"<p>{result.score if score is None else score:g} of {exercise.max_score} points.</p>{note}{listed}\n"
        f"{sections}</body>\n</html>\n"
    )


def _section(question, outcome, book: str) -> str:
    kind = outcome.outcome.replace(" ", "-")
    rows = [
        f'<p class="outcome">{SHAPES[outcome.outcome]} {outcome.outcome}, {outcome.points} of {outcome.max_points}</p>'
    ]
    rows.append(f"<p>{html.escape(outcome.message)}</p>")
    if outcome.outcome != "correct":
        rows.append(f"<p>Expected: {html.escape(question.expected)}</p>")
        rows.append(f"<p>Read again: {_place(question.read, book)}</p>")
    heading = f"<h2>{html.escape(question.id)}. {html.escape(question.title)}</h2>"
    return f'<section class="{kind}">{heading}{"".join(rows)}</section>\n'


def _reading(each) -> str:
    """The section of an answer in words: its points and the reader's comment, or that it waits for a reader."""
    given, most = each.points or 0, each.question.points
    kind = "correct" if given == most else "incorrect"
    told = f"{SHAPES[kind]} read, {given:g} of {most}"
    if not each.answer:
        kind, told = "not-attempted", f"{SHAPES['not attempted']} not attempted, 0 of {most}"
    elif each.waits:
        kind, told = "not-attempted", f"… not read yet, {most} points"
    looked_for = "".join(f"<li>{html.escape(line)}</li>" for line in each.question.rubric)
    comment = f"<p>{html.escape(each.comment)}</p>" if each.comment else ""
    heading = f"<h2>{html.escape(each.question.id)}. {html.escape(each.question.title)}</h2>"
    body = f'<p class="outcome">{told}</p>{comment}<p>What is looked for:</p><ul>{looked_for}</ul>'
    return f'<section class="{kind}">{heading}{body}</section>\n'


def _place(read: str, book: str) -> str:
    """Return where to read again, given as `page#heading`: a link into the book at its address, else the place."""
    page, _, heading = read.partition("#")
    place = Path(page).with_suffix(".html").as_posix() + (f"#{heading}" if heading else "")
    if not book:
        return f"<code>{html.escape(place)}</code> in the book"
    return f'<a href="{html.escape(book.rstrip("/"))}/{html.escape(place)}">{html.escape(place)}</a>'
