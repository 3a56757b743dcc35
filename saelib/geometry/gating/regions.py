"""T6a, T6b: where a neuron of a Top-K dictionary fires, said without running the dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import torch

from saelib.errors import InputError
from saelib.geometry.arrangements.exact import check_dictionary
from saelib.sae import SAE, TopK

__all__ = ["LevelRegions", "level_regions", "refined_dictionary"]

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
_BATCH = 2048


@dataclass(frozen=True, eq=False)
class LevelRegions:
    """Who fires where by T6b; made by :func:`level_regions`.

    ``surely`` and ``possibly`` differ only at points where neurons are tied for the last place, or so near a
    tie or to zero that the rounding of the encoder could decide.

    Attributes
    ----------
    surely : ndarray [n_points, d_sae]
        The neuron fires however ties are broken: p_j > 0 and at most k - 1 others reach p_j.
    possibly : ndarray [n_points, d_sae]
        It may fire: p_j > 0 and at most k - 1 others exceed p_j.
    fewest, most : ndarray [n_points]
        How many neurons fire: the smaller of k and the number of positive p.

    Examples
    --------
    >>> yes, one = np.array([[True, True]]), np.array([1])
    >>> tie = LevelRegions(surely=~yes, possibly=yes, fewest=one, most=one)
    >>> tie.undecided.tolist()
    [True]
    """

    surely: Booleans
    possibly: Booleans
    fewest: npt.NDArray[np.int64]
    most: npt.NDArray[np.int64]

    @property
    def undecided(self) -> Booleans:
        """Points at which a tie leaves a choice, bool [n_points]."""
        return np.asarray((self.surely != self.possibly).any(axis=1))

    def contradicts(self, active: npt.ArrayLike) -> Booleans:
        """Points at which a claim about who fires is refuted by the description.

        Parameters
        ----------
        active : array_like [n_points, d_sae]
            The claim, bool: for instance what the SAE's own ``encode`` says.

        Returns
        -------
        ndarray [n_points]
            Whether a neuron fires that cannot, one is silent that must fire, or too few or too many fire.

        Raises
        ------
        InputError
            If the shape is not that of the regions.

        Examples
        --------
        Of two tied neurons one fires, whichever it is:

        >>> yes, one = np.array([[True, True]]), np.array([1])
        >>> tie = LevelRegions(surely=~yes, possibly=yes, fewest=one, most=one)
        >>> [bool(tie.contradicts([claim])[0]) for claim in ([1, 0], [0, 1], [1, 1], [0, 0])]
        [False, False, True, True]
        """
        claim = np.asarray(active, dtype=np.bool_)
        if claim.shape != self.surely.shape:
            raise InputError("active", f"has shape {claim.shape}", f"give {self.surely.shape}")
        count = claim.sum(axis=1)
        wrong = ((claim & ~self.possibly) | (self.surely & ~claim)).any(axis=1)
        return np.asarray(wrong | (count < self.fewest) | (count > self.most))


def level_regions(sae: SAE, points: npt.ArrayLike) -> LevelRegions:
    """Say for every neuron of a Top-K SAE at which points it fires, by counting its rivals (T6b).

    The pre-activations are computed here, in float64, and every neuron is compared with every other; nothing
    is sorted and ``encode`` is not called. Comparisons that the rounding of the encoder could turn over count
    as ties. Where weights and points are whole numbers that a float holds, nothing is rounded and only
    true ties are ties.

    Parameters
    ----------
    sae : SAE
        With a `TopK` gate.
    points : array_like [n_points, d_in]
        Finite.

    Returns
    -------
    LevelRegions
        Who fires surely, and who possibly.

    Raises
    ------
    InputError
        If the gate is not `TopK`, or the points do not fit or are not finite.

    Examples
    --------
    The region of one neuron of a Top-2 dictionary, in two pieces: p = (1, 2 + x, 2 - x).

    >>> sae = SAE(1, 3, TopK(2), dtype=torch.float64)
    >>> _ = sae.W_enc.data.copy_(torch.tensor([[0.0, 1.0, -1.0]]))
    >>> _ = sae.b_enc.data.copy_(torch.tensor([1.0, 2.0, 2.0]))
    >>> level_regions(sae, [[-2.0], [0.0], [2.0]]).surely[:, 0].tolist()
    [True, False, True]
    """
    if not isinstance(sae, SAE) or not isinstance(sae.gate, TopK):
        raise InputError("sae", "has no Top-K gate", "give an SAE whose neurons compete")
    dtype = sae.W_enc.dtype
    x = np.asarray(points)
    if x.ndim != 2 or x.shape[1] != sae.d_in:
        raise InputError("points", f"has shape {x.shape}", f"give points [n, {sae.d_in}]")
    seen = torch.as_tensor(x, dtype=dtype).numpy().astype(np.float64)  # as encode will see them
    if not np.isfinite(seen).all():
        raise InputError("points", "has NaN or infinity", "give finite points")
    weights, offsets, origin = (
        parameter.detach().cpu().numpy().astype(np.float64) for parameter in (sae.W_enc, sae.b_enc, sae.b_dec)
    )
    parts = [
        _compare(*_pre_acts(seen[start : start + _BATCH], weights, offsets, origin, dtype), sae.gate.k)
        for start in range(0, max(len(seen), 1), _BATCH)
    ]
    return LevelRegions(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def refined_dictionary(W_enc: npt.ArrayLike, b_enc: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Add to the neurons the differences of every two: the arrangement whose cells competition respects.

    On an open cell of it the signs and the order of all pre-activations are constant, so a Top-K region
    contains the whole cell or nothing of it (T6a). Of the cells of the neurons' own hyperplanes that is not
    true.

    Parameters
    ----------
    W_enc : array_like [d_in, d_sae]
        Directions of the neurons, one a column.
    b_enc : array_like [d_sae]
        Their offsets.

    Returns
    -------
    W, b : ndarray [d_in, m], ndarray [m]
        With m = d_sae + C(d_sae, 2): first the neurons, then p_i - p_j for i < j in lexicographic order.

    Raises
    ------
    InputError
        If the arrays do not fit or are not finite.

    Examples
    --------
    >>> refined_dictionary([[1, 2]], [0, -1])[0].tolist()
    [[1.0, 2.0, -1.0]]
    """
    weights, offsets = check_dictionary(W_enc, b_enc)
    pairs = np.array(list(combinations(range(len(offsets)), 2)), dtype=np.int64).reshape(-1, 2).T
    return (
        np.column_stack([weights, weights[:, pairs[0]] - weights[:, pairs[1]]]),
        np.concatenate([offsets, offsets[pairs[0]] - offsets[pairs[1]]]),
    )


