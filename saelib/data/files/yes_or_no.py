"""Large CSV files of yes and no: cells are found by their separators alone, faster than by any parser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

#: What a column of yes and no may hold, in small letters.
YES, NO = frozenset({"1", "true", "1.0"}), frozenset({"0", "false", "0.0"})
_BLOCK = 1 << 18  # small enough that what is made of it stays in the cache
_COMMA, _NEWLINE = b",\n"
# How long a cell is by the letter it begins with; 0 for letters that none begins with.
_LENGTHS = np.zeros(256, np.int64)
_LENGTHS[list(b"01")], _LENGTHS[list(b"tT")], _LENGTHS[list(b"fF")] = 1, 4, 5
_IS_YES = np.zeros(256, bool)
_IS_YES[list(b"1tT")] = True


def yes_or_no_membership(path: Path, n_columns: int) -> sparse.csr_array | None:
    r"""Read a CSV file whose cells are all 0, 1, true or false, without quotes or blanks.

    Parameters
    ----------
    path : Path
        The file, known to be UTF-8; its first line is passed over.
    n_columns : int
        Cells in a row.

    Returns
    -------
    csr_array or None
        Boolean [n_rows, n_columns]; or None as soon as anything else is met, which is then somebody else's to
        read or to refuse.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "labels.csv"
    >>> _ = place.write_bytes(b"a,b\n1,False\n0,True\n")
    >>> yes_or_no_membership(place, 2).toarray().tolist()
    [[True, False], [False, True]]
    """
    counts, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for block in _whole_lines(path):
        holds = _cells(np.frombuffer(block, np.uint8), n_columns)
        if holds is None:
            return None
        places = np.flatnonzero(holds)
        counts.append(np.bincount(places // n_columns, minlength=len(holds) // n_columns))
        columns.append((places % n_columns).astype(np.int32))
    found, by_row = np.concatenate(columns), np.concatenate(counts)
    indptr = np.concatenate([[0], np.cumsum(by_row)])
    return sparse.csr_array((np.ones(found.size, bool), found, indptr), shape=(by_row.size, n_columns))


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.readline()
        rest = b""
        while block := stream.read(_BLOCK):
            lines, newline, rest = (rest + block).rpartition(b"\n")
            if newline:
                yield (lines + newline).replace(b"\r\n", b"\n")
            elif len(rest) > _BLOCK:  # no line is so long
                break
        if rest:
            yield rest.removesuffix(b"\r") + b"\n"


def _cells(text: np.ndarray, n_columns: int) -> np.ndarray | None:
    """Whether each cell says yes, row by row, if every cell says yes or no."""
    ends = np.flatnonzero((text == _COMMA) | (text == _NEWLINE))
    if ends.size % n_columns:
        return None
    # A line ends after every n-th cell and nowhere else.
    last = text[ends].reshape(-1, n_columns) == _NEWLINE
    if not last[:, -1].all() or last[:, :-1].any():
        return None
    starts = np.concatenate([[0], ends[:-1] + 1])
    first = text[starts]
    if (lengths := ends - starts).min() < 1 or (lengths != _LENGTHS[first]).any():
        return None
    for word in (b"true", b"false"):
        begins = starts[lengths == len(word)] if lengths.max() > 1 else starts[:0]
        for offset, letter in enumerate(word):
            if (text[begins + offset] | 0x20 != letter).any():  # 0x20 makes a capital letter small
                return None
    return _IS_YES[first]
