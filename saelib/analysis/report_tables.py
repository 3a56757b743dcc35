"""A table of the report: its first rows as HTML for everyone, all its rows as data for the script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from saelib.analysis.columns import Column
from saelib.analysis.report_values import cell_text, embedded, escaped, kind_of, packed

__all__ = ["ShownTable", "shown_table"]

FIRST = 50
"""Rows that are there without a script."""

BUDGET = 3_500_000
"""Characters that the data of one table may take in the page."""


@dataclass(frozen=True)
class ShownTable:
    """One table, ready for the page.

    Attributes
    ----------
    html : str
        Controls, the first rows, and what the columns mean.
    data : str
        Its data, as JSON that may stand in a ``<script>``.
    n_rows, n_kept : int
        Rows of the table, and those that are in the page.
    """

    html: str
    data: str
    n_rows: int
    n_kept: int


def shown_table(
    name: str,
    table: pd.DataFrame,
    columns: Sequence[Column],
    main: Sequence[str],
    *,
    budget: int = BUDGET,
) -> ShownTable:
    """Prepare a table for the report.

    Parameters
    ----------
    name : str
        Of the table, one word.
    table : pandas.DataFrame
        With these columns at least.
    columns : sequence of Column
        What the table has, and what it means.
    main : sequence of str
        Columns that come first and are shown before the reader asks for more.
    budget : int
        Characters its data may take. Of a larger table the first rows are kept, and the page says so.

    Returns
    -------
    ShownTable

    Examples
    --------
    >>> columns = [Column("concept", "text", "its name"), Column("recall", "share", "what is found")]
    >>> pairs = pd.DataFrame({"concept": ["<b>"], "recall": [0.5]})
    >>> shown = shown_table("pairs", pairs, columns, ["concept"])
    >>> "<b>" in shown.html, "&lt;b&gt;" in shown.html, shown.data.count("<"), shown.n_kept
    (False, True, 0, 1)
    """
    table = table.reset_index(drop=True)
    by_name = {column.name: column for column in columns}
    columns = [*(by_name[c] for c in main), *(column for column in columns if column.name not in main)]
    described = [
        {
            "name": c.name,
            "label": label_of(c.name),
            "kind": kind_of(c),
            "help": help_of(c),
            "main": c.name in main,
        }
        for c in columns
    ]

    def data_of(rows: int) -> str:
        values = [packed(table[c.name].iloc[:rows], kind_of(c)) for c in columns]
        return embedded(
            {"name": name, "columns": described, "rows": rows, "total": len(table), "data": values}
        )

    kept = len(table)
    data = data_of(kept)
    while len(data) > budget and kept > FIRST:
        kept = max(FIRST, min(kept - 1, int(kept * 0.97 * budget / len(data))))
        data = data_of(kept)
    return ShownTable(_html(name, table, columns, main, kept), data, len(table), kept)


def label_of(column: object) -> str:
    """Name of a column in words.

    Examples
    --------
    >>> label_of("best_neuron")
    'best neuron'
    """
    return str(column).replace("_", " ")


def help_of(column: Column) -> str:
    """What a column means, in a sentence or two.

    Examples
    --------
    >>> help_of(Column("points", "integer", "how many hold it", "points", "few: rough"))
    'How many hold it (points). Few: rough.'
    """
    unit = f" ({column.unit})" if column.unit else ""
    reading = f" {column.reading[0].upper()}{column.reading[1:]}." if column.reading else ""
    return f"{column.meaning[:1].upper()}{column.meaning[1:]}{unit}.{reading}"


def _html(name: str, table: pd.DataFrame, columns: Sequence[Column], main: Sequence[str], kept: int) -> str:
    shown = [column for column in columns if column.name in main]
    head = "".join(
        f'<th scope="col" class="{kind_of(c)}" title="{escaped(help_of(c))}">{escaped(label_of(c.name))}</th>'
        for c in shown
    )
    values = [table[c.name].head(FIRST).tolist() for c in shown]
    rows = "".join(
        "<tr>" + "".join(_cell(value, kind_of(c)) for c, value in zip(shown, row, strict=True)) + "</tr>"
        for row in zip(*values, strict=True)
    )
    length = f"{len(table):,} row" + ("s" if len(table) != 1 else "")
    told = length if len(table) <= FIRST else f"the first {FIRST} of {length}"
    cut = (
        f'<p class="note">The page holds the first {kept:,} of {length}; '
        f"all are in <code>{escaped(name)}.parquet</code>.</p>"
        if kept < len(table)
        else ""
    )
    meant = "".join(f"<dt>{escaped(label_of(c.name))}</dt><dd>{escaped(help_of(c))}</dd>" for c in columns)
    explained = f'<details class="columns"><summary>What the columns mean</summary><dl>{meant}</dl></details>'
    return (
        f'<div class="table" data-table="{escaped(name)}" id="table-{escaped(name)}">'
        f'<div class="scroll" tabindex="0" role="region" aria-label="table {escaped(name)}">'
        f'<table><caption class="quiet">{told}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{cut}{explained}</div>"
    )


def _cell(value: object, kind: str) -> str:
    text = cell_text(value, kind)
    if not text:
        return f'<td class="{kind} missing">–</td>'
    if kind in ("concept", "concepts", "text", "neurons"):
        return f'<td class="{kind}"><bdi>{escaped(text)}</bdi></td>'
    if kind == "number" and str(value) != text:
        return f'<td class="{kind}" title="{escaped(value)}">{text}</td>'
    return f'<td class="{kind}">{text}</td>'
