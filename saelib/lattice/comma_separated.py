"""Contexts as comma-separated tables, for spreadsheets."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

from saelib.lattice.checks import checked_context
from saelib.lattice.context import Context
from saelib.lattice.rows import from_rows, row
from saelib.lattice.text_files import LARGEST, check_unique, checked_line, malformed, read_text, write_text

__all__ = ["read_csv", "write_csv"]

_HAS = {"1", "X", "x", "True"}
_HAS_NOT = {"0", "", "False"}


def read_csv(path: str | os.PathLike[str], *, max_bytes: int = LARGEST) -> Context:
    r"""Read a context from a comma-separated table with names.

    Parameters
    ----------
    path : path
        A UTF-8 file. The first row holds a corner, which is not kept, and the names of the attributes; every
        other row the name of an object and, for each attribute, ``1``, ``X``, ``x`` or ``True`` if the object
        has it, ``0``, ``False`` or nothing if not.
    max_bytes : int, default 2**28
        Refuse a larger file.

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
    >>> from saelib.lattice import read_csv
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder, "a.csv")
    ...     _ = place.write_text("who,lives,barks\ndog,1,1\nfrog,1,0\n")
    ...     context = read_csv(place)
    >>> context.objects, context.attributes, context.extent(["barks"])
    (('dog', 'frog'), ('lives', 'barks'), array([0]))
    """
    place, text = read_text(path, max_bytes)
    table = _rows(place, text)
    _, (_, *attributes) = next(table, (1, [""]))
    check_unique(place, attributes, [1] * len(attributes))
    objects, numbers, crosses = [], [], []
    for line, (name, *cells) in table:
        if len(cells) != len(attributes):
            offence = f"has {len(cells)} cells beside the name"
            raise malformed(place, line, offence, f"give {len(attributes)}, one an attribute")
        for attribute, cell in zip(attributes, cells, strict=True):
            if cell not in _HAS and cell not in _HAS_NOT:
                raise malformed(place, line, f"has {cell[:20]!r} under {attribute!r}", "write 1 or 0")
        objects.append(name)
        numbers.append(line)
        crosses.append([i for i, cell in enumerate(cells) if cell in _HAS])
    check_unique(place, objects, numbers)
    return Context(from_rows(crosses, len(attributes)), objects, attributes)


def _rows(place: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a table with the lines they end on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if not cells:
                raise malformed(place, reader.line_num, "is empty", "remove it")
            broken = next((cell for cell in cells if "\n" in cell or "\r" in cell), None)
            if broken is not None:
                raise malformed(place, reader.line_num, f"ends the cell {broken!r}", "keep cells on one line")
            yield reader.line_num, cells
    except csv.Error as error:
        raise malformed(place, reader.line_num, f"is no row of a table ({error})", "mend it") from None


def write_csv(context: Context, path: str | os.PathLike[str]) -> Path:
    """Write a context as a comma-separated table with names, of ones and zeros.

    Parameters
    ----------
    context : Context
        What to write. A file has a cell for every object and attribute, crossed or not.
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
    >>> from saelib.lattice import Context, write_csv
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_csv(Context([[1, 0]], ["dog"], ["barks", "a, b"]), f"{folder}/a.csv").read_text())
    object,barks,"a, b"
    dog,1,0
    <BLANKLINE>
    """
    incidence = checked_context(context).incidence
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["object", *(checked_line("attributes", name) for name in context.attributes)])
    for i, name in enumerate(context.objects):
        cells = ["0"] * context.n_attributes
        for attribute in row(incidence, i):
            cells[attribute] = "1"
        writer.writerow([checked_line("objects", name), *cells])
    return write_text(path, table.getvalue())
