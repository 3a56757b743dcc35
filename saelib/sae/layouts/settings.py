"""Reading settings of a configuration of unknown origin."""

from __future__ import annotations

from typing import Any

from saelib.errors import InputError


def unfit(file: str, offence: str, mend: str) -> InputError:
    """The error for a configuration that cannot be honoured."""
    return InputError(file, offence, mend)


def size_in(config: dict[str, Any], name: str, file: str) -> int:
    """A positive integer of a configuration, or `InputError`."""
    value = config.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise unfit(file, f"has {name} = {value!r}", "give a positive integer")
    return value
