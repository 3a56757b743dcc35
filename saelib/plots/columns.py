"""What a plotting function may ask of its frame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from saelib.errors import InputError

__all__ = ["need_columns", "ordered"]


def need_columns(frame: pd.DataFrame, *columns: str | None) -> None:
    """Raise :class:`~saelib.errors.InputError` unless ``frame`` is a non-empty frame with all ``columns``.

    Parameters
    ----------
    frame : pandas.DataFrame
        The tidy frame a plotting function was given.
    *columns : str or None
        Names it needs; None stands for an optional column that was not asked for.

    Raises
    ------
    InputError
        If ``frame`` is no frame, has no row, or lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> need_columns(pd.DataFrame({"x": [1]}), "y")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: frame lacks the column 'y': give a frame with it; this one has ['x']
    """
    if not isinstance(frame, pd.DataFrame):
        raise InputError("frame", f"is a {type(frame).__name__}", "give a pandas DataFrame")
    for column in columns:
        if column is not None and column not in frame.columns:
            raise InputError(
                "frame",
                f"lacks the column {column!r}",
                f"give a frame with it; this one has {list(frame.columns)}",
            )
    if frame.empty:
        raise InputError("frame", "has no row", "give at least one")


def ordered(column: pd.Series) -> list[Any]:
    """Distinct values of a column as a legend should list them.

    Categories keep their declared order, numbers are sorted, anything else comes in order of first
    appearance.

    Parameters
    ----------
    column : pandas.Series
        A column of the frame.

    Returns
    -------
    list
        Its distinct values without missing ones.

    Examples
    --------
    >>> import pandas as pd
    >>> ordered(pd.Series([8, 2, 8])), ordered(pd.Series(["small", "large", "small"]))
    ([2, 8], ['small', 'large'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.dropna())
        return [value for value in column.cat.categories if value in present]
    values: list[Any] = column.dropna().drop_duplicates().tolist()
    return sorted(values) if pd.api.types.is_numeric_dtype(column) else values
