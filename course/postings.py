"""What publishers counted in postings: the share that names each skill, who was counted, and how far that goes.

The figures are those of data/published_figures.csv whose measure is "mention SKILL", SKILL being an id of
data/skills.csv. A posting names a skill when a word for it was found; whose words, and where, differs by publisher.
"""

import numpy as np
import pandas as pd

from course import claims

_PARTS = ("AI-first", "keyword", "mid level", "senior level")  # of one publisher's postings
# Figures of narrower or wider terms than the skill's own.
NEIGHBOURS = {
    "llm-apis": ["F061"],
    "training-pipelines": ["F109"],
    "application-development": ["F063", "F082"],
    "fine-tuning": ["F079"],
    "llm-evaluation": ["F089"],
}
# It does not show the words that it counted, and TensorFlow stands in more of its postings than Python.
UNKNOWN_METHOD = "Mobius Analytics"


def mentions(figures: pd.DataFrame, skills: pd.DataFrame) -> pd.DataFrame:
    """Return the measured shares (percent) of ML or AI Engineer postings that name a skill, by figure.

    Both arguments are indexed by id. Added columns: skill; role of the postings; side, the skill's standing if it is
    one of that role, else missing; low95 and high95 (Wilson; equal to value without n); publisher, and sample, which
    names the part of the publisher's postings.
    """
    skill = figures["measure"].str.removeprefix("mention ").str.lower().str.replace(" ", "-")
    of_a_role = figures["population"].str.contains("AI Engineer|ML Engineer") & figures["measure"].str.match("mention ")
    said = figures.assign(skill=skill)[of_a_role & skill.isin(skills.index) & (figures["kind"] == "measured")]
    said["role"] = np.where(said["population"].str.contains("ML Engineer"), "ml", "ai")
    own = said["skill"].map(skills["role"]) == said["role"]
    said["side"] = said["skill"].map(skills["standing"]).where(own)
    estimates = [claims.from_figures(row).estimates[0] for _, row in said.iterrows()]
    said["low95"], said["high95"] = [e.low for e in estimates], [e.high for e in estimates]
    said["publisher"] = said["source"].str.replace(r" \(.*", "", regex=True).str.replace("AI engineering f", "F")
    part = said["population"].map(lambda text: next((f", {part}" for part in _PARTS if part in text), ""))
    said["sample"] = said["publisher"] + part
    return said


def sides(asked: pd.DataFrame) -> pd.DataFrame:
    """Return how many required and nice-to-have skills of its own role each sample with n counts."""
    found = asked[asked["n"].notna() & asked["side"].isin(["required", "nice-to-have"])]
    counted = found.groupby(["role", "sample", "side"])["skill"].nunique().unstack(fill_value=0)
    return counted.reindex(columns=["required", "nice-to-have"], fill_value=0)


def readings(id: str, asked: pd.DataFrame) -> str:
    """Return the shares of its own role's postings that name a skill, as a sentence."""
    rows = asked[(asked["skill"] == id) & asked["side"].notna()]
    if rows.empty:
        return "No publisher was found that counts it in postings of this role."
    return f"Nearest readings: {'; '.join(map(reading, rows.itertuples()))}."


def reading(row) -> str:
    """Return one figure in words: share, postings, publisher, period, n and its id; `row` is a row of `mentions`."""
    n = "not stated" if pd.isna(row.n) else f"= {row.n:,}"
    return f"{row.value}% of {row.population} ({row.publisher}, {row.period}, n {n}; {row.Index})"


def distances(id: str, asked: pd.DataFrame) -> list[str]:
    """Return how far a skill lies from the median of the other side, by sample; both in postings of one role."""
    found = []
    for row in asked[(asked["skill"] == id) & asked["side"].notna() & asked["n"].notna()].itertuples():
        other = {"required": "nice-to-have", "nice-to-have": "required"}[row.side]
        same = (asked["sample"] == row.sample) & (asked["role"] == row.role)
        values = asked.loc[same & (asked["side"] == other), "value"]
        if len(values):
            points = f"{row.value - values.median():+.1f}".replace("-", "\N{MINUS SIGN}")
            found.append(f"{points} points against the median of {len(values)} {other} in {row.sample}")
    return found


def both_titles(id: str, asked: pd.DataFrame) -> list[claims.Measured]:
    """Return, for each publisher that counts a skill in postings of both titles, the smaller of the two shares.

    Publishers whose method is not known are left out.
    """
    rows = asked[(asked["skill"] == id) & (asked["publisher"] != UNKNOWN_METHOD)]
    return [_smaller(group) for _, group in rows.groupby("publisher") if group["role"].nunique() == 2]


def _smaller(rows: pd.DataFrame) -> claims.Measured:
    """The interval goes from the smaller lower end to the smaller upper end of the two; n is the smaller one."""
    least = rows.loc[rows["value"].idxmin()]
    by_role = rows.set_index("role")["value"]
    said = f"the smaller of ML {by_role['ml']} and AI {by_role['ai']}"
    if rows["n"].isna().any():
        unknown = claims.Estimate(least["value"], least["value"], least["value"], None, said)
        return claims.Measured([unknown], claims.figure_source(least))
    few = rows.loc[rows["n"].idxmin()]
    each = ", ".join(f"{row.role.upper()} {row.n:,}" for row in rows.sort_values("role").itertuples())
    found = claims.Estimate(least["value"], rows["low95"].min(), rows["high95"].min(), int(few["n"]), said)
    return claims.Measured(
        [found], claims.figure_source(few), note=f"interval computed here from the shares and their n ({each})"
    )
