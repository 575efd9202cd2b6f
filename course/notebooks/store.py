"""The text of a notebook, such that a re-run gives the same bytes."""

import copy
from itertools import groupby

import nbformat

NOTEBOOK_METADATA = {"kernelspec", "language_info", "course"}
# What Jupyter and nbclient write about one execution or one screen, not about the notebook.
PASSING_CELL_METADATA = {"execution", "ExecuteTime", "trusted"}


def normalise(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of notebook `nb` without what differs from one execution to the next; idempotent.

    Kept of its metadata: kernelspec, the name in language_info, course. Executed cells are counted 1..n. An unbroken
    run of stream outputs becomes one for stdout and one for stderr, because the order within a run is left to chance.
    """
    nb = copy.deepcopy(nb)
    nb.metadata = nbformat.from_dict({key: nb.metadata[key] for key in NOTEBOOK_METADATA & nb.metadata.keys()})
    if "language_info" in nb.metadata:
        nb.metadata.language_info = nbformat.from_dict({"name": nb.metadata.language_info.name})
    for cell in nb.cells:
        for key in PASSING_CELL_METADATA & cell.metadata.keys():
            del cell.metadata[key]
    executed = [cell for cell in nb.cells if cell.cell_type == "code" and cell.execution_count is not None]
    for count, cell in enumerate(executed, start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
        cell.outputs = _coalesce(cell.outputs)
    return nb


def _coalesce(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    coalesced = []
    for is_stream, run in groupby(outputs, key=lambda output: output.output_type == "stream"):
        if not is_stream:
            coalesced.extend(run)
            continue
        texts = {"stdout": "", "stderr": ""}
        for output in run:
            texts[output.name] += output.text
        coalesced.extend(nbformat.v4.new_output("stream", name=name, text=text) for name, text in texts.items() if text)
    return coalesced


def to_text(nb: nbformat.NotebookNode) -> str:
    """Return the JSON of notebook `nb`: indent 1, sorted keys, a newline at the end."""
    return nbformat.writes(nb, nbformat.NO_CONVERT, indent=1, sort_keys=True).rstrip("\n") + "\n"
