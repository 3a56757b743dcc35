"""What the functions on contexts accept."""

from __future__ import annotations

from typing import Any

import numpy as np

from saelib.errors import InputError
from saelib.lattice.context import Context


def checked_context(context: Any, argument: str = "context") -> Context:
    """Refuse what is not a context."""
    if not isinstance(context, Context):
        raise InputError(argument, f"is a {type(context).__name__}", "give a saelib.lattice.Context")
    return context


def checked_count(argument: str, value: Any, least: int) -> int:
    """Return an integer that is not below the least, refuse anything else."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        raise InputError(argument, f"is {value!r}", f"give an integer from {least} up")
    return int(value)
