"""How well any reader of a concept does: four counts, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Score:
    """How well a set of points θ, read off the neurons, agrees with a concept C.

    Attributes
    ----------
    n_points : int
        Points in all.
    concept_size, size, both : int
        Points in C, in θ and in θ∩C.

    Notes
    -----
    Conventions of theory §0: recall and precision are 0 where their denominator is empty, and so is the
    Jaccard index if one of the sets is empty; two empty sets have Jaccard index 1. Nothing is ever NaN.

    Examples
    --------
    >>> score = Score(n_points=10, concept_size=4, size=3, both=2)
    >>> score.missed, score.leaked, score.errors
    (2, 1, 3)
    >>> score.recall, score.jaccard, score.distance
    (0.5, 0.4, 0.6)
    """

    n_points: int
    concept_size: int
    size: int
    both: int

    @property
    def missed(self) -> int:
        """``|C∖θ|``: points of the concept that are not read."""
        return self.concept_size - self.both

    @property
    def leaked(self) -> int:
        """``|θ∖C|``: points read that are not of the concept."""
        return self.size - self.both

    @property
    def errors(self) -> int:
        """``|θ△C|``, missed and leaked."""
        return self.missed + self.leaked

    @property
    def recall(self) -> float:
        """``|θ∩C|/|C|``."""
        return _ratio(self.both, self.concept_size)

    @property
    def precision(self) -> float:
        """``|θ∩C|/|θ|``."""
        return _ratio(self.both, self.size)

    @property
    def leak(self) -> float:
        """``|θ∖C|/|X∖C|``."""
        return _ratio(self.leaked, self.n_points - self.concept_size)

    @property
    def jaccard(self) -> float:
        """``J = |θ∩C|/|θ∪C|``."""
        either = self.size + self.concept_size - self.both
        return self.both / either if either else 1.0

    @property
    def distance(self) -> float:
        """Jaccard distance ``|θ△C|/|θ∪C|``, which is 1 − J without its rounding."""
        return _ratio(self.errors, self.size + self.concept_size - self.both)

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision, 2J/(1 + J)."""
        both_sizes = self.size + self.concept_size
        return 2 * self.both / both_sizes if both_sizes else 1.0


def counts(chosen: np.ndarray, inside: np.ndarray) -> dict[str, Any]:
    """Arguments of a score from two boolean vectors over the points: those read and those of the concept."""
    return {
        "n_points": int(inside.size),
        "concept_size": int(np.count_nonzero(inside)),
        "size": int(np.count_nonzero(chosen)),
        "both": int(np.count_nonzero(chosen & inside)),
    }


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
