"""At which tolerance a neuron begins to hold a concept, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from saelib.alignment import Alignment

Counts = npt.NDArray[np.int64]

NOTIONS = ("detected", "separated", "approximated")
# Different quotients of counts below this differ by more than rounding can hide: 1/(N(N − 1)) > 2⁻⁵².
MOST_POINTS = 1 << 26


def births(alignment: Alignment, notion: str) -> tuple[Counts, tuple[Fraction, ...]]:
    """Rank all pairs by the smallest tolerance that relates them.

    Returns ranks, int64 [n_concepts, d_sae], and the tolerance of each rank, ascending.
    """
    parts, wholes = _tolerance(alignment, notion)
    # In this range quotients are equal in floating point if and only if they are equal.
    _, first, ranks = np.unique(parts / wholes, return_index=True, return_inverse=True)
    values = zip(parts.ravel()[first].tolist(), wholes.ravel()[first].tolist(), strict=True)
    return ranks.reshape(parts.shape).astype(np.int64), tuple(Fraction(part, whole) for part, whole in values)


def _tolerance(alignment: Alignment, notion: str) -> tuple[Counts, Counts]:
    """Numerators and denominators of what is wrong with each pair, [n_concepts, d_sae]."""
    both = alignment.counts.T.astype(np.int64)
    concept, neuron = alignment.concept_sizes[:, None], alignment.neuron_sizes[None, :]
    if notion == "approximated":
        either = concept + neuron - both
        return _whole(either - both, either, empty=0)
    missed, of_concept = _whole(concept - both, concept, empty=1)
    if notion == "detected":
        return missed, of_concept
    leaked, of_rest = _whole(neuron - both, int(alignment.total) - concept, empty=0)
    leaks_more = leaked * of_concept > missed * of_rest
    return np.where(leaks_more, leaked, missed), np.where(leaks_more, of_rest, of_concept)


def _whole(part: Counts, whole: Counts, empty: int) -> tuple[Counts, Counts]:
    """part/whole, with the value that the notions give to a share of nothing."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.where(whole > 0, part, empty), np.maximum(whole, 1)


def exactly(alpha: int | float | Fraction, n_points: int) -> Fraction:
    """Say which number a tolerance means.

    A float is taken for the share of at most ``n_points`` points that it is the rounding of, if there is one:
    1/3 typed as a quotient is not less than one third. Every share of counts then lies on the same side of it
    as of its rounding, which is how the notions of an alignment compare.
    """
    if isinstance(alpha, Fraction):
        return alpha
    number = Fraction(alpha)
    near = number.limit_denominator(n_points)
    return near if float(near) == float(alpha) else number
