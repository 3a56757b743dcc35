"""Readers of a concept that look at more than one neuron: AND-units, OR-units, any Boolean function, a line.

Every answer is a :class:`Score`: integer counts of what is missed and leaked, and what follows from them.
Names are imported on first use, so that a search costs no solver that it does not call.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.units.boolean import BooleanLimit, boolean_limit
    from saelib.units.closed import closure_unit, interior_unit
    from saelib.units.comparison import three_errors
    from saelib.units.holding import held_by
    from saelib.units.linear import LinearUnit, linear_unit
    from saelib.units.score import Score
    from saelib.units.search import and_unit, or_unit
    from saelib.units.splitting import SplittingNumber, splitting_number
    from saelib.units.unit import Unit

_HOME = {
    "BooleanLimit": "saelib.units.boolean",
    "LinearUnit": "saelib.units.linear",
    "Score": "saelib.units.score",
    "SplittingNumber": "saelib.units.splitting",
    "Unit": "saelib.units.unit",
    "and_unit": "saelib.units.search",
    "boolean_limit": "saelib.units.boolean",
    "closure_unit": "saelib.units.closed",
    "held_by": "saelib.units.holding",
    "interior_unit": "saelib.units.closed",
    "linear_unit": "saelib.units.linear",
    "or_unit": "saelib.units.search",
    "splitting_number": "saelib.units.splitting",
    "three_errors": "saelib.units.comparison",
}

__all__ = [
    "BooleanLimit",
    "LinearUnit",
    "Score",
    "SplittingNumber",
    "Unit",
    "and_unit",
    "boolean_limit",
    "closure_unit",
    "held_by",
    "interior_unit",
    "linear_unit",
    "or_unit",
    "splitting_number",
    "three_errors",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.units' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
