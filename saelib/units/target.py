"""One concept seen from one dictionary: what each neuron alone catches and leaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from saelib.sets import ActivationSets


@dataclass(frozen=True, eq=False)
class Target:
    """A concept and, for every neuron, the points caught within it and leaked outside it.

    ``inside`` is boolean over the points; ``both`` and ``leaked`` count ``|θ_j∩C|`` and ``|θ_j∖C|``, int64
    [d_sae].
    """

    activations: ActivationSets
    inside: np.ndarray
    concept_size: int
    both: np.ndarray
    leaked: np.ndarray

    @classmethod
    def of(cls, activations: ActivationSets, inside: np.ndarray, both: np.ndarray | None = None) -> Target:
        """Count, unless who catches how much is known already."""
        if both is None:
            both = fired(activations, np.flatnonzero(inside))
        return cls(activations, inside, int(np.count_nonzero(inside)), both, activations.sizes - both)

    @property
    def covering(self) -> np.ndarray:
        """Which neurons fire on all of C, bool [d_sae]."""
        return self.both == self.concept_size

    @property
    def within(self) -> np.ndarray:
        """Which living neurons fire on C only, bool [d_sae]."""
        return (self.leaked == 0) & (self.both > 0)

    def value(self, objective: str, both: np.ndarray | int, leaked: np.ndarray | int) -> np.ndarray:
        """Objective, the lower the better, of sets that catch and leak so many points.

        Counts stay below 2^26, so that quotients are equal in floating point iff they are equal.
        """
        errors = self.concept_size - np.asarray(both) + leaked
        if objective == "errors":
            return errors.astype(np.float64)
        either = self.concept_size + np.asarray(leaked)
        return np.divide(errors, either, out=np.zeros(errors.shape), where=either > 0)


def fired(activations: ActivationSets, points: np.ndarray) -> np.ndarray:
    """How many of the points each neuron fires on, int64 [d_sae]."""
    rows = activations.membership
    if points.size > 1_000:
        neurons = rows[points].indices
    else:
        # The same by hand: where points are few, which is what a search asks about many thousand times,
        # indexing a sparse matrix takes several times as long.
        first = rows.indptr[points]
        length = rows.indptr[points + 1] - first
        ends = np.cumsum(length, dtype=np.int64)
        at = np.arange(ends[-1] if ends.size else 0) + np.repeat(first - (ends - length), length)
        neurons = rows.indices[at]
    return np.bincount(neurons, minlength=activations.d_sae).astype(np.int64, copy=False)
