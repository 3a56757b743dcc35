"""Which charts the report shows in which section, and what each says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saelib.alignment import wilson_interval
from saelib.analysis.report_charts import bars, curves, figure, plane, tick, upright_bars
from saelib.analysis.report_values import rounded

__all__ = ["drawings"]

_MOST = 15  # bars in one chart


def drawings(section: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """Draw the charts of one section.

    Parameters
    ----------
    section : str
        Its anchor.
    tables : mapping of str to pandas.DataFrame
        As in :data:`saelib.analysis.TABLES`.

    Returns
    -------
    str
        Figures as HTML; empty where there is nothing to draw.

    Examples
    --------
    >>> drawings("concepts", {})
    ''
    """
    makers = {
        "concepts": (_matches, _rates),
        "neurons": (_firing, _serving),
        "splitting": (_parts, _gains),
        "absorption": (_absorption,),
        "geometry": (_faults,),
    }
    drawn = "".join(make(tables) for make in makers.get(section, ()))
    return f'<div class="figures">{drawn}</div>' if drawn else ""


def _column(tables: Mapping[str, pd.DataFrame], table: str, *names: str) -> pd.DataFrame:
    """Rows of a table in which these columns are all known."""
    return tables[table][list(names)].dropna() if table in tables else pd.DataFrame(columns=list(names))


def _matches(tables: Mapping[str, pd.DataFrame]) -> str:
    both = _column(tables, "concepts", "jaccard", "null_jaccard")
    if both.empty:
        return ""
    drawn = curves(
        [
            ("best neuron", "concept", both["jaccard"].astype(float).tolist()),
            ("random labels", "null", both["null_jaccard"].astype(float).tolist()),
        ],
        across="at least this Jaccard index",
        up="share of the concepts",
        label="share of the concepts whose best neuron has at least a given Jaccard index, and by chance",
    )
    half = int((both["jaccard"] >= 0.5).sum())
    return figure(
        drawn,
        f"<b>{half:,} of {len(both):,} concepts have a neuron with Jaccard index 0.5 or more.</b> How to "
        f"read it: "
        "go along to an index, up to the curve, left to the share of concepts that reach it. Dashed: the "
        "same search after the labels were dealt out at random.",
    )


def _rates(tables: Mapping[str, pd.DataFrame]) -> str:
    known = _column(tables, "concepts", "concept", "recall", "leak", "detected", "separated", "approximated")
    if known.empty:
        return ""
    styles = np.select(
        [known[c].to_numpy(dtype=bool) for c in ("approximated", "separated", "detected")],
        ["approximated", "separated", "detected"],
        "none",
    )
    points = [
        (str(name), float(recall), float(leak), str(style))
        for name, recall, leak, style in zip(
            known["concept"], known["recall"], known["leak"], styles, strict=True
        )
    ]
    key = "".join(
        '<span class="key"><svg viewBox="0 0 10 10" aria-hidden="true">'
        f'<circle class="dot {style}" cx="5" cy="5" r="4"/>'
        f"</svg>{style if style != 'none' else 'none of these'}</span>"
        for style in ("approximated", "separated", "detected", "none")
    )
    drawn = plane(points, label="recall and leak of the best neuron of every concept")
    low = int((known["recall"] < 0.5).sum())
    return figure(
        drawn,
        f"<b>On {low:,} of {len(known):,} concepts the best neuron misses more than half.</b> One dot a "
        f"concept, best "
        f"at the top left; click one for its details. The leak is on a scale of square roots. {key}",
    )


def _firing(tables: Mapping[str, pd.DataFrame]) -> str:
    table = tables.get("neurons")
    if table is None or table.empty:
        return ""
    rates = table["rate"].dropna().to_numpy(dtype=np.float64)
    alive = np.log10(rates[rates > 0])
    if not alive.size:
        return ""
    low = float(np.floor(alive.min()))
    per = 4 if -low <= 4 else 3
    edges = np.linspace(low, 0, int(-low) * per + 1) if low < 0 else np.array([-1.0, 0.0])
    counts = np.histogram(np.clip(alive, edges[0], 0), edges)[0].tolist()
    dead = int((rates == 0).sum())
    drawn = upright_bars(
        [tick(10.0**edge) if abs(edge - round(edge)) < 1e-9 else "" for edge in edges],
        counts, "neuron", across="firing rate: share of the points (logarithmic)", up="neurons",
        label="histogram of firing rates",
    )  # fmt: skip
    median = rounded(100 * float(np.median(rates[rates > 0])))
    return figure(
        drawn,
        f"<b>Half of the neurons that fire do so on at most {median} % of the points;</b> {dead:,} of "
        f"{len(rates):,} never fire here.",
    )


def _serving(tables: Mapping[str, pd.DataFrame]) -> str:
    serves = _column(tables, "neurons", "serves")["serves"].to_numpy(dtype=np.int64)
    serves = serves[serves > 0]
    if not serves.size:
        return ""
    most = min(int(serves.max()), 8)
    counts = [int((serves == k).sum()) for k in range(1, most)] + [int((serves >= most).sum())]
    last = f"{most}+" if int(serves.max()) > most else str(most)
    drawn = upright_bars(
        [*map(str, range(1, most)), last], counts, "neuron",
        across="concepts whose best neuron it is", up="neurons", label="how many concepts each neuron serves",
    )  # fmt: skip
    return figure(
        drawn,
        f"<b>{int((serves == 1).sum()):,} of {len(serves):,} neurons that serve any concept serve just "
        f"one.</b> The others cannot tell their concepts apart.",
    )


def _parts(tables: Mapping[str, pd.DataFrame]) -> str:
    if "concepts" not in tables or not tables["concepts"]["or_jaccard"].notna().any():
        return ""
    known = tables["concepts"][tables["concepts"]["or_jaccard"].notna()]
    parts = known["split_into"]
    counts = [int((parts == k).sum()) for k in range(1, 6)] + [int(parts.isna().sum())]
    drawn = upright_bars(
        ["1", "2", "3", "4", "5", "more"], counts, "concept",
        across="fewest neurons that reach the concept", up="concepts",
        label="how many neurons each concept needs",
    )  # fmt: skip
    return figure(
        drawn,
        f"<b>{counts[-1]:,} of {len(known):,} concepts are not reached by five neurons together.</b> "
        "Reached: within Jaccard distance η of the union.",
    )


def _gains(tables: Mapping[str, pd.DataFrame]) -> str:
    known = _column(tables, "concepts", "concept", "jaccard", "or_jaccard", "or_gain")
    known = known[known["or_gain"] > 0].sort_values("or_gain", ascending=False, kind="stable").head(_MOST)
    if known.empty:
        return ""
    rows = [
        (str(name), float(joined), float(single), float(joined), "concept")
        for name, single, joined in zip(known["concept"], known["jaccard"], known["or_jaccard"], strict=True)
    ]
    return figure(
        bars(rows, across="Jaccard index", label="Jaccard index of one neuron and of the union", within=True),
        f"<b>Where joining neurons helps most</b> ({len(known)} of the concepts). Strong: the best single "
        f"neuron; pale: what the union of up to five adds.",
    )


def _absorption(tables: Mapping[str, pd.DataFrame]) -> str:
    edges = tables.get("edges")
    if edges is None or edges.empty:
        return ""
    fair = edges[(edges["own_neurons"].fillna(False) & edges["owns_parent"].fillna(False)).astype(bool)]
    fair = fair[fair["rate"].notna() & (fair["rate"] > 0)]
    suspected = fair["absorbed"].fillna(False) & fair["probe"].fillna(True)
    fair = fair.assign(suspected=suspected.astype(bool))
    worst = fair.sort_values(["suspected", "rate"], ascending=False, kind="stable").head(_MOST)
    if worst.empty:
        return ""
    hits, trials = (worst[c].to_numpy(dtype=np.int64) for c in ("n_absorbed", "n_child"))
    low, high = wilson_interval(hits, trials)
    rows = [
        (
            f"{_short(child)} < {_short(parent)}",
            hit / n,
            float(a),
            float(b),
            "neuron" if suspected else "quiet",
        )
        for child, parent, hit, n, suspected, a, b in zip(
            worst["child"], worst["parent"], hits, trials, worst["suspected"], low, high, strict=True
        )
    ]
    words = "share of the child's points (rate)"
    count = int(worst["suspected"].sum())
    return figure(
        bars(rows, across=words, label="absorption rate of the strongest pairs, with intervals"),
        f"<b>How much of the child the parent's neuron loses</b> (child &lt; parent), with 95 % intervals, "
        f"among pairs "
        f"with neurons of their own. Orange, {count}: the full pattern of absorption. Grey: not, mostly "
        f"because the parent's neuron misses other points as well, or because a probe for the parent does "
        f"not fire there either.",
    )


def _short(name: object, most: int = 13) -> str:
    text = str(name)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _faults(tables: Mapping[str, pd.DataFrame]) -> str:
    table = tables.get("geometry")
    if table is None or table.empty:
        return ""
    kinds = ["geometry", "training", "open", "none"]
    fault = table["fault"].fillna("none")
    counts = [int((fault == kind).sum()) for kind in kinds]
    drawn = upright_bars(
        ["geometry", "training", "open", "no error"], counts, "concept",
        across="what causes most of the neuron's errors", up="concepts", label="whose fault the errors are",
    )  # fmt: skip
    return figure(
        drawn,
        f"<b>Most errors come from geometry for {counts[0]:,} and from training for {counts[1]:,} of "
        f"{len(table):,} audited concepts.</b> Open: proved neither way.",
    )
