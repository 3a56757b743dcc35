"""Absolute and relative gating: what neurons can do when they compete (T6).

Where a neuron of a Top-K dictionary fires
    :func:`level_regions` says it by counting rivals, :func:`refined_dictionary` gives the arrangement whose
    cells these regions are made of.
Top-1 dictionaries and power diagrams
    :func:`voronoi_sae` builds the one from the other, :func:`power_sites` reads the other from the one.
Families of disjoint concepts
    :func:`top_one_family` finds a dictionary with a neuron for each, or a reason why there is none.
Neurons that decide alone
    :func:`common_point` of two half-spaces, exactly.
"""

from __future__ import annotations

from saelib.geometry.gating.half_spaces import common_point
from saelib.geometry.gating.power import power_sites, voronoi_sae
from saelib.geometry.gating.regions import LevelRegions, level_regions, refined_dictionary
from saelib.geometry.gating.top_one import NoTopOneFamily, TopOneFamily, UndecidedFamily, top_one_family

__all__ = [
    "LevelRegions",
    "NoTopOneFamily",
    "TopOneFamily",
    "UndecidedFamily",
    "common_point",
    "level_regions",
    "power_sites",
    "refined_dictionary",
    "top_one_family",
    "voronoi_sae",
]
