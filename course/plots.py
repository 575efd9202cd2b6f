"""One style for every plot: SVG that is the same to the byte in each run, with alt text and the plotted table."""

import html
import io
import re

import matplotlib.pyplot as plt
import pandas as pd
from cycler import cycler
from matplotlib.figure import Figure

# Okabe and Ito's palette, safe for the colour-blind; two of it, with less contrast than 3:1 on white, give way to
# the indigo and wine of Paul Tol's. A role is never told by colour alone: marker and label differ too.
COLOURS = {"ml": "#0072B2", "ai": "#D55E00", "both": "#595959"}
MARKERS = {"ml": "o", "ai": "s", "both": "D"}
LINES = {"ml": "-", "ai": "--", "both": ":"}
OTHERS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#595959", "#332288", "#882255")

_STYLE = {
    "svg.hashsalt": "ml-vs-ai-engineer",  # else ids in the file differ from run to run
    "svg.fonttype": "path",
    "figure.figsize": (7.0, 3.8),
    "figure.facecolor": "white",  # one light panel serves the light and the dark theme
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e5e5e5",
    "axes.axisbelow": True,
    "lines.linewidth": 1.8,
    # Lines that are no role start with green: the roles' own colours and markers come last.
    "axes.prop_cycle": cycler(color=OTHERS[2:] + OTHERS[:2], marker=("^", "v", "P", "X", "D", "o", "s")),
}


def style() -> None:
    """Set the book's plot style for this process, and keep figures from being drawn a second time by Jupyter."""
    plt.rcParams.update(_STYLE)
    plt.ioff()


def role(name: str) -> dict[str, str]:
    """Return colour, marker and line style of a role (ml, ai or both), as keywords of matplotlib's plot."""
    return {"color": COLOURS[name], "marker": MARKERS[name], "linestyle": LINES[name]}


class Plot:
    """A finished figure as Jupyter shows it: the picture with its alt text, and the data behind it as a table."""

    def __init__(self, svg: str, alt: str, table: pd.DataFrame):
        self.svg, self.alt, self.table = svg, alt, table

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        # As an image, so that nothing inside the SVG can touch the page, and ids of two plots cannot clash.
        source = re.sub(r'[%#"&<>\n]', lambda m: f"%{ord(m[0]):02X}", self.svg)
        columns = self.table.to_html(border=0, classes="dataframe", index=True, na_rep="")
        return {
            "text/html": (
                f'<figure class="course-plot"><img class="dark-light" alt="{html.escape(self.alt)}" '
                f'src="data:image/svg+xml,{source}"/></figure>\n'
                f'<details class="course-data"><summary>The data behind this plot</summary>\n{columns}\n</details>'
            ),
            "text/plain": f"{self.alt}\n\n{self.table}",
        }


def show(figure: Figure, alt: str, table: pd.DataFrame) -> Plot:
    """Return `figure` for display, with what it shows in words and the plotted numbers; the figure is closed.

    Raises ValueError if the alt text says too little (under 40 characters) or the table is empty.
    """
    if len(alt.strip()) < 40:
        raise ValueError(f"alt text of {len(alt.strip())} characters: say in a sentence what the plot shows")
    if table.empty:
        raise ValueError("the table behind the plot is empty: pass the plotted numbers")
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    svg = buffer.getvalue()
    return Plot(_compact(svg[svg.index("<svg") :]), " ".join(alt.split()), table)


def _compact(svg: str) -> str:
    """Return the SVG with coordinates at two decimals and without line indents: smaller, looks the same."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Not inside scale(): letters are drawn at 0.015625 of their outline, and 0.01 would shrink every one by a third.
    svg = re.sub(r"(scale\([^)]*\))|(\d\.\d{2})\d+", lambda match: match[1] or match[2], svg)
    return re.sub(r"\n\s*", "\n", svg).strip()
