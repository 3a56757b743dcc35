"""What dictionaries do to concepts: absorption and its kin, as tidy frames of counts and shares."""

from __future__ import annotations

from saelib.phenomena.absorbing import absorption
from saelib.phenomena.clustering import co_occurrence_clusters
from saelib.phenomena.family import families
from saelib.phenomena.flowing import flow
from saelib.phenomena.ground_truth import Recovery, recovery, recovery_null
from saelib.phenomena.nesting import hierarchy, parallel_chains
from saelib.phenomena.planting import planted
from saelib.phenomena.published import published_absorption
from saelib.phenomena.splitting_up import splitting

__all__ = [
    "Recovery",
    "absorption",
    "co_occurrence_clusters",
    "families",
    "flow",
    "hierarchy",
    "parallel_chains",
    "planted",
    "published_absorption",
    "recovery",
    "recovery_null",
    "splitting",
]
