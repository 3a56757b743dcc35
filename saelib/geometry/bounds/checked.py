"""Numbers that a closed form is asked about, or the reason why it has no answer."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["checked_confidence", "checked_numbers", "checked_whole"]

Floats = npt.NDArray[np.float64]

_TESTS = {"at least": operator.ge, "above": operator.gt, "at most": operator.le, "below": operator.lt}


def checked_numbers(argument: str, values: Any, **limits: float) -> Floats:
    """Turn what was given into finite float64 within its limits.

    Parameters
    ----------
    argument : str
        Its name, for the error.
    values : array_like
        Numbers.
    **limits : float
        Any of ``at_least``, ``above``, ``at_most``, ``below``.

    Returns
    -------
    ndarray
        float64.

    Raises
    ------
    InputError
        If a value is no number, not finite or outside its limits.

    Examples
    --------
    >>> checked_numbers("tau", [0.5, 1], above=0)
    array([0.5, 1. ])
    >>> checked_numbers("tau", 0, above=0)
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: tau holds 0.0: give finite numbers above 0
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(argument, f"is {values!r}", "give a number or an array of numbers") from None
    words = {name.replace("_", " "): limit for name, limit in limits.items()}
    bad = ~np.isfinite(array)
    for word, limit in words.items():
        bad |= ~_TESTS[word](array, limit)
    if bad.any():
        wanted = " and ".join(f"{word} {limit:g}" for word, limit in words.items())
        raise InputError(argument, f"holds {array[bad].flat[0]}", f"give finite numbers {wanted}".rstrip())
    return array


def checked_whole(argument: str, value: Any, at_least: int) -> int:
    """Turn what was given into a Python integer of any size.

    Parameters
    ----------
    argument : str
        Its name, for the error.
    value : int
        Also of numpy's kinds, but no bool and no float.
    at_least : int
        Smallest that is allowed.

    Returns
    -------
    int
        Exact.

    Raises
    ------
    InputError
        If it is no integer, or too small.

    Examples
    --------
    >>> checked_whole("k", np.int64(3), 1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < at_least:
        raise InputError(argument, f"is {value!r}", f"give an integer from {at_least} up")
    return int(value)


def checked_confidence(value: Any) -> float:
    """Refuse a confidence that is no number strictly between 0 and 1.

    Parameters
    ----------
    value : float
        For instance 0.95.

    Returns
    -------
    float
        The same.

    Raises
    ------
    InputError
        Otherwise.

    Examples
    --------
    >>> checked_confidence(0.95)
    0.95
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating)) or not 0 < value < 1:
        raise InputError("confidence", f"is {value!r}", "give a number between 0 and 1, such as 0.95")
    return float(value)
