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
    from saelib.geometry.neuron import Neuron

_HOME = {
    "Neuron": "saelib.geometry.neuron",
    "Patterns": "saelib.geometry.arrangements",
    "activation_patterns": "saelib.geometry.arrangements",
    "arrangement_cells": "saelib.geometry.arrangements",
    "sampled_patterns": "saelib.geometry.arrangements",
}

__all__ = [
    "Neuron",
    "Patterns",
    "activation_patterns",
    "arrangement_cells",
    "bounds",
    "sampled_patterns",
]


def __getattr__(name: str) -> Any:
    if name == "bounds":
        return importlib.import_module("saelib.geometry.bounds")
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.geometry' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
