"""How often each concept fires: the rules for a forest's probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.tree import Tree
from saelib.errors import InputError


def _probability(name: str, value: float, concept: int | None = None) -> None:
    where = "" if concept is None else f" at {concept}"
    if not 0 < value <= 1:
        raise InputError(name, f"is {value}{where}", "give a probability in (0, 1]")


@dataclass(frozen=True)
class UniformFiring:
    """The same probability for every concept.

    Parameters
    ----------
    p : float
        In (0, 1].

    Examples
    --------
    >>> UniformFiring(0.2).resolve(Tree((-1, 0)))
    array([0.2, 0.2])
    """

    p: float = 0.2

    def __post_init__(self) -> None:
        _probability("UniformFiring.p", self.p)

    def resolve(self, tree: Tree) -> NDArray[np.float64]:
        """Give the probabilities, float64 [n_concepts]."""
        return np.full(len(tree), self.p)


@dataclass(frozen=True)
class LevelFiring:
    """One probability a level: roots, children, grandchildren and so on.

    Parameters
    ----------
    p : tuple of float
        Each in (0, 1], as many as the forest has levels.

    Examples
    --------
    >>> LevelFiring((0.5, 0.2)).resolve(Tree((-1, 0, 0)))
    array([0.5, 0.2, 0.2])
    """

    p: tuple[float, ...]

    def __post_init__(self) -> None:
        for level, value in enumerate(self.p):
            _probability("LevelFiring.p", value, level)

    def resolve(self, tree: Tree) -> NDArray[np.float64]:
        """Give the probabilities, float64 [n_concepts]."""
        if len(self.p) != len(tree.by_level):
            raise InputError(
                "LevelFiring.p",
                f"has {len(self.p)} values",
                f"give {len(tree.by_level)}: one a level of the forest",
            )
        return np.asarray(self.p, dtype=np.float64)[tree.levels]


@dataclass(frozen=True)
class ZipfFiring:
    """Probabilities that fall with rank as a power: few concepts are common, most are rare.

    Rank ``r = 1, 2, …, m`` has ``p_min + (p_max − p_min)·(r^−a − m^−a)/(1 − m^−a)``, so the first has exactly
    ``p_max`` and the last exactly ``p_min``; a single concept has ``p_max``. This is the law of SynthSAEBench
    (arXiv:2602.14687), there with a = 0.5, p_max = 0.4, p_min = 0.0005 by index.

    Parameters
    ----------
    exponent : float
        a > 0.
    p_max, p_min : float
        ``0 < p_min <= p_max <= 1``.
    ranked : {"index", "siblings"}
        Rank a concept among all concepts by its index, or among its siblings only (the roots being siblings).

    Examples
    --------
    >>> ZipfFiring(1.0, 0.4, 0.1).resolve(Tree((-1, -1, -1))).round(3)
    array([0.4  , 0.175, 0.1  ])
    """

    exponent: float = 1.0
    p_max: float = 0.4
    p_min: float = 0.05
    ranked: Literal["index", "siblings"] = "index"

    def __post_init__(self) -> None:
        if not self.exponent > 0:
            raise InputError("ZipfFiring.exponent", f"is {self.exponent}", "give a number > 0")
        _probability("ZipfFiring.p_max", self.p_max)
        _probability("ZipfFiring.p_min", self.p_min)
        if self.p_min > self.p_max:
            raise InputError(
                "ZipfFiring.p_min", f"is {self.p_min} > p_max {self.p_max}", "give p_min <= p_max"
            )
        if self.ranked not in ("index", "siblings"):
            raise InputError("ZipfFiring.ranked", f"is {self.ranked!r}", "give 'index' or 'siblings'")

    def _law(self, m: int) -> NDArray[np.float64]:
        if m == 1:
            return np.array([self.p_max])
        power = np.arange(1, m + 1, dtype=np.float64) ** -self.exponent
        share = (power - power[-1]) / (power[0] - power[-1])
        return self.p_min + (self.p_max - self.p_min) * share

    def resolve(self, tree: Tree) -> NDArray[np.float64]:
        """Give the probabilities, float64 [n_concepts]."""
        if self.ranked == "index":
            return self._law(len(tree))
        p = np.empty(len(tree))
        for group in (tree.roots, *tree.sibling_groups):
            p[group] = self._law(len(group))
        return p


@dataclass(frozen=True)
class ExplicitFiring:
    """Probabilities given one by one.

    Parameters
    ----------
    p : tuple of float
        Each in (0, 1], one a concept.

    Examples
    --------
    >>> ExplicitFiring((0.5, 0.25)).resolve(Tree((-1, 0)))
    array([0.5 , 0.25])
    """

    p: tuple[float, ...]

    def __post_init__(self) -> None:
        for concept, value in enumerate(self.p):
            _probability("ExplicitFiring.p", value, concept)

    def resolve(self, tree: Tree) -> NDArray[np.float64]:
        """Give the probabilities, float64 [n_concepts]."""
        if len(self.p) != len(tree):
            raise InputError(
                "ExplicitFiring.p", f"has {len(self.p)} values", f"give {len(tree)}: one a concept"
            )
        return np.asarray(self.p, dtype=np.float64)


Firing = UniformFiring | LevelFiring | ZipfFiring | ExplicitFiring
