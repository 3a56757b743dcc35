"""The five findings at the top of the report, in plain words, each with its numbers and where to look.

Every sentence follows from the tables: there is none that a table could contradict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from saelib.alignment import wilson_interval
from saelib.analysis.report_values import escaped, rounded

__all__ = ["Finding", "findings"]


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes
    ----------
    section : str
        Anchor of the section with its table.
    number : str
        The number that stands for it; HTML.
    title : str
        What that number counts.
    words : str
        The finding; HTML.

    Examples
    --------
    >>> Finding("neurons", "3 of 8", "neurons", "Three.").number
    '3 of 8'
    """

    section: str
    number: str
    title: str
    words: str


def findings(tables: Mapping[str, pd.DataFrame], options: Mapping[str, Any] | None = None) -> list[Finding]:
    """Say in five findings what the tables show.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        As in :data:`saelib.analysis.TABLES`; for one that is missing, the finding says so.
    options : mapping, optional
        The tolerances ``delta``, ``epsilon`` and ``eta``, which are then told.

    Returns
    -------
    list of Finding
        Five: own neurons, several neurons, absorption, neurons with several concepts, geometry.

    Examples
    --------
    >>> [finding.number for finding in findings({})]
    ['–', '–', '–', '–', '–']
    """
    return [
        _own(tables, options or {}),
        *(make(tables) for make in (_several, _absorbed, _shared, _geometry)),
    ]


def share_of(hits: int, trials: int) -> str:
    """A share in per cent with its 95 % Wilson interval.

    Examples
    --------
    >>> share_of(1, 29), share_of(0, 0)
    ('3 % [0.6–17]', 'none to count')
    """
    if not trials:
        return "none to count"
    low, high = (float(end) for end in wilson_interval(hits, trials))
    return f"{_percent(hits / trials)} % [{_percent(low)}–{_percent(high)}]"


def _percent(share: float) -> str:
    value = 100 * share
    return f"{value:.1f}" if 0.05 <= value < 2 or 98 < value <= 99.95 else f"{value:.0f}"


def _flags(column: pd.Series) -> tuple[int, int]:
    """How many are true, of how many that are known."""
    known = column.dropna()
    return int(known.sum()), len(known)


def _missing(section: str, title: str, why: str) -> Finding:
    return Finding(section, "–", title, why)


