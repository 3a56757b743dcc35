"""What geometry and counting allow: certificates, units, regions, and bounds that no training can beat.

Names are imported on first use: a stage that needs a closed form depends on that file, not on the solvers
beside it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.geometry import bounds, polytopes
    from saelib.geometry.adversarial import INSTANCE_KINDS, KnownInstance, known_instances
    from saelib.geometry.arrangements import (
        Patterns,
        activation_patterns,
        arrangement_cells,
        sampled_patterns,
    )
    from saelib.geometry.certificate import Certificate
    from saelib.geometry.cutting import cut
    from saelib.geometry.dichotomies import linear_dichotomies
    from saelib.geometry.neuron import Neuron
    from saelib.geometry.polytopes import irreducible_error
    from saelib.geometry.separation import Separation, Undecided, separate
    from saelib.geometry.unit import Cut, Refusal, UnsettledCut

_HOME = {
    "Certificate": "saelib.geometry.certificate",
    "Cut": "saelib.geometry.unit",
    "INSTANCE_KINDS": "saelib.geometry.adversarial",
    "KnownInstance": "saelib.geometry.adversarial",
    "Neuron": "saelib.geometry.neuron",
    "Patterns": "saelib.geometry.arrangements",
    "Refusal": "saelib.geometry.unit",
    "Separation": "saelib.geometry.separation",
    "Undecided": "saelib.geometry.separation",
    "UnsettledCut": "saelib.geometry.unit",
    "activation_patterns": "saelib.geometry.arrangements",
    "arrangement_cells": "saelib.geometry.arrangements",
    "cut": "saelib.geometry.cutting",
    "irreducible_error": "saelib.geometry.polytopes",
    "known_instances": "saelib.geometry.adversarial",
    "linear_dichotomies": "saelib.geometry.dichotomies",
    "sampled_patterns": "saelib.geometry.arrangements",
    "separate": "saelib.geometry.separation",
}

__all__ = [
    "INSTANCE_KINDS",
    "Certificate",
    "Cut",
    "KnownInstance",
    "Neuron",
    "Patterns",
    "Refusal",
    "Separation",
    "Undecided",
    "UnsettledCut",
    "activation_patterns",
    "arrangement_cells",
    "bounds",
    "cut",
    "irreducible_error",
    "known_instances",
    "linear_dichotomies",
    "polytopes",
    "sampled_patterns",
    "separate",
]


def __getattr__(name: str) -> Any:
    if name in ("bounds", "polytopes"):
        return importlib.import_module(f"saelib.geometry.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.geometry' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
