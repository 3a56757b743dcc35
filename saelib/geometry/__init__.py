"""What geometry and counting allow: certificates, units, regions, and bounds that no training can beat.

Names are imported on first use: a stage that needs a closed form depends on that file, not on the solvers
beside it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.geometry import bounds
    from saelib.geometry.arrangements import (
        Patterns,
        activation_patterns,
        arrangement_cells,
        sampled_patterns,
    )
    from saelib.geometry.certificate import Certificate
    from saelib.geometry.dichotomies import linear_dichotomies
    from saelib.geometry.neuron import Neuron
    from saelib.geometry.separation import Separation, Undecided, separate

_HOME = {
    "Certificate": "saelib.geometry.certificate",
    "Neuron": "saelib.geometry.neuron",
    "Patterns": "saelib.geometry.arrangements",
    "Separation": "saelib.geometry.separation",
    "Undecided": "saelib.geometry.separation",
    "activation_patterns": "saelib.geometry.arrangements",
    "arrangement_cells": "saelib.geometry.arrangements",
    "linear_dichotomies": "saelib.geometry.dichotomies",
    "sampled_patterns": "saelib.geometry.arrangements",
    "separate": "saelib.geometry.separation",
}

__all__ = [
    "Certificate",
    "Neuron",
    "Patterns",
    "Separation",
    "Undecided",
    "activation_patterns",
    "arrangement_cells",
    "bounds",
    "linear_dichotomies",
    "sampled_patterns",
    "separate",
]


def __getattr__(name: str) -> Any:
    if name == "bounds":
        return importlib.import_module("saelib.geometry.bounds")
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.geometry' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
