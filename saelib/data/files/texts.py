"""Texts from outside, one a line or one a row."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from saelib.data.files.plain_text import require_utf8
from saelib.data.files.recognising import recognised
from saelib.errors import InputError


def given_texts(texts: Sequence[str] | str | os.PathLike[str], column: str | None) -> list[str]:
    """Texts as a list, none of them empty.

    Parameters
    ----------
    texts : sequence of str, or path
        The texts themselves; a ``.txt`` file with one a line; or a ``.csv`` or ``.parquet`` table.
    column : str, optional
        The column of a table; by default ``"text"``, or the only one.

    Returns
    -------
    list of str
        In their order.

    Raises
    ------
    InputError
        If there is no text, one is empty, the file is not UTF-8 or the column is unknown.

    Examples
    --------
    >>> given_texts(["a dog", "a cat"], None)
    ['a dog', 'a cat']
    """
    found: Sequence[str | None]
    if isinstance(texts, str | os.PathLike):
        path, kind = recognised(texts, ("txt", "csv", "parquet"), "texts")
        found = _lines(path) if kind == "txt" else _column(path, column)
    elif isinstance(texts, Sequence):
        found = texts
    else:
        raise InputError("texts", f"is a {type(texts).__name__}", "give a list of texts or a file")
    if not found:
        raise InputError("texts", "has no text", "give at least one")
    for i, text in enumerate(found):
        if not isinstance(text, str) or not text.strip():
            raise InputError("texts", f"has no text at {i}", "drop it, and its label")
    return [str(text) for text in found]


def _lines(path: Path) -> list[str]:
    require_utf8(path, "texts")
    # Only "\n" ends a line: splitlines() would also cut at rarer characters that a text may hold.
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _column(path: Path, column: str | None) -> list[str | None]:
    from saelib.data.files.tables import Column, Table

    table = Table(path, "texts")
    only = table.names[0] if len(table.names) == 1 else "text"
    name = column if column is not None else only
    if name not in table.names:
        found = ", ".join(table.names[:6])
        raise InputError("column", f"{name!r} is not in {path} ({found})", "name one of its columns")
    texts: list[str | None] = []
    for _, _, columns in table.batches():
        held = columns[name]
        assert isinstance(held, Column)
        texts += [held.values[code] if code >= 0 else None for code in held.codes.tolist()]
    return texts
