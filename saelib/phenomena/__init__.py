"""What dictionaries do to concepts: absorption and its kin, as tidy frames of counts and shares.

Names are imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.phenomena.absorbing import absorption
    from saelib.phenomena.agreeing import rank_correlations
    from saelib.phenomena.building import dual_neurons, nested_neurons, nesting_on_and_off
    from saelib.phenomena.clustering import co_occurrence_clusters
    from saelib.phenomena.cutting_a_body import gap_of_halves, price_of_margin
    from saelib.phenomena.descending import descend
    from saelib.phenomena.detecting import concept_recovery, detectors
    from saelib.phenomena.dictionaries import absorbing_sae, faithful_sae
    from saelib.phenomena.family import families
    from saelib.phenomena.flowing import flow
    from saelib.phenomena.ground_truth import Recovery, recovery, recovery_null
    from saelib.phenomena.nesting import hierarchy, parallel_chains
    from saelib.phenomena.parting import splitting_bound, splitting_gap
    from saelib.phenomena.planting import planted
    from saelib.phenomena.probing import ConceptProbe, SplitSet, concept_probe, split_set
    from saelib.phenomena.published import published_absorption
    from saelib.phenomena.published_whole import published_scores
    from saelib.phenomena.saving import (
        Saving,
        absorption_saving,
        best_ratio,
        combined_direction_cost,
        least_l1_loss,
    )
    from saelib.phenomena.splitting_up import splitting
    from saelib.phenomena.trials_of_absorption import absorbing_at_rate, planted_scores, saving_trials
    from saelib.phenomena.trials_of_families import brute_families, family_trials
    from saelib.phenomena.trials_of_nesting import nesting_trials
    from saelib.phenomena.trials_of_splitting import (
        try_planted_splits,
        try_splitting_bound,
        try_splitting_number,
    )
    from saelib.phenomena.whole_space import outside_point

_HOME = {
    "ConceptProbe": "saelib.phenomena.probing",
    "Recovery": "saelib.phenomena.ground_truth",
    "Saving": "saelib.phenomena.saving",
    "SplitSet": "saelib.phenomena.probing",
    "absorbing_at_rate": "saelib.phenomena.trials_of_absorption",
    "absorbing_sae": "saelib.phenomena.dictionaries",
    "absorption": "saelib.phenomena.absorbing",
    "absorption_saving": "saelib.phenomena.saving",
    "best_ratio": "saelib.phenomena.saving",
    "brute_families": "saelib.phenomena.trials_of_families",
    "co_occurrence_clusters": "saelib.phenomena.clustering",
    "combined_direction_cost": "saelib.phenomena.saving",
    "concept_probe": "saelib.phenomena.probing",
    "concept_recovery": "saelib.phenomena.detecting",
    "descend": "saelib.phenomena.descending",
    "detectors": "saelib.phenomena.detecting",
    "dual_neurons": "saelib.phenomena.building",
    "faithful_sae": "saelib.phenomena.dictionaries",
    "families": "saelib.phenomena.family",
    "family_trials": "saelib.phenomena.trials_of_families",
    "flow": "saelib.phenomena.flowing",
    "gap_of_halves": "saelib.phenomena.cutting_a_body",
    "hierarchy": "saelib.phenomena.nesting",
    "least_l1_loss": "saelib.phenomena.saving",
    "nested_neurons": "saelib.phenomena.building",
    "nesting_on_and_off": "saelib.phenomena.building",
    "nesting_trials": "saelib.phenomena.trials_of_nesting",
    "outside_point": "saelib.phenomena.whole_space",
    "parallel_chains": "saelib.phenomena.nesting",
    "planted": "saelib.phenomena.planting",
    "planted_scores": "saelib.phenomena.trials_of_absorption",
    "price_of_margin": "saelib.phenomena.cutting_a_body",
    "published_absorption": "saelib.phenomena.published",
    "published_scores": "saelib.phenomena.published_whole",
    "rank_correlations": "saelib.phenomena.agreeing",
    "recovery": "saelib.phenomena.ground_truth",
    "recovery_null": "saelib.phenomena.ground_truth",
    "saving_trials": "saelib.phenomena.trials_of_absorption",
    "split_set": "saelib.phenomena.probing",
    "splitting": "saelib.phenomena.splitting_up",
    "splitting_bound": "saelib.phenomena.parting",
    "splitting_gap": "saelib.phenomena.parting",
    "try_planted_splits": "saelib.phenomena.trials_of_splitting",
    "try_splitting_bound": "saelib.phenomena.trials_of_splitting",
    "try_splitting_number": "saelib.phenomena.trials_of_splitting",
}

__all__ = [
    "ConceptProbe",
    "Recovery",
    "Saving",
    "SplitSet",
    "absorbing_at_rate",
    "absorbing_sae",
    "absorption",
    "absorption_saving",
    "best_ratio",
    "brute_families",
    "co_occurrence_clusters",
    "combined_direction_cost",
    "concept_probe",
    "concept_recovery",
    "descend",
    "detectors",
    "dual_neurons",
    "faithful_sae",
    "families",
    "family_trials",
    "flow",
    "gap_of_halves",
    "hierarchy",
    "least_l1_loss",
    "nested_neurons",
    "nesting_on_and_off",
    "nesting_trials",
    "outside_point",
    "parallel_chains",
    "planted",
    "planted_scores",
    "price_of_margin",
    "published_absorption",
    "published_scores",
    "rank_correlations",
    "recovery",
    "recovery_null",
    "saving_trials",
    "split_set",
    "splitting",
    "splitting_bound",
    "splitting_gap",
    "try_planted_splits",
    "try_splitting_bound",
    "try_splitting_number",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.phenomena' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
