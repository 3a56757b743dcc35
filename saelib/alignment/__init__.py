"""How well two families of sets line up: counts, rates, the three notions, the two directions."""

from saelib.alignment._agreement import agreement
from saelib.alignment._align import align
from saelib.alignment._alignment import Alignment
from saelib.alignment._responses import BestResponses, best_responses
from saelib.alignment._trials import try_directions
from saelib.alignment._wilson import wilson_interval

__all__ = [
    "Alignment",
    "BestResponses",
    "agreement",
    "align",
    "best_responses",
    "try_directions",
    "wilson_interval",
]
