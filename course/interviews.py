"""The bank of interview questions as HTML: every question, answer and reason is there without JavaScript.

The script book/_static/parts/interview-questions.js adds search, filters, drawing and quizzes to this very HTML.
"""

import html
from pathlib import PurePosixPath

import pandas as pd
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

FORMATS = {
    "coding": "Coding",
    "fundamentals": "Fundamentals of ML",
    "statistics": "Statistics and probability",
    "ml-design": "System design: training and serving",
    "papers": "Papers",
    "rag-design": "Design of a RAG system",
    "llm": "Knowledge of LLMs",
    "product": "Product",
}
ROLES = {
    "ml": '<span class="role-ml">ML engineer</span>',
    "ai": '<span class="role-ai">AI engineer</span>',
    "both": "◆ Both roles",
}
LABS = {
    "notebooks/ml/training_pipeline.ipynb": "A training pipeline",
    "notebooks/ml/orchestration_kubeflow.ipynb": "The pipeline on Kubeflow",
    "notebooks/ai/rag.ipynb": "A small RAG system",
    "notebooks/roles/rematch.ipynb": "The rematch",
}
LETTERS = "abcd"


def _code(source: str, language: str, _: str) -> str:
    lines = highlight(source, get_lexer_by_name(language or "text"), HtmlFormatter(nowrap=True))
    return f'<pre class="highlight"><code>{lines}</code></pre>'


_MARKDOWN = MarkdownIt("commonmark", {"html": False, "highlight": _code})


def _rendered(markdown: str) -> str:
    text = _MARKDOWN.render(markdown)
    # The scrolling box can have the focus, so that keys scroll it; the theme takes that from a <pre> that is hidden.
    return text.replace("<pre", '<div class="iq-code" tabindex="0"><pre').replace("</pre>", "</pre></div>")


def lab_link(lab: str) -> str:
    """Return a link to a section of a lab, `notebooks/PART/NAME.ipynb#SECTION`, from a page of notebooks/career.

    Raises KeyError for a lab that this book does not have.
    """
    path, _, section = lab.partition("#")
    address = PurePosixPath("..", *PurePosixPath(path).with_suffix(".html").parts[1:])
    return f'<a href="{address}#{section}">{html.escape(LABS[path])}</a>'


def question_html(row: pd.Series) -> str:
    """Return one question of data/interview_questions.csv: heading, text, options, reasons, answer, marking guide."""
    right = row["right"] if isinstance(row["right"], str) else ""
    lab = f"<p>This book shows it in: {lab_link(row['lab'])}</p>" if isinstance(row["lab"], str) else ""
    return (
        f'<article class="iq" id="{row["question_id"].lower()}" data-format="{row["format"]}" '
        f'data-role="{row["role"]}" data-level="{row["level"]}" data-right="{right}">'
        f'<h3 class="iq-title" tabindex="-1">{row["question_id"]}: {html.escape(row["topic"])}</h3>'
        f'<p class="iq-tags">{ROLES[row["role"]]} · {FORMATS[row["format"]]} · {row["level"]}</p>'
        f'<div class="iq-question">{_rendered(row["question"])}</div>'
        f"{_choices(row, right) if right else ''}"
        '<details class="iq-answer"><summary>Model answer and marking guide</summary>'
        f"{_rendered(row['answer'])}"
        f'<p class="iq-earns"><strong>Earns the points:</strong> {_MARKDOWN.renderInline(row["earns"])}</p>'
        f'<p class="iq-flag"><strong>Red flag:</strong> {_MARKDOWN.renderInline(row["red_flag"])}</p>'
        f"{lab}</details></article>"
    )


def _choices(row: pd.Series, right: str) -> str:
    options = "".join(f"<li>{_MARKDOWN.renderInline(row['option_' + letter])}</li>" for letter in LETTERS)
    reasons = ""
    for letter in LETTERS:
        verdict = "" if letter == right else "<strong>Wrong.</strong> "  # the right one's reason says so itself
        reasons += f"<li>{verdict}{_MARKDOWN.renderInline(row['why_' + letter])}</li>"
    return (
        f'<ol class="iq-options" type="A">{options}</ol>'
        '<details class="iq-reasons"><summary>The right option, and a reason for each</summary>'
        f'<p>Right: <strong>{right.upper()}</strong></p><ol type="A">{reasons}</ol></details>'
    )


def bank_html(questions: pd.DataFrame) -> str:
    """Return all questions, in the order of the table."""
    return '<div class="iq-list">' + "".join(question_html(row) for _, row in questions.iterrows()) + "</div>"
