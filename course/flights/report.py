"""The pipeline on the command line: a progress bar while it runs, then the decision."""

import calendar
import json
import sys
from pathlib import Path

from tqdm import tqdm

from course.flights import pipeline


def run_with_progress(folder: Path, as_json: bool) -> int:
    """Run the pipeline into `folder`, print its decision, and return the exit status: 1 if the gate refused the model.

    The progress bar goes to stderr, so that stdout holds the decision alone.
    """
    with tqdm(total=len(pipeline.STAGES), unit="step", file=sys.stderr, disable=None) as bar:

        def begin(name: str) -> None:
            bar.update(pipeline.STAGES.index(name) - bar.n)  # the steps before this one are done
            bar.set_description(name)

        decision = pipeline.run(folder, begin)
        bar.update(len(pipeline.STAGES) - bar.n)
    print(json.dumps({"folder": str(folder), **decision}) if as_json else text(folder, decision))
    return 0 if decision["promoted"] else 1


def text(folder: Path, decision: dict) -> str:
    """Return the decision of `pipeline.run` as readable lines."""
    costs = [f"  {name:<18}{cost:>6.0f}" for name, cost in decision["total_cost"].items()]
    gaps = [
        f"  {name:<18}{gap['cost']:>+6.1f}   {gap['low']:+.1f} to {gap['high']:+.1f}"
        for name, gap in decision["against_never"].items()
    ]
    promoted = "promoted" if decision["promoted"] else "refused: " + "; ".join(decision["refused_because"])
    wins = [f"{calendar.month_name[month]} ({name})" for month, name in decision["constant_wins"].items()]
    return "\n".join(
        [
            f"Retraining decision: {decision['decision']}",
            f"First model: {promoted}",
            "Cost per 1,000 flights, April to December:",
            *costs,
            "Difference to never retraining, with 95% interval (days resampled):",
            *gaps,
            f"Months in which a constant beat every strategy: {', '.join(wins) or 'none'}",
            f"Results are in {folder}",
        ]
    )
