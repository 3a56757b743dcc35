"""A word out of a fixed few."""

from __future__ import annotations

from typing import Any

from saelib.errors import InputError


def checked_choice(argument: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return the word if it is one of the choices, refuse it otherwise."""
    if not isinstance(value, str) or value not in choices:
        raise InputError(argument, f"is {value!r}", f"give one of {', '.join(choices)}")
    return value
