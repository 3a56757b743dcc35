"""Compilation of the loops that arrays cannot express, kept on disk where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call, once for all processes if there is a place to keep the result."""
    try:
        return cast(Function, njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return cast(Function, njit(nogil=True)(function))


@compiled
def grown(array, length):  # type: ignore[no-untyped-def]
    """Return an array of at least this length that begins with the old one."""
    if length <= len(array):
        return array
    larger = np.empty(max(length, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger
