"""Correlated firing: a low-rank Gaussian copula that leaves the marginal probabilities exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saelib.data.synthetic.tree import Tree
from saelib.errors import InputError


@dataclass(frozen=True)
class Copula:
    """Concepts fire when a Gaussian number passes a threshold; the numbers share a few common factors.

    Concept i has ``g_i = <l_i, ε> + sqrt(1 − |l_i|²)·η_i`` with ε ∈ R^rank shared by all concepts of a point
    and η_i its own; so corr(g_i, g_j) = <l_i, l_j> while every g_i is standard normal and every root's
    probability is untouched. Loadings are drawn as l_i = scale·N(0, I); if the longest would reach norm 1
    all are shrunk together until its square is 0.99.

    Below the roots a child can fire only where its parent does, and then a correlation between the two
    numbers would change how often. With ``keep_marginals`` each loading is therefore turned orthogonal to
    those of the concepts that decide whether the child may fire at all (ancestors, and earlier exclusive
    siblings of its own and of theirs), length kept: g_i is then independent of that event, and
    probabilities are exact on every level. Concepts in different trees, and cousins, stay correlated. Where
    no orthogonal direction is left (a rank below depth plus siblings) the loading is 0: that concept fires
    independently.

    Parameters
    ----------
    rank : int
        Number of common factors, ≥ 1.
    scale : float
        Typical size of a loading's coordinate, ≥ 0; correlations are of size scale²·sqrt(rank).
    keep_marginals : bool, default True
        ``False`` leaves the loadings as drawn, as SynthSAEBench (arXiv:2602.14687) does; the probabilities
        of concepts below the roots then have no closed form and are reported as NaN.

    Raises
    ------
    InputError
        A rank below 1 or a negative scale.

    Examples
    --------
    >>> loadings = Copula(rank=4, scale=0.3).loadings(Tree((-1, 0)), "independent", np.random.default_rng(0))
    >>> float(abs(loadings[0] @ loadings[1]).round(12))      # parent and child: independent numbers
    0.0
    """

    rank: int = 8
    scale: float = 0.2
    keep_marginals: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.rank, bool) or not isinstance(self.rank, int | np.integer) or self.rank < 1:
            raise InputError("Copula.rank", f"is {self.rank!r}", "give an integer >= 1")
        if not 0 <= self.scale < np.inf:
            raise InputError("Copula.scale", f"is {self.scale}", "give a number >= 0")

    def loadings(self, tree: Tree, children: str, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw the loadings.

        Parameters
        ----------
        tree : Tree
            The forest's skeleton.
        children : {"exclusive", "independent", "contest"}
            How siblings share their parent.
        rng : numpy.random.Generator
            Where the randomness comes from.

        Returns
        -------
        numpy.ndarray
            float64 [n_concepts, rank], rows of norm < 1.
        """
        loadings = self.scale * rng.standard_normal((len(tree), self.rank))
        longest = (loadings**2).sum(axis=1).max()
        if longest >= 0.99:
            loadings *= np.sqrt(0.99 / longest)
        if not self.keep_marginals:
            return loadings
        # decides[i]: orthonormal loadings of the concepts on which "the children of i may fire" depends.
        decides: dict[int, list[NDArray[np.float64]]] = {}
        for group in (tree.roots, *tree.sibling_groups):
            parent = tree.parents[int(group[0])]
            fixed = [] if parent < 0 else decides[parent]
            earlier: list[NDArray[np.float64]] = []
            shares = parent >= 0 and children != "independent"
            for i in map(int, group):
                if parent >= 0:
                    loadings[i] = _turned(loadings[i], fixed + earlier if shares else fixed)
                unit = loadings[i] / max(float(np.linalg.norm(loadings[i])), 1e-300)
                own = [unit] if loadings[i].any() else []
                decides[i] = fixed + earlier + own if shares else fixed + own
                if shares:
                    earlier = earlier + own
            if shares and children == "contest":
                for i in map(int, group):
                    decides[i] = fixed + earlier
        return loadings


def _turned(loading: NDArray[np.float64], away_from: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Give the part orthogonal to an orthonormal family, stretched to the old length; 0 if none is left."""
    if not away_from:
        return loading
    basis = np.stack(away_from)
    rest = loading - basis.T @ (basis @ loading)
    # Once more, because the first subtraction leaves rounding errors of size eps·|loading|.
    rest -= basis.T @ (basis @ rest)
    length, left = np.linalg.norm(loading), np.linalg.norm(rest)
    if len(away_from) >= len(loading) or left <= 1e-9 * length:
        return np.zeros_like(loading)
    return rest * (length / left)
