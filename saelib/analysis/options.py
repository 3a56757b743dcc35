"""The settings of an analysis, checked."""

from __future__ import annotations

import math
import numbers
from dataclasses import asdict, dataclass
from typing import Any

from saelib.analysis.concept_rows import Tolerances
from saelib.errors import InputError

__all__ = ["Options"]


@dataclass(frozen=True)
class Options:
    """What an analysis was asked for; see :func:`saelib.analysis.analyse`.

    Examples
    --------
    >>> Options(Tolerances(0.1, 0.1, 0.3, 2.0), 0.0, 4, 0, 20_000, 1).check()
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: alpha is 2.0: give a number from 0 to 1
    """

    tolerances: Tolerances
    threshold: float
    audit: int
    seed: int
    preview: int
    jobs: int

    def check(self) -> None:
        """Refuse what is out of range.

        Raises
        ------
        InputError
            Naming the option.
        """
        for name, value in asdict(self.tolerances).items():
            if not _is_number(value) or not 0 <= value <= 1:
                raise InputError(name, f"is {value!r}", "give a number from 0 to 1")
        if not _is_number(self.threshold) or not 0 <= self.threshold < math.inf:
            raise InputError("threshold", f"is {self.threshold!r}", "give a finite number from 0 up")
        for name, least in (("audit", 0), ("seed", 0), ("preview", 0), ("jobs", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < least:
                raise InputError(name, f"is {value!r}", f"give an integer from {least} up")

    def as_json(self) -> dict[str, Any]:
        """As plain numbers; without the number of threads, on which no number depends."""
        plain = {name: float(value) for name, value in asdict(self.tolerances).items()}
        rest = {name: int(getattr(self, name)) for name in ("audit", "seed", "preview")}
        return {**plain, "threshold": float(self.threshold), **rest}


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
