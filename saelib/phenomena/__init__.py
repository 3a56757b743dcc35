"""What dictionaries do to concepts: absorption and its kin, as tidy frames of counts and shares."""

from __future__ import annotations

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
