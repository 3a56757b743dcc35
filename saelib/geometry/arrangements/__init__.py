"""Arrangements of hyperplanes: what the neurons of a dictionary can do together (T5a, T6a).

Exactly, for small dictionaries
    :func:`arrangement_cells` lists the open cells, :func:`activation_patterns` all sets of neurons that fire
    together somewhere; both in whole numbers, with a point for each.
By sampling, for large ones
    :func:`sampled_patterns` is a lower bound.
"""

from __future__ import annotations

from saelib.geometry.arrangements.patterns import Patterns, activation_patterns, arrangement_cells
from saelib.geometry.arrangements.sampled import sampled_patterns

__all__ = ["Patterns", "activation_patterns", "arrangement_cells", "sampled_patterns"]
