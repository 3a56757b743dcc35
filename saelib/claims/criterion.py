"""A threshold and the side of it on which a number has to lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

from saelib.errors import InputError

_SIGNS = {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">"}


@dataclass(frozen=True)
class Criterion:
    """The pre-declared test of one quantity.

    With an interval the whole interval has to lie on the right side: an effect whose interval crosses the
    threshold has not been shown.

    Parameters
    ----------
    kind : {"at_most", "below", "at_least", "above"}
        ``<=``, ``<``, ``>=`` or ``>``.
    threshold : float
        The number to compare with, in the quantity's own unit.

    Raises
    ------
    InputError
        If the kind is unknown or the threshold is not a finite number.

    Examples
    --------
    >>> gap = Criterion("above", 0.05)
    >>> gap.holds(0.1)
    True
    >>> gap.holds(0.1, interval=(0.04, 0.16))
    False
    >>> str(gap)
    '> 0.05'
    """

    kind: str
    threshold: float

    def __post_init__(self) -> None:
        if self.kind not in _SIGNS:
            raise InputError("kind", f"is {self.kind!r}", f"give one of {', '.join(_SIGNS)}")
        if (
            not isinstance(self.threshold, int | float)
            or isinstance(self.threshold, bool)
            or not math.isfinite(self.threshold)
        ):
            raise InputError("threshold", f"is {self.threshold!r}", "give a finite number")

    def holds(self, value: float, interval: tuple[float, float] | None = None) -> bool:
        """Whether the value, or the whole of its interval, is on the right side of the threshold.

        Parameters
        ----------
        value : float
            The measured quantity.
        interval : tuple of float, optional
            Lower and upper end. When given, its worse end decides.

        Returns
        -------
        bool
            The test's answer.

        Examples
        --------
        >>> Criterion("at_most", 0).holds(0), Criterion("below", 0).holds(0)
        (True, False)
        """
        low, high = interval if interval is not None else (value, value)
        if self.kind == "at_most":
            return high <= self.threshold
        if self.kind == "below":
            return high < self.threshold
        if self.kind == "at_least":
            return low >= self.threshold
        return low > self.threshold

    def __str__(self) -> str:
        return f"{_SIGNS[self.kind]} {self.threshold:g}"
