"""Contexts in Burmeister's format, which most programs of formal concept analysis read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from saelib.lattice.checks import checked_context
from saelib.lattice.context import Context
from saelib.lattice.rows import Indices, from_rows, row
from saelib.lattice.text_files import (
    LARGEST,
    check_unique,
    checked_line,
    lines_of,
    malformed,
    read_text,
    write_text,
)

__all__ = ["read_cxt", "write_cxt"]

_HEADER = 5  # "B", a name, two counts, a line that is empty or a comment


def read_cxt(path: str | os.PathLike[str], *, max_bytes: int = LARGEST) -> Context:
    """Read a context from a ``.cxt`` file (Burmeister's format).

    Parameters
    ----------
    path : path
        A UTF-8 file: ``B``; a name, which is not kept; the numbers of objects and attributes; a line that is
        empty or a comment; the names of objects and attributes, one a line; for each object a line of crosses
        (``X`` or ``x``) and dots.
    max_bytes : int, default 2**28
        Refuse a larger file. Nothing is set aside for what its header promises.

    Returns
    -------
    Context
        Under the names of the file.

    Raises
    ------
    InputError
        If the file cannot be read, is too large, or is malformed; the line is named.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.lattice import Context, read_cxt, write_cxt
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     animals = Context([[1, 0], [1, 1]], ["frog", "dog"], ["lives", "barks"])
    ...     again = read_cxt(write_cxt(animals, f"{folder}/animals.cxt"))
    >>> again.objects, again.attributes, again.closure(["barks"])
    (('frog', 'dog'), ('lives', 'barks'), array([0, 1]))
    """
    place, text = read_text(path, max_bytes)
    lines = lines_of(text)
    if not lines or lines[0].strip() != "B":
        first = lines[0][:20] if lines else ""
        raise malformed(place, 1, f"is {first!r}", "begin a Burmeister file with a line 'B'")
    n_objects, n_attributes = _count(place, lines, 3, "objects"), _count(place, lines, 4, "attributes")
    promised = _HEADER + 2 * n_objects + n_attributes
    if len(lines) < promised:
        offence = f"is the last, but {n_objects} objects and {n_attributes} attributes take {promised} lines"
        raise malformed(place, len(lines), offence, "complete the file or mend its counts")
    for line in range(promised, len(lines)):
        if lines[line].strip():
            offence = f"is {lines[line][:20]!r} after the last object"
            raise malformed(place, line + 1, offence, "end the file there or mend its counts")
    first_attribute, first_row = _HEADER + n_objects, _HEADER + n_objects + n_attributes
    crosses = [
        _crosses(place, first_row + 1 + i, lines[first_row + i], n_attributes) for i in range(n_objects)
    ]
    objects, attributes = lines[_HEADER:first_attribute], lines[first_attribute:first_row]
    check_unique(place, objects, range(_HEADER + 1, first_attribute + 1))
    check_unique(place, attributes, range(first_attribute + 1, first_row + 1))
    return Context(from_rows(crosses, n_attributes), objects, attributes)


def _count(place: Path, lines: list[str], number: int, what: str) -> int:
    found = lines[number - 1].strip() if len(lines) >= number else ""
    if not re.fullmatch("[0-9]{1,18}", found):
        raise malformed(place, number, f"is {found[:20]!r}", f"put the number of {what} there")
    return int(found)


def _crosses(place: Path, number: int, line: str, length: int) -> Indices:
    line = line.strip()
    wrong = re.search("[^Xx.]", line)
    if wrong:
        offence = f"has {wrong.group()!r} at position {wrong.start() + 1}"
        raise malformed(place, number, offence, "write X or a dot")
    if len(line) != length:
        raise malformed(
            place, number, f"has {len(line)} crosses and dots", f"write {length}, one an attribute"
        )
    return np.flatnonzero(np.frombuffer(line.encode(), dtype=np.uint8) != ord("."))


def write_cxt(context: Context, path: str | os.PathLike[str]) -> Path:
    """Write a context as a ``.cxt`` file (Burmeister's format).

    Crosses are ``X``, and the line for a name stays empty, since programs differ in what they do with it.

    Parameters
    ----------
    context : Context
        What to write. A file has a character for every object and attribute, crossed or not.
    path : path
        Where to; a file that is there is replaced, in one move. Missing folders are made.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If the context is something else, a name holds a line break, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.lattice import Context, write_cxt
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_cxt(Context([[1, 0]], ["dog"], ["barks", "swims"]), f"{folder}/a.cxt").read_text())
    B
    <BLANKLINE>
    1
    2
    <BLANKLINE>
    dog
    barks
    swims
    X.
    <BLANKLINE>
    """
    incidence = checked_context(context).incidence
    lines = ["B", "", str(context.n_objects), str(context.n_attributes), ""]
    lines += [checked_line("objects", name) for name in context.objects]
    lines += [checked_line("attributes", name) for name in context.attributes]
    for i in range(context.n_objects):
        crosses = np.full(context.n_attributes, ord("."), dtype=np.uint8)
        crosses[row(incidence, i)] = ord("X")
        lines.append(crosses.tobytes().decode())
    return write_text(path, "".join(f"{line}\n" for line in lines))