def _pre_acts(
    x: Floats, weights: Floats, offsets: Floats, origin: Floats, dtype: torch.dtype
) -> tuple[Floats, Floats]:
    """Pre-activations, and how far the encoder's own may be from them by rounding."""
    sums = (x - origin) @ weights + offsets
    size = (abs(x) + abs(origin)) @ abs(weights) + abs(offsets)
    whole = all((array == np.round(array)).all() for array in (x, weights, offsets, origin))
    rounding = torch.finfo(dtype).eps
    if whole and size.max(initial=0.0) < 1 / rounding:
        return sums, np.zeros_like(sums)
    # One rounding in x - b_dec, one in each product and sum, one for b_enc; twice, for theirs and ours.
    return sums, 2 * (len(weights) + 3) * rounding * size


def _compare(sums: Floats, error: Floats, k: int) -> tuple[Booleans, Booleans, npt.NDArray, npt.NDArray]:
    low, high = sums - error, sums + error
    must_exceed, may_reach = np.zeros(sums.shape, np.int64), np.zeros(sums.shape, np.int64)
    for i in range(sums.shape[1]):
        must_exceed += low[:, i : i + 1] > high
        may_reach += high[:, i : i + 1] >= low
    may_reach -= 1  # itself
    surely = (low > 0) & (may_reach < k)
    possibly = (high > 0) & (must_exceed < k)
    return surely, possibly, np.minimum(k, (low > 0).sum(axis=1)), np.minimum(k, (high > 0).sum(axis=1))
