"""Closed-form bounds, each under its theorem's name, and the attempt to refute it.

T1 (three notions)
    :func:`recall_floor`, :func:`leak_ceiling`, :func:`distance_ceiling`.
T5a (activation patterns)
    :func:`pattern_ceiling`; exact counts of small arrangements by :func:`count_cells`.
T5b (a unit for every concept)
    :func:`least_dictionary`, :func:`dictionary_floor`, :func:`dictionary_bracket`.
T5c (one neuron, Cover)
    :func:`separable_subsets`, :func:`separable_fraction`.
T5d (sparsity budget)
    :func:`sparsity_floor`, :func:`size_floor`, :func:`sparsity_budget`.
T5e (Jaccard budget)
    :func:`jaccard_budget`.
T7a (interference and noise)
    :func:`noise_miss_ceiling`, :func:`noise_leak_ceiling`, :func:`coherence_limit`, :func:`noise_threshold`,
    :func:`mixed_signs_ceiling`; with Welch :func:`welch_bound`, :func:`concept_cap`.
T7b (mean and variance, Cantelli)
    :func:`cantelli_miss`, :func:`cantelli_leak`.
T7c (samples)
    :func:`sample_band`, :func:`samples_needed`, :func:`exact_band`, :func:`points_needed`,
    :func:`jaccard_band`, :func:`bands_on_jaccard`.
All of them
    :func:`try_to_refute` draws instances that are as nasty as we could make them, and
    :func:`extremal_instances` those on which the bound is attained. :func:`noise_trials`,
    :func:`moment_trials` and :func:`band_trials` run neurons on drawn points, since T7 speaks of
    probabilities.

Proofs are in the chapters, in the folded blocks below the theorems of the same names. Names are imported on
first use: a stage that needs one closed form depends on that file alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.data.synthetic.directions import welch_bound
    from saelib.geometry.bounds.cantelli import cantelli_leak, cantelli_miss
    from saelib.geometry.bounds.cells import count_cells
    from saelib.geometry.bounds.cover import separable_fraction, separable_subsets
    from saelib.geometry.bounds.jaccard import JaccardBudget, jaccard_budget
    from saelib.geometry.bounds.jaccard_ways import bands_on_jaccard
    from saelib.geometry.bounds.luck import separable_by_luck
    from saelib.geometry.bounds.noise import (
        coherence_limit,
        mixed_signs_ceiling,
        noise_leak_ceiling,
        noise_miss_ceiling,
        noise_threshold,
    )
    from saelib.geometry.bounds.notions import distance_ceiling, leak_ceiling, recall_floor
    from saelib.geometry.bounds.own_units import dictionary_bracket, dictionary_floor, least_dictionary
    from saelib.geometry.bounds.patterns import pattern_ceiling
    from saelib.geometry.bounds.refutation import extremal_instances, try_to_refute
    from saelib.geometry.bounds.samples import (
        exact_band,
        jaccard_band,
        points_needed,
        sample_band,
        samples_needed,
    )
    from saelib.geometry.bounds.sparsity import SparsityBudget, size_floor, sparsity_budget, sparsity_floor
    from saelib.geometry.bounds.trials_of_bands import band_trials
    from saelib.geometry.bounds.trials_of_moments import moment_trials
    from saelib.geometry.bounds.trials_of_noise import noise_trials, star_directions
    from saelib.geometry.bounds.welch import concept_cap

_HOME = {
    "JaccardBudget": "saelib.geometry.bounds.jaccard",
    "SparsityBudget": "saelib.geometry.bounds.sparsity",
    "band_trials": "saelib.geometry.bounds.trials_of_bands",
    "bands_on_jaccard": "saelib.geometry.bounds.jaccard_ways",
    "cantelli_leak": "saelib.geometry.bounds.cantelli",
    "cantelli_miss": "saelib.geometry.bounds.cantelli",
    "coherence_limit": "saelib.geometry.bounds.noise",
    "concept_cap": "saelib.geometry.bounds.welch",
    "count_cells": "saelib.geometry.bounds.cells",
    "dictionary_bracket": "saelib.geometry.bounds.own_units",
    "dictionary_floor": "saelib.geometry.bounds.own_units",
    "distance_ceiling": "saelib.geometry.bounds.notions",
    "exact_band": "saelib.geometry.bounds.samples",
    "extremal_instances": "saelib.geometry.bounds.refutation",
    "jaccard_band": "saelib.geometry.bounds.samples",
    "jaccard_budget": "saelib.geometry.bounds.jaccard",
    "leak_ceiling": "saelib.geometry.bounds.notions",
    "least_dictionary": "saelib.geometry.bounds.own_units",
    "mixed_signs_ceiling": "saelib.geometry.bounds.noise",
    "moment_trials": "saelib.geometry.bounds.trials_of_moments",
    "noise_leak_ceiling": "saelib.geometry.bounds.noise",
    "noise_miss_ceiling": "saelib.geometry.bounds.noise",
    "noise_threshold": "saelib.geometry.bounds.noise",
    "noise_trials": "saelib.geometry.bounds.trials_of_noise",
    "pattern_ceiling": "saelib.geometry.bounds.patterns",
    "points_needed": "saelib.geometry.bounds.samples",
    "recall_floor": "saelib.geometry.bounds.notions",
    "sample_band": "saelib.geometry.bounds.samples",
    "samples_needed": "saelib.geometry.bounds.samples",
    "separable_by_luck": "saelib.geometry.bounds.luck",
    "separable_fraction": "saelib.geometry.bounds.cover",
    "separable_subsets": "saelib.geometry.bounds.cover",
    "size_floor": "saelib.geometry.bounds.sparsity",
    "sparsity_budget": "saelib.geometry.bounds.sparsity",
    "sparsity_floor": "saelib.geometry.bounds.sparsity",
    "star_directions": "saelib.geometry.bounds.trials_of_noise",
    "try_to_refute": "saelib.geometry.bounds.refutation",
    "welch_bound": "saelib.data.synthetic.directions",
}

__all__ = [
    "JaccardBudget",
    "SparsityBudget",
    "band_trials",
    "bands_on_jaccard",
    "cantelli_leak",
    "cantelli_miss",
    "coherence_limit",
    "concept_cap",
    "count_cells",
    "dictionary_bracket",
    "dictionary_floor",
    "distance_ceiling",
    "exact_band",
    "extremal_instances",
    "jaccard_band",
    "jaccard_budget",
    "leak_ceiling",
    "least_dictionary",
    "mixed_signs_ceiling",
    "moment_trials",
    "noise_leak_ceiling",
    "noise_miss_ceiling",
    "noise_threshold",
    "noise_trials",
    "pattern_ceiling",
    "points_needed",
    "recall_floor",
    "sample_band",
    "samples_needed",
    "separable_by_luck",
    "separable_fraction",
    "separable_subsets",
    "size_floor",
    "sparsity_budget",
    "sparsity_floor",
    "star_directions",
    "try_to_refute",
    "welch_bound",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.geometry.bounds' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
