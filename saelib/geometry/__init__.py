"""What geometry and counting allow: certificates, units, regions, and bounds that no training can beat.

Names are imported on first use: a stage that needs a closed form depends on that file, not on the solvers
beside it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.geometry import bounds
    from saelib.geometry.neuron import Neuron

_HOME = {
    "Neuron": "saelib.geometry.neuron",
}

__all__ = ["Neuron", "bounds"]


def __getattr__(name: str) -> Any:
    if name == "bounds":
        return importlib.import_module("saelib.geometry.bounds")
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.geometry' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
