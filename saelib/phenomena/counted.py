"""Alignments whose counts are numbers of points."""

from __future__ import annotations

from saelib.alignment import Alignment
from saelib.errors import InputError, checked_type


def checked_counts(alignment: Alignment) -> Alignment:
    """The alignment, if its counts are integers on data points; every denominator then is one too."""
    checked_type("alignment", alignment, Alignment, "give what saelib.align returns")
    if alignment.measure != "data":
        raise InputError("alignment", "is on the ambient space", "align on the data")
    if alignment.counts.dtype.kind == "f":
        raise InputError("alignment", "has weighted counts", "align without weights: here points are counted")
    return alignment
