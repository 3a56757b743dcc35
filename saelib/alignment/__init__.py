"""How well two families of sets line up: counts, rates, the three notions, the two directions."""

from saelib.alignment._agreement import agreement
from saelib.alignment._align import align
from saelib.alignment._alignment import Alignment
from saelib.alignment._grid import above, activation_quantiles, counts_above
from saelib.alignment._responses import BestResponses, best_responses
from saelib.alignment._thresholds import NeuronsWithThresholds, best_of_counts, best_with_threshold
from saelib.alignment._trials import try_directions
from saelib.alignment._wilson import wilson_interval

__all__ = [
    "Alignment",
    "BestResponses",
    "NeuronsWithThresholds",
    "above",
    "activation_quantiles",
    "agreement",
    "align",
    "best_of_counts",
    "best_responses",
    "best_with_threshold",
    "counts_above",
    "try_directions",
    "wilson_interval",
]
