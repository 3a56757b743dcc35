"""The four verdicts, and how the parts of a claim add up to one."""

from __future__ import annotations

from collections.abc import Iterable

HELD = "held"
HELD_IN_PART = "held in part"
DID_NOT_HOLD = "did not hold"
NOT_RUN = "not run"


def combined(parts: Iterable[bool | None]) -> str:
    """The verdict of a claim from the verdicts of its parts.

    Parameters
    ----------
    parts : iterable of bool or None
        One entry a declared quantity: whether its criterion holds, ``None`` if it was not recorded.

    Returns
    -------
    str
        ``"not run"`` while any part is missing, else ``"held"``, ``"held in part"`` or ``"did not hold"``.

    Examples
    --------
    >>> combined([True, True]), combined([True, False]), combined([False]), combined([True, None])
    ('held', 'held in part', 'did not hold', 'not run')
    """
    answers = list(parts)
    if not answers or None in answers:
        return NOT_RUN
    if all(answers):
        return HELD
    return HELD_IN_PART if any(answers) else DID_NOT_HOLD
