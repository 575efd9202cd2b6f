"""The plot style: the same bytes in each process, said in words, with its table, legible, and compact without harm."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import combinations
from urllib.parse import unquote
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from course import plots

ALT = 'Line plot of the share of late flights by month: "low" in spring & <highest> in December.'
TABLE = pd.DataFrame({"late": [0.13, 0.33, None]}, index=pd.Index(["April", "July <all>", "May"], name="month"))
DRAW = """
import pandas as pd
import matplotlib.pyplot as plt
from course import plots
plots.style()
figure, axis = plt.subplots()
for name in ("ml", "ai", "both"):
    axis.plot([0, 1 / 3, 2], [0.123456, 1, 2], label=name, **plots.role(name))
axis.set(title="Late flights & rain", xlabel="month", ylabel="share $x^2$")
axis.legend()
bundle = plots.show(figure, "A line for each of the three roles, rising from left to right.", pd.DataFrame({"y": [1]}))
print(bundle._repr_mimebundle_()["text/html"])
"""


@pytest.fixture
def figure():
    with plt.rc_context():
        plots.style()
        figure, axis = plt.subplots()
        axis.plot([1, 2, 3], [0.123456789, 0.5, 0.98765], **plots.role("ml"))
        axis.fill_between([1, 2, 3], [0, 0.1, 0.2], [0.3, 0.4, 0.5], alpha=0.3)
        axis.set(title="Late flights & <rain>", xlabel="month", ylabel=r"share $\frac{a}{b}$")
        yield figure
        plt.close(figure)


def raw_svg(figure) -> str:
    """The figure as matplotlib writes it."""
    from io import StringIO

    buffer = StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def picture(plot) -> str:
    """The SVG as a browser gets it from the page."""
    image = BeautifulSoup(plot._repr_mimebundle_()["text/html"], "html.parser").img
    kind, _, source = image["src"].partition(",")
    assert kind == "data:image/svg+xml"
    return unquote(source)


def test_two_processes_draw_the_same_bytes(root):
    def draw(seed):
        return subprocess.run(
            [sys.executable, "-c", DRAW], cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout

    first = draw("1")
    assert len(first) > 5_000
    assert draw("2") == first


def test_a_picture_has_no_date_and_no_creator(figure):
    svg = plots.show(figure, ALT, TABLE).svg
    assert "<metadata" not in svg and "dc:date" not in svg and "atplotlib v" not in svg
    assert not re.search(r"20\d\d-\d\d-\d\d", svg)


def test_a_shown_figure_is_closed(figure):
    plots.show(figure, ALT, TABLE)
    assert not plt.fignum_exists(figure.number)


@pytest.mark.parametrize("alt", ["", "   ", "Late flights by month.", "x" * 39, " " * 60 + "too short"])
def test_alt_text_that_says_too_little_is_refused(figure, alt):
    with pytest.raises(ValueError, match=r"alt text of \d+ characters: say in a sentence") as caught:
        plots.show(figure, alt, TABLE)
    assert "\n" not in str(caught.value)
    assert plots.show(figure, "x" * 40, TABLE).alt == "x" * 40


@pytest.mark.parametrize("table", [pd.DataFrame(), TABLE.iloc[:0], TABLE[[]]])
def test_a_plot_without_its_numbers_is_refused(figure, table):
    with pytest.raises(ValueError, match="the table behind the plot is empty: pass the plotted numbers"):
        plots.show(figure, ALT, table)


class Strict(HTMLParser):
    """Notes tags that are not closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attributes):
        if tag != "img":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_html_has_the_picture_with_its_alt_text_and_the_table(figure):
    bundle = plots.show(figure, "  " + ALT.replace(" by ", "\n by "), TABLE)._repr_mimebundle_()
    page = BeautifulSoup(bundle["text/html"], "html.parser")
    assert page.figure.img["alt"] == ALT, "one line, and escaped so that a browser reads it whole"
    assert page.details.summary.get_text() == "The data behind this plot"
    rows = [[cell.get_text() for cell in row(["th", "td"])] for row in page.details.table("tr")]
    assert rows[-3:] == [["April", "0.13"], ["July <all>", "0.33"], ["May", ""]]
    assert not page.find_all("all") and not page.find_all("highest")
    checker = Strict()
    checker.feed(bundle["text/html"])
    assert checker.open == checker.wrong == []
    assert ALT in bundle["text/plain"] and "0.33" in bundle["text/plain"]


def shapes(svg: str) -> list[tuple]:
    """Every element in order: tag, and its numbers and other characters apart."""
    found = []
    for element in ElementTree.fromstring(re.sub(r"<metadata>.*</metadata>", "", svg, flags=re.DOTALL)).iter():
        text = " ".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text)]
        found.append((element.tag, re.sub(r"-?\d+\.?\d*(?:e-?\d+)?", "0", " ".join(text.split())), numbers))
    return found


def test_the_compact_picture_looks_like_the_one_of_matplotlib(figure):
    raw = raw_svg(figure)
    compact = plots._compact(raw[raw.index("<svg") :])
    assert len(compact) < len(raw)
    before, after = shapes(raw), shapes(compact)
    assert sum("path" in tag for tag, *_ in after) > 20
    assert [part[:2] for part in after] == [part[:2] for part in before]
    for (_, _, numbers), (_, _, expected) in zip(after, before, strict=True):
        assert numbers == pytest.approx(expected, abs=0.01)  # points: a hundredth of one is not seen


def test_letters_keep_their_size(figure):
    # Outlines of letters are about 1,500 units high and drawn at 1/64: two decimals of that would shrink them.
    raw = raw_svg(figure)
    scales = re.findall(r"scale\([^)]*\)", raw)
    assert "scale(0.015625)" in scales
    assert re.findall(r"scale\([^)]*\)", plots._compact(raw)) == scales


def test_the_browser_gets_the_whole_well_formed_picture(figure):
    plot = plots.show(figure, ALT, TABLE)
    assert picture(plot) == plot.svg
    assert ElementTree.fromstring(plot.svg).tag.endswith("svg")
    assert float(ElementTree.fromstring(plot.svg).get("width").removesuffix("pt")) > 400


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", sorted({*plots.COLOURS.values(), *plots.OTHERS}))
def test_colours_stand_out_from_the_white_panel(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 3, "WCAG 2.2 asks 3:1 of graphics"


def test_colours_can_be_told_apart():
    def distance(one, other):
        return sum((int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) ** 2 for i in (1, 3, 5)) ** 0.5

    assert len(set(plots.OTHERS)) == len(plots.OTHERS) == 7
    assert min(distance(one, other) for one, other in combinations(plots.OTHERS, 2)) > 60


def test_a_role_differs_in_colour_marker_and_line():
    assert set(plots.COLOURS) == set(plots.MARKERS) == set(plots.LINES) == {"ml", "ai", "both"}
    for one, other in combinations(plots.COLOURS, 2):
        assert all(plots.role(one)[key] != plots.role(other)[key] for key in ("color", "marker", "linestyle"))
    with pytest.raises(KeyError):
        plots.role("data")


def test_lines_without_a_role_differ_in_marker_too(figure):
    cycle = plt.rcParams["axes.prop_cycle"].by_key()
    assert len(set(cycle["marker"])) == len(cycle["color"]) == 7
