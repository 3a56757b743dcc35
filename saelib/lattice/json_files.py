"""Contexts as JSON: exact, and small where few objects have an attribute."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from saelib.errors import InputError
from saelib.lattice.checks import checked_context
from saelib.lattice.context import Context
from saelib.lattice.rows import from_rows, row
from saelib.lattice.text_files import LARGEST, malformed, read_text, write_text

__all__ = ["read_json", "write_json"]


def read_json(path: str | os.PathLike[str], *, max_bytes: int = LARGEST) -> Context:
    """Read a context from JSON.

    Parameters
    ----------
    path : path
        A UTF-8 file with one JSON object: ``objects`` and ``attributes``, lists of names, and ``incidence``,
        for each object the list of the numbers of its attributes (from 0, in any order, none twice). Other
        keys are ignored.
    max_bytes : int, default 2**28
        Refuse a larger file.

    Returns
    -------
    Context
        Under the names of the file.

    Raises
    ------
    InputError
        If the file cannot be read, is too large, is no JSON (the line is named) or no context (the place
        within it is named).

    Examples
    --------
    >>> import tempfile
    >>> from saelib.lattice import read_json
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     whole = {"objects": ["frog", "dog"], "attributes": ["a", "b"], "incidence": [[0], [1, 0]]}
    ...     _ = Path(folder, "a.json").write_text(json.dumps(whole))
    ...     context = read_json(f"{folder}/a.json")
    >>> context.objects, context.attributes, context.extent(["b"])
    (('frog', 'dog'), ('a', 'b'), array([1]))
    """
    place, text = read_text(path, max_bytes)
    whole = _parsed(place, text)
    if not isinstance(whole, dict):
        raise InputError("path", f"{place} holds a {type(whole).__name__}", "give one JSON object")
    missing = [key for key in ("objects", "attributes", "incidence") if not isinstance(whole.get(key), list)]
    if missing:
        raise InputError("path", f"{place} has no list {missing[0]!r}", "add it")
    objects, attributes, incidence = whole["objects"], whole["attributes"], whole["incidence"]
    for key, names in (("objects", objects), ("attributes", attributes)):
        _check_names(place, key, names)
    if len(incidence) != len(objects):
        offence = f"{place} has {len(incidence)} entries in 'incidence'"
        raise InputError("path", offence, f"give {len(objects)}, one an object")
    rows = [_checked_row(place, i, entry, len(attributes)) for i, entry in enumerate(incidence)]
    return Context(from_rows(rows, len(attributes)), objects, attributes)


def _parsed(place: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise malformed(place, error.lineno, f"is no JSON ({error.msg})", "mend it") from None
    except (ValueError, RecursionError) as error:
        raise InputError("path", f"{place} is no context ({error})", "give names and numbers") from None


def _check_names(place: Path, key: str, names: list[Any]) -> None:
    seen: dict[str, int] = {}
    for i, name in enumerate(names):
        if not isinstance(name, str):
            raise InputError("path", f"{place} has {name!r} in {key!r} at {i}", "give strings")
        if name in seen:
            offence = f"{place} has {name!r} in {key!r} at {seen[name]} and at {i}"
            raise InputError("path", offence, "make every name unique")
        seen[name] = i


def _checked_row(place: Path, i: int, entry: Any, n_attributes: int) -> list[int]:
    if not isinstance(entry, list):
        raise InputError("path", f"{place} has {entry!r} in 'incidence' at {i}", "give a list of numbers")
    for number in entry:
        # True is an integer to Python, and to nobody who reads the file.
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < n_attributes:
            offence = f"{place} has {number!r} in 'incidence' at {i}"
            raise InputError("path", offence, f"give numbers from 0 to below {n_attributes}")
    if len(set(entry)) < len(entry):
        raise InputError("path", f"{place} names an attribute twice in 'incidence' at {i}", "name each once")
    return sorted(entry)


def write_json(context: Context, path: str | os.PathLike[str]) -> Path:
    """Write a context as JSON, an object a line; the layout is that of :func:`read_json`.

    Parameters
    ----------
    context : Context
        What to write. Names may hold anything, line breaks too.
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
    >>> from saelib.lattice import Context, write_json
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_json(Context([[0, 1]], ["dog"], ["barks", "swims"]), f"{folder}/a.json").read_text())
    {"objects": ["dog"],
     "attributes": ["barks", "swims"],
     "incidence": [[1]]}
    """
    incidence = checked_context(context).incidence
    objects, attributes = (
        json.dumps(list(names), ensure_ascii=False) for names in (context.objects, context.attributes)
    )
    rows = ",\n  ".join(json.dumps(row(incidence, i).tolist()) for i in range(context.n_objects))
    return write_text(
        path, f'{{"objects": {objects},\n "attributes": {attributes},\n "incidence": [{rows}]}}\n'
    )
