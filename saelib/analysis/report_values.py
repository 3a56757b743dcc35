"""Values of a table as a reader sees them and as the script of the report gets them.

Everything from outside passes through here: text is made harmless for HTML and JSON, missing values become
``null`` or an empty cell, numbers keep their exact value beside the rounded one.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from saelib.analysis.columns import Column

__all__ = [
    "cell_text",
    "embedded",
    "escaped",
    "is_missing",
    "kind_of",
    "members_of",
    "packed",
    "plain",
    "rounded",
]

_CONCEPTS = ("concept", "parent", "child", "second")  # columns of text that name a concept
_LISTED = 6  # members of a list that a cell shows; its title has all


def plain(value: Any) -> str:
    r"""Text of any value without what no file of text may hold.

    Parameters
    ----------
    value : object
        Of which ``str`` is taken.

    Returns
    -------
    str
        Control characters, which HTML forbids, and halves of surrogate pairs, which UTF-8 cannot hold, are
        replaced by U+FFFD. Directional marks stay: the page isolates each name.

    Examples
    --------
    >>> plain("a\x00b"), plain("\ud800") == "\ufffd"
    ('a�b', True)
    """
    text = str(value)
    if text.isprintable():
        return text
    bad = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "\ufffd")
    return text.translate(bad).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def escaped(value: Any) -> str:
    """Text of any value for HTML, within an element or a quoted attribute.

    Parameters
    ----------
    value : object
        Of which ``str`` is taken.

    Returns
    -------
    str
        Without ``<``, ``>``, ``&`` and quotes of its own.

    Examples
    --------
    >>> escaped("<b title='x'>")
    '&lt;b title=&#x27;x&#x27;&gt;'
    """
    return html.escape(plain(value), quote=True)


def embedded(content: Any) -> str:
    r"""JSON that may stand within a ``<script>``, whatever the names in it.

    Parameters
    ----------
    content : object
        JSON-ready; NaN and infinities are refused.

    Returns
    -------
    str
        Without ``<``, ``>`` and ``&``, so that neither ``</script>`` nor ``<!--`` ends or changes the block.

    Examples
    --------
    >>> embedded(["</script>"])
    '["\\u003c/script\\u003e"]'
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def is_missing(value: Any) -> bool:
    """Whether a single value is unavailable."""
    if value is None or value is pd.NA:
        return True
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def kind_of(column: Column) -> str:
    """Tell how a column is shown.

    Parameters
    ----------
    column : Column
        As declared in :data:`saelib.analysis.TABLES`.

    Returns
    -------
    {"concept", "neuron", "concepts", "neurons", "truth", "number", "text"}
        The first four lead to the details of what they name.

    Examples
    --------
    >>> kind_of(Column("parent_neuron", "integer", "")), kind_of(Column("parent", "text", ""))
    ('neuron', 'concept')
    """
    if column.kind in ("concepts", "neurons"):
        return column.kind
    if column.kind == "flag":
        return "truth"
    if column.kind == "text":
        return "concept" if column.name in _CONCEPTS else "text"
    return "neuron" if column.name.split("_")[-1] == "neuron" and column.kind == "integer" else "number"


def rounded(value: float) -> str:
    """Write a number as it is shown, for reading; the exact one stands in the title.

    Parameters
    ----------
    value : int or float
        Finite or not.

    Returns
    -------
    str
        Whole numbers in groups of three digits, others with about three figures that count.

    Examples
    --------
    >>> rounded(16384), rounded(0.51234), rounded(0.000123), rounded(31.257), rounded(1.0)
    ('16,384', '0.512', '1.2e-4', '31.3', '1')
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    if float(value).is_integer():
        return f"{int(value):,}".replace("-", "−")
    size = abs(value)
    if size < 0.0005:
        digits, exponent = f"{value:.1e}".split("e")
        return f"{digits}e{int(exponent)}".replace("-", "−", 1 if value < 0 else 0)
    places = 3 if size < 1 else 2 if size < 10 else 1 if size < 1000 else 0
    return f"{value:,.{places}f}".replace("-", "−")


def cell_text(value: Any, kind: str) -> str:
    """Text of a cell as it is shown.

    Parameters
    ----------
    value : object
        Of a table.
    kind : str
        From :func:`kind_of`.

    Returns
    -------
    str
        Empty where the value is unavailable.

    Examples
    --------
    >>> cell_text(True, "truth"), cell_text(pd.NA, "number"), cell_text(12000, "neuron")
    ('yes', '', '12000')
    """
    if kind in ("concepts", "neurons"):
        members = [plain(each) for each in members_of(value)]
        rest = len(members) - _LISTED
        return ", ".join(members[:_LISTED]) + (f" and {rest} more" if rest > 0 else "")
    if is_missing(value):
        return ""
    if kind == "truth":
        return "yes" if value else "no"
    if kind == "neuron":
        return "" if value < 0 else str(int(value))
    if kind == "number":
        return rounded(value.item() if isinstance(value, np.generic) else value)
    return plain(value)


def members_of(value: Any) -> list[Any]:
    """Members of a list in a cell; none where it is unavailable.

    Examples
    --------
    >>> members_of((3, 5)), members_of(None)
    ([3, 5], [])
    """
    return list(value) if isinstance(value, (list, tuple, np.ndarray)) else []


def packed(column: pd.Series, kind: str) -> dict[str, Any]:
    """Values of a column for the script: plain numbers, or numbers of distinct texts.

    Parameters
    ----------
    column : pandas.Series
        Of a table.
    kind : str
        From :func:`kind_of`.

    Returns
    -------
    dict
        ``{"v": values}`` with ``None`` for what is unavailable, or ``{"w": words, "v": numbers}``; each value
        is a list of such where a cell is one.

    Examples
    --------
    >>> packed(pd.Series(["a", "b", "a", None]), "text")
    {'w': ['a', 'b'], 'v': [0, 1, 0, None]}
    >>> packed(pd.Series([0.5, float("nan")]), "number")
    {'v': [0.5, None]}
    """
    values = column.tolist()
    words: dict[str, int] = {}

    def word(value: Any) -> int | None:
        return None if is_missing(value) else words.setdefault(plain(value), len(words))

    if kind in ("concept", "text"):
        codes = [word(value) for value in values]
        return {"w": list(words), "v": codes}
    if kind == "concepts":
        lists = [[word(name) for name in members_of(value)] for value in values]
        return {"w": list(words), "v": lists}
    if kind == "neurons":
        return {"v": [[int(neuron) for neuron in members_of(value)] for value in values]}
    return {"v": list(_numbers(values, kind))}


def _numbers(values: Iterable[Any], kind: str) -> Iterable[Any]:
    for value in values:
        if is_missing(value) or (kind == "neuron" and value < 0):
            yield None
        elif kind in ("truth", "neuron"):
            yield int(value)
        elif isinstance(value, float) and not math.isfinite(value):
            yield "∞" if value > 0 else "−∞"
        elif isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            yield int(value)
        else:
            yield value
