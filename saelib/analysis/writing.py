"""The folder of an analysis: files that appear whole, and nobody else's files overwritten."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pandas as pd

from saelib.errors import InputError

__all__ = ["own_folder", "write_bytes", "write_facts", "write_table"]

_MARK = ".saelib-analysis"


@contextmanager
def own_folder(folder: Path) -> Iterator[None]:
    """Take a folder for an analysis, for as long as it runs.

    Parameters
    ----------
    folder : Path
        New, empty, or that of an earlier analysis.

    Raises
    ------
    InputError
        If it holds something else, cannot be written, or another analysis is running in it.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> with own_folder(place):
    ...     pass
    >>> [item.name for item in place.iterdir()]
    ['.saelib-analysis']
    """
    with _locked(folder):
        yield


def _locked(folder: Path) -> IO[str]:
    mark = folder / _MARK
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError("out", f"{folder} is a file", "name a folder")
        if folder.is_dir() and not mark.is_file() and any(folder.iterdir()):
            raise InputError("out", f"{folder} holds files that are not ours", "name a new or empty folder")
        folder.mkdir(parents=True, exist_ok=True)
        lock = mark.open("a")
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        mend = "wait for it or name another folder"
        raise InputError("out", f"{folder} is in use by another analysis", mend) from None
    return lock


def _unwritable(folder: Path, error: OSError) -> InputError:
    reason = error.strerror or str(error)
    return InputError("out", f"{folder} cannot be written ({reason})", "make room or name another folder")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that no reader, and no later run after a kill, ever sees a part of it.

    Parameters
    ----------
    path : Path
        Where to; missing folders are made.
    content : bytes
        The whole content.

    Raises
    ------
    InputError
        If the folder cannot be written; nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "new" / "a.txt"
    >>> write_bytes(place, b"whole")
    >>> place.read_bytes()
    b'whole'
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise _unwritable(path.parent, error) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write a table to ``folder/tables/NAME.parquet``, the same bytes for the same content.

    Parameters
    ----------
    folder : Path
        Of the analysis.
    name : str
        Of the table.
    frame : pandas.DataFrame
        The table.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> write_table(place, "pairs", pd.DataFrame({"count": [1]}))
    >>> pd.read_parquet(place / "tables" / "pairs.parquet")["count"].tolist()
    [1]
    """
    write_bytes(folder / "tables" / f"{name}.parquet", frame.to_parquet(index=False))


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the facts to ``folder/facts.json``.

    Parameters
    ----------
    folder : Path
        Of the analysis.
    facts : mapping
        JSON-ready; NaN and infinities are refused.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> write_facts(place, {"l0": 8.0})
    >>> json.loads((place / "facts.json").read_text())
    {'l0': 8.0}
    """
    text = json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_bytes(folder / "facts.json", f"{text}\n".encode())
