"""Contexts as transactions, the format of programs for frequent item sets (FIMI)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from saelib.lattice.checks import checked_context, checked_count
from saelib.lattice.context import Context
from saelib.lattice.rows import from_rows, row
from saelib.lattice.text_files import LARGEST, lines_of, malformed, read_text, write_text

__all__ = ["read_fimi", "write_fimi"]

MOST_ATTRIBUTES = 1 << 20  # what one large number in a small file may cost


def read_fimi(
    path: str | os.PathLike[str],
    n_attributes: int | None = None,
    *,
    objects: Sequence[str] | None = None,
    attributes: Sequence[str] | None = None,
    max_bytes: int = LARGEST,
) -> Context:
    r"""Read a context from transactions: a line an object, with the numbers of its attributes.

    Parameters
    ----------
    path : path
        A file with, on each line, numbers from 0 up, separated by blanks, in any order, none twice. An empty
        line is an object without attributes.
    n_attributes : int, optional
        Number of attributes, since the last ones may belong to no object. Without it and without names, one
        more than the largest number, at most 2**20.
    objects, attributes : sequence of str, optional
        Names, which the format does not keep.
    max_bytes : int, default 2**28
        Refuse a larger file.

    Returns
    -------
    Context
        Attribute i is the number i.

    Raises
    ------
    InputError
        If the file cannot be read, is too large, or is malformed (the line is named), or names do not fit.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.lattice import read_fimi
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder, "a.dat")
    ...     _ = place.write_text("0 2\n\n2\n")
    ...     context = read_fimi(place)
    >>> context.incidence.toarray().astype(int).tolist()
    [[1, 0, 1], [0, 0, 0], [0, 0, 1]]
    """
    if n_attributes is not None:
        n_attributes = checked_count("n_attributes", n_attributes, 0)
    elif isinstance(attributes, Sequence):  # what else it may be is for the context to refuse
        n_attributes = len(attributes)
    place, text = read_text(path, max_bytes)
    rows = [_items(place, number, line, n_attributes) for number, line in enumerate(lines_of(text), start=1)]
    if n_attributes is None:
        n_attributes = 1 + max((items[-1] for items in rows if items), default=-1)
    return Context(from_rows(rows, n_attributes), objects, attributes)


def _items(place: Path, number: int, line: str, n_attributes: int | None) -> list[int]:
    wrong = re.search(r"[^0-9 \t]+|[0-9]{19,}", line)
    if wrong:
        raise malformed(place, number, f"has {wrong.group()[:20]!r}", "give numbers with blanks between them")
    items = sorted(map(int, line.split()))
    most = MOST_ATTRIBUTES if n_attributes is None else n_attributes
    if items and items[-1] >= most:
        mend = f"give numbers below {most}" + ("" if n_attributes is not None else ", or n_attributes")
        raise malformed(place, number, f"has {items[-1]}", mend)
    twice = next((low for low, high in pairwise(items) if low == high), None)
    if twice is not None:
        raise malformed(place, number, f"has {twice} twice", "name each attribute once")
    return items


def write_fimi(context: Context, path: str | os.PathLike[str]) -> Path:
    """Write a context as transactions: a line an object, with the numbers of its attributes.

    Parameters
    ----------
    context : Context
        What to write. Names are not kept, nor how many attributes there are beyond the last that occurs.
    path : path
        Where to; a file that is there is replaced, in one move. Missing folders are made.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If the context is something else or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.lattice import Context, write_fimi
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_fimi(Context([[1, 0, 1], [0, 0, 0]]), f"{folder}/a.dat").read_text())
    0 2
    <BLANKLINE>
    <BLANKLINE>
    """
    incidence = checked_context(context).incidence
    lines = (" ".join(map(str, row(incidence, i).tolist())) for i in range(context.n_objects))
    return write_text(path, "".join(f"{line}\n" for line in lines))
