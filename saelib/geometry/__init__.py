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
    from saelib.geometry.auditing import audit
    from saelib.geometry.certificate import Certificate
    from saelib.geometry.conflict import ConflictBound, conflict_bound
    from saelib.geometry.cutting import cut
    from saelib.geometry.dichotomies import linear_dichotomies
    from saelib.geometry.disjoint_certificates import packing, packing_bound
    from saelib.geometry.enclosing import limits
    from saelib.geometry.gating import (
        LevelRegions,
        NoTopOneFamily,
        TopOneFamily,
        UndecidedFamily,
        common_point,
        level_regions,
        power_sites,
        refined_dictionary,
        top_one_family,
        voronoi_sae,
    )
    from saelib.geometry.hinge import HingeNeuron, hinge_neuron
    from saelib.geometry.neuron import Neuron
    from saelib.geometry.polytopes import irreducible_error
    from saelib.geometry.separation import Separation, Undecided, separate
    from saelib.geometry.unit import Cut, Refusal, UnsettledCut
    from saelib.geometry.unit_minimum import MinimumCut, minimum_cut

_HOME = {
    "Certificate": "saelib.geometry.certificate",
    "ConflictBound": "saelib.geometry.conflict",
    "Cut": "saelib.geometry.unit",
    "HingeNeuron": "saelib.geometry.hinge",
    "INSTANCE_KINDS": "saelib.geometry.adversarial",
    "KnownInstance": "saelib.geometry.adversarial",
    "LevelRegions": "saelib.geometry.gating",
    "MinimumCut": "saelib.geometry.unit_minimum",
    "Neuron": "saelib.geometry.neuron",
    "NoTopOneFamily": "saelib.geometry.gating",
    "Patterns": "saelib.geometry.arrangements",
    "Refusal": "saelib.geometry.unit",
    "Separation": "saelib.geometry.separation",
    "TopOneFamily": "saelib.geometry.gating",
    "Undecided": "saelib.geometry.separation",
    "UndecidedFamily": "saelib.geometry.gating",
    "UnsettledCut": "saelib.geometry.unit",
    "activation_patterns": "saelib.geometry.arrangements",
    "arrangement_cells": "saelib.geometry.arrangements",
    "audit": "saelib.geometry.auditing",
    "common_point": "saelib.geometry.gating",
    "conflict_bound": "saelib.geometry.conflict",
    "cut": "saelib.geometry.cutting",
    "hinge_neuron": "saelib.geometry.hinge",
    "irreducible_error": "saelib.geometry.polytopes",
    "known_instances": "saelib.geometry.adversarial",
    "level_regions": "saelib.geometry.gating",
    "limits": "saelib.geometry.enclosing",
    "linear_dichotomies": "saelib.geometry.dichotomies",
    "minimum_cut": "saelib.geometry.unit_minimum",
    "packing": "saelib.geometry.disjoint_certificates",
    "packing_bound": "saelib.geometry.disjoint_certificates",
    "power_sites": "saelib.geometry.gating",
    "refined_dictionary": "saelib.geometry.gating",
    "sampled_patterns": "saelib.geometry.arrangements",
    "separate": "saelib.geometry.separation",
    "top_one_family": "saelib.geometry.gating",
    "voronoi_sae": "saelib.geometry.gating",
}

__all__ = [
    "INSTANCE_KINDS",
    "Certificate",
    "ConflictBound",
    "Cut",
    "HingeNeuron",
    "KnownInstance",
    "LevelRegions",
    "MinimumCut",
    "Neuron",
    "NoTopOneFamily",
    "Patterns",
    "Refusal",
    "Separation",
    "TopOneFamily",
    "Undecided",
    "UndecidedFamily",
    "UnsettledCut",
    "activation_patterns",
    "arrangement_cells",
    "audit",
    "bounds",
    "common_point",
    "conflict_bound",
    "cut",
    "hinge_neuron",
    "irreducible_error",
    "known_instances",
    "level_regions",
    "limits",
    "linear_dichotomies",
    "minimum_cut",
    "packing",
    "packing_bound",
    "polytopes",
    "power_sites",
    "refined_dictionary",
    "sampled_patterns",
    "separate",
    "top_one_family",
    "voronoi_sae",
]


def __getattr__(name: str) -> Any:
    if name in ("bounds", "polytopes"):
        return importlib.import_module(f"saelib.geometry.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.geometry' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
