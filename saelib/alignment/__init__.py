"""How well two families of sets line up: counts, rates, the three notions, the two directions."""

from saelib.alignment._align import align
from saelib.alignment._alignment import Alignment
from saelib.alignment._wilson import wilson_interval

__all__ = ["Alignment", "align", "wilson_interval"]
