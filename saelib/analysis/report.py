"""The report of an analysis: one HTML file that loads nothing, to be opened, searched and sent on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from saelib.analysis.columns import TABLES
from saelib.analysis.report_page import page
from saelib.analysis.writing import write_bytes
from saelib.errors import InputError
from saelib.lattice import FormalConcepts

__all__ = ["write_report"]


def write_report(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any],
    lattice: FormalConcepts | None,
    *,
    provisional: bool,
) -> Path:
    """Write the tables of an analysis as one page of HTML.

    The page is complete in itself: style, script, data and drawings are part of it, a policy in its head
    forbids anything else, and every name from outside is shown as text. Without a script, the first rows of
    each table and all drawings are still there. The same input gives the same bytes.

    Parameters
    ----------
    folder : Path
        Where to; made if it is missing. The file is ``report.html`` and appears whole or not at all.
    tables : mapping of str to pandas.DataFrame
        By the names in :data:`saelib.analysis.TABLES` and with their columns. One that is not there is said
        to be not computed. Of tables that are too large for a page the first rows are kept.
    facts : mapping
        What was analysed and how: sizes, L0, options. What is known by name stands at the top; everything is
        listed at the end.
    lattice : FormalConcepts or None
        To be drawn: concepts are its objects, neurons its attributes.
    provisional : bool
        Whether this is a first look at a sample, which the page then says.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If a table is none of an analysis or lacks a column, or the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_report(Path(folder), {}, {"d_sae": 1024}, None, provisional=True)
    ...     path.name, "1,024" in path.read_text()
    ('report.html', True)
    """
    for name, table in tables.items():
        if name not in TABLES:
            raise InputError("tables", f"has {name!r}", f"give some of {', '.join(TABLES)}")
        if not isinstance(table, pd.DataFrame):
            raise InputError("tables", f"has a {type(table).__name__} as {name!r}", "give a pandas DataFrame")
        for column in TABLES[name].columns:
            if column.name not in table.columns:
                raise InputError("tables", f"lacks {column.name!r} in {name!r}", "give all of its columns")
    if lattice is not None and not isinstance(lattice, FormalConcepts):
        raise InputError("lattice", f"is a {type(lattice).__name__}", "give formal concepts, or None")
    if not isinstance(facts, Mapping):
        raise InputError("facts", f"is a {type(facts).__name__}", "give a mapping")
    path = Path(folder) / "report.html"
    content = page(tables, facts, lattice, provisional=provisional).encode("utf-8")
    try:
        write_bytes(path, content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("folder", f"{folder} cannot be written ({reason})", "name another one") from None
    return path