def _plural(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


_NOTIONS = (
    ("detected", "delta", "the neuron misses at most {} of the concept"),
    ("separated", "epsilon", "and fires on at most {} of the other points"),
    ("approximated", "eta", "the two differ in at most {} of the points of either"),
)


def _own(tables: Mapping[str, pd.DataFrame], options: Mapping[str, Any]) -> Finding:
    title = "concepts have a neuron of their own"
    table = tables.get("concepts")
    if table is None or not table["approximated"].notna().any():
        return _missing("concepts", title, "No concept could be judged here.")
    told = []
    for notion, tolerance, meaning in _NOTIONS:
        allowed = options.get(tolerance)
        means = ""
        if isinstance(allowed, (int, float)):
            most = f"{_percent(float(allowed))} %"
            means = f" ({meaning.format(most)})"
        told.append(f"{share_of(*_flags(table[notion]))} are {notion}{means}")
    hits, n = _flags(table["approximated"])
    words = f"Of {n:,} concepts, judged on points the neuron was not chosen on, {', '.join(told)}."
    both = table[["jaccard", "null_jaccard"]].dropna()
    if len(both):
        better = int((both["jaccard"] > both["null_jaccard"]).sum())
        words += (
            f" Half of the best neurons have a Jaccard index of {rounded(float(both['jaccard'].median()))} "
            f"or more, "
            f"against {rounded(float(both['null_jaccard'].median()))} when the labels are dealt out at "
            f"random. {_plural(better, 'concept does', 'concepts do')} better than with random labels, "
            f"{share_of(better, len(both))}."
        )
    return Finding("concepts", f"{hits:,} of {n:,}", title, words)


def _several(tables: Mapping[str, pd.DataFrame]) -> Finding:
    title = "concepts are made up by several neurons together"
    table = tables.get("concepts")
    known = None if table is None else table[table["or_jaccard"].notna()]
    if known is None or not len(known):
        return _missing("splitting", title, "No unions of neurons were judged here.")
    parts = known["split_into"]
    many, one = int((parts > 1).sum()), int((parts == 1).sum())
    n = len(known)
    out = n - many - one
    words = (
        f"{share_of(many, n)} come within the tolerance only by joining two to five neurons; "
        f"{one:,} with one neuron alone, and {out:,} not even with five."
    )
    gains = known.dropna(subset=["or_gain"]).sort_values("or_gain", ascending=False, kind="stable")
    if len(gains) and gains["or_gain"].iloc[0] > 0:
        best = gains.iloc[0]
        words += (
            f" Joining helps most for {_name(best['concept'])}: Jaccard index "
            f"{rounded(float(best['jaccard']))} with "
            f"its best neuron, {rounded(float(best['or_jaccard']))} with {len(best['or_neurons'])} together."
        )
    return Finding("splitting", f"{many:,} of {n:,}", title, words)


def _absorbed(tables: Mapping[str, pd.DataFrame]) -> Finding:
    title = "parent–child pairs where absorption is suspected"
    table = tables.get("edges")
    if table is None or not len(table):
        return _missing("absorption", title, "No concept has a parent here, so none can be absorbed.")
    absorbed = table["absorbed"].fillna(False).astype(bool)
    fair = (table["own_neurons"].fillna(False) & table["owns_parent"].fillna(False)).astype(bool)
    patterned = int(absorbed.sum())
    absorbed &= table["probe"].fillna(True).astype(bool)
    hits, n = int((absorbed & fair).sum()), int(fair.sum())
    words = (
        f"Of {len(table):,} pairs, {n:,} can be judged: parent and child have different neurons, and the "
        f"parent's neuron does mean the parent. Among these, {share_of(hits, n)} show the full pattern; "
        f"of all pairs, whatever their neurons mean, it would be {patterned:,} of {len(table):,}. "
        f"{_controls(table)}"
    )
    if hits:
        worst = table[absorbed & fair].sort_values("rate", ascending=False, kind="stable").iloc[0]
        words += (
            f" Strongest: on {_percent(float(worst['rate']))} % of {_name(worst['child'])} the neuron of "
            f"{_name(worst['parent'])} is silent and the child's fires."
        )
    return Finding("absorption", f"{hits:,} of {n:,}", title, words)


def _controls(table: pd.DataFrame) -> str:
    """What the controls leave of the naive rule, step by step."""
    naive = table["naive"].fillna(False).astype(bool)
    owned = naive & table["owns_parent"].fillna(False).astype(bool)
    words = (
        f"A naive rule, the parent's neuron silent on most of what the child's neuron finds, takes "
        f"{_plural(int(naive.sum()), 'pair', 'pairs')} for absorption. In {int(owned.sum()):,} of these "
        f"the parent's neuron does mean the parent"
    )
    asked = table["probe"].notna()
    if owned.any() and not asked[owned].any():
        return f"{words}; whether a linear probe for the parent still fires there was not asked."
    left = int((owned & table["probe"].fillna(False).astype(bool)).sum())
    return f"{words}, and in {left:,} of those a linear probe for the parent still fires there too."


def _shared(tables: Mapping[str, pd.DataFrame]) -> Finding:
    title = "neurons serve several concepts"
    table = tables.get("neurons")
    if table is None or not (table["serves"] > 0).any():
        return _missing("neurons", title, "No neuron is the best one of any concept here.")
    serving = table[(table["serves"] > 0).fillna(False)]
    many = int((serving["serves"] > 1).sum())
    words = (
        f"{len(serving):,} of {len(table):,} neurons are the best neuron of some concept; "
        f"{share_of(many, len(serving))} "
        "of these are so for more than one, so their firing cannot tell those concepts apart."
    )
    most = serving.sort_values("serves", ascending=False, kind="stable").iloc[0]
    if most["serves"] > 1:
        number = int(most["neuron"])
        words += f' <a href="#neuron={number}">Neuron {number}</a> serves {int(most["serves"]):,}.'
    return Finding("neurons", f"{many:,} of {len(serving):,}", title, words)


def _geometry(tables: Mapping[str, pd.DataFrame]) -> Finding:
    title = "audited concepts that no single neuron can separate"
    table = tables.get("geometry")
    if table is None or not len(table):
        return _missing("geometry", title, "No concept was audited here.")
    n = len(table)
    answers = table["one_neuron"].value_counts()
    no, yes, undecided = (int(answers.get(word, 0)) for word in ("no", "yes", "undecided"))
    forced, avoidable, total = (int(table[c].sum()) for c in ("unavoidable", "avoidable", "errors"))
    words = (
        f"Of the {_plural(n, 'concept', 'concepts')} audited, those that are served worst, {no:,} lie among "
        f"other "
        f"points, so no single neuron can separate them; {yes:,} could be separated; {undecided:,} undecided."
    )
    if total:
        words += (
            f" Of {_plural(total, 'error', 'errors')} on the sample, {_percent(forced / total)} % are "
            f"forced by geometry and {_percent(avoidable / total)} % are training's to avoid."
        )
    chance = int((table["by_chance"] == "yes").sum())
    if chance:
        words += f" Of as many random sets of their sizes {chance:,} could be too: such a yes says nothing."
    return Finding("geometry", f"{no:,} of {n:,}", title, words)


def _name(concept: object) -> str:
    return f"<bdi>{escaped(concept)}</bdi>"
