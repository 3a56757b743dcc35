"""T6c: which families of disjoint concepts have a Top-1 dictionary, decided with a certificate either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from saelib.errors import InputError
from saelib.geometry.gating.balance import exact_balance
from saelib.geometry.gating.power import checked_array
from saelib.geometry.gating.program import Optimum, widest_family
from saelib.sae import SAE, TopK

__all__ = ["NoTopOneFamily", "TopOneFamily", "UndecidedFamily", "top_one_family"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_SILENCE = -1


@dataclass(frozen=True, eq=False)
class TopOneFamily:
    """A Top-1 dictionary in which every concept has a neuron of its own.

    Attributes
    ----------
    sae : SAE
        Neuron j fires on all points of concept j and, among the points given, on no others: its own
        ``encode`` was run on them.
    margin : float
        No point moved by less than this distance changes who fires on it. It is this dictionary's, not the
        largest possible.

    Examples
    --------
    >>> family = top_one_family([[-1.0], [0.0], [1.0]], [0, 1, 2])
    >>> family.sae.d_sae, round(family.margin, 6)
    (3, 0.5)
    """

    sae: SAE
    margin: float


@dataclass(frozen=True, eq=False)
class NoTopOneFamily:
    """Why no Top-1 dictionary has a neuron of its own for every concept.

    Attributes
    ----------
    points : ndarray [m]
        Rows of the points given.
    owners, rivals : ndarray [m]
        The concept of the point, and the one it is compared with; -1 is silence.
    weights : ndarray [m]
        Positive, adding up to 1. For every concept the weighted points (x, 1) with it as owner add up to the
        same as those with it as rival. So the weighted sum of p_owner(x) - p_rival(x) is 0 for every
        dictionary, and not all of these differences can be positive.

    Examples
    --------
    The middle of two points cannot be a concept and both of them together another:

    >>> reason = top_one_family([[-1.0], [0.0], [1.0]], [0, 1, 0])
    >>> reason.points.tolist(), reason.owners.tolist(), reason.rivals.tolist(), reason.weights.tolist()
    ([0, 1, 2], [0, 1, 0], [1, 0, 1], [0.25, 0.5, 0.25])
    """

    points: Integers
    owners: Integers
    rivals: Integers
    weights: Floats

    def verify(self, points: npt.ArrayLike) -> bool:
        """Substitute anew, in rational numbers.

        Parameters
        ----------
        points : array_like [n_points, d_in]
            The points that the family was asked for.

        Returns
        -------
        bool
            Whether weights proportional to these, up to rounding, balance every concept exactly.

        Raises
        ------
        InputError
            If the points do not fit.

        Examples
        --------
        >>> points = [[-1.0], [0.0], [1.0]]
        >>> top_one_family(points, [0, 1, 0]).verify(points)
        True
        """
        x = checked_array("points", points, 2, "[n_points, d_in]")
        if len(x) <= self.points.max():
            raise InputError("points", f"has {len(x)} rows", "give all the points that were asked about")
        if (self.owners == self.rivals).any():  # p - p is 0 whatever the dictionary: that is no reason
            return False
        exactly = exact_balance(x[self.points], self.owners, self.rivals)
        return exactly is not None and np.allclose(np.array(exactly, dtype=np.float64), self.weights)


@dataclass(frozen=True, eq=False)
class UndecidedFamily:
    """Neither a dictionary nor a reason against one could be proven.

    Attributes
    ----------
    margin_bound : float
        No dictionary with entries of at most 1, for the points scaled to entries of at most 1, wins all
        comparisons by more than this. Of the order of rounding where concepts have no family but the
        reason rests on too many points for rational numbers.

    Examples
    --------
    >>> UndecidedFamily(1e-12).margin_bound
    1e-12
    """

    margin_bound: float


def top_one_family(
    points: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    background: Literal["silent", "free"] = "silent",
    tolerance: float = 1e-9,
) -> TopOneFamily | NoTopOneFamily | UndecidedFamily:
    """Find a Top-1 dictionary with one neuron for each of some disjoint concepts, or show why there is none.

    Neuron j has to win on all points of concept j: p_j(x) > p_i(x) for all i, linear inequalities. A linear
    program maximises the least difference over dictionaries with entries of at most 1; it begins with few
    inequalities and adds those that its answer breaks. If the maximum is 0, its multipliers are a reason.
    Neither is believed before it is substituted.

    **Background.** Points in no concept can be asked to be silent: then all p_i(x) < 0 there and p_j(x) > 0
    on concept j, so the background too has to lie in one convex cell. Or they can be left free, to fire what
    they like. To give them *several* neurons, name the parts as further concepts.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Finite.
    labels : array_like [n_points]
        The concept of each point, integers; -1 for background. Every number from 0 to the largest must occur.
    background : {"silent", "free"}
        What is asked of the points labelled -1; without such points silence is not asked for anywhere.
    tolerance : float
        Least margin, relative to the spread of the points, from which a dictionary is tried.

    Returns
    -------
    TopOneFamily or NoTopOneFamily or UndecidedFamily
        What was found.

    Raises
    ------
    InputError
        If the arrays do not fit, a number is not finite, a concept has no point, one point is given to two
        concepts, or an option is unknown.

    References
    ----------
    Aurenhammer, F. (1987). Power diagrams: properties, algorithms and applications. *SIAM Journal on
    Computing* 16, 78-96.

    Examples
    --------
    Four concepts at the corners of a square and one in the middle, which no ReLU neuron separates:

    >>> corners = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [0.0, 0.0]]
    >>> top_one_family(corners, range(5)).sae.active(np.array(corners)).int().argmax(1).tolist()
    [0, 1, 2, 3, 4]
    """
    x, owner = _check(points, labels, background, tolerance)
    rows = np.flatnonzero(owner != _SILENCE) if background == "free" else np.arange(len(owner))
    x, owner = x[rows], owner[rows]
    centre = x.mean(axis=0)
    spread = float(abs(x - centre).max()) or 1.0
    scaled = (x - centre) / spread
    found = widest_family(scaled, owner, int(owner.max()) + 1)
    if found.margin > tolerance:
        sae = _dictionary(found, centre, spread, silence=bool((owner == _SILENCE).any()))
        margin = _margin(sae, x, owner)
        fires = sae.active(x).numpy()
        if margin > 0 and (fires == (owner[:, None] == np.arange(sae.d_sae))).all():
            return TopOneFamily(sae, margin)
        return UndecidedFamily(found.margin)
    return _reason(found, x, scaled, owner, rows)


def _check(
    points: npt.ArrayLike, labels: npt.ArrayLike, background: str, tolerance: float
) -> tuple[Floats, Integers]:
    x = checked_array("points", points, 2, "[n_points, d_in]")
    owner = np.asarray(labels)
    if owner.shape != (len(x),) or owner.dtype.kind not in "iu":
        raise InputError("labels", f"has shape {owner.shape}, dtype {owner.dtype}", f"give {len(x)} integers")
    owner = owner.astype(np.int64)
    missing = set(range(max(int(owner.max()), 0) + 1)) - set(owner.tolist())
    if missing or owner.min() < _SILENCE:
        what = f"gives no point to concept {min(missing)}" if missing else f"has the value {owner.min()}"
        raise InputError("labels", what, "number the concepts 0, 1, … and the background -1")
    if background not in ("silent", "free"):
        raise InputError("background", f"is {background!r}", "give 'silent' or 'free'")
    if isinstance(tolerance, bool) or not isinstance(tolerance, float) or not 0 < tolerance < 1:
        raise InputError("tolerance", f"is {tolerance!r}", "give a number between 0 and 1")
    asked = np.flatnonzero(owner != _SILENCE) if background == "free" else np.arange(len(owner))
    _, group = np.unique(x[asked], axis=0, return_inverse=True)
    order = np.lexsort([owner[asked], group])
    twice = (np.diff(group[order]) == 0) & (np.diff(owner[asked][order]) != 0)
    if twice.any():
        first, second = (int(asked[order[np.flatnonzero(twice)[0] + step]]) for step in (0, 1))
        raise InputError(
            "points", f"has the same point in rows {first} and {second}", "give it to one concept only"
        )
    return x, owner


def _dictionary(found: Optimum, centre: Floats, spread: float, *, silence: bool) -> SAE:
    """The answer as an SAE; where nothing must be silent, with a winner everywhere (see `voronoi_sae`)."""
    weights, offsets = found.weights / spread, found.offsets
    if not silence:
        weights, offsets = weights - weights.mean(axis=0), offsets - offsets.mean() + 1.0
    sae = SAE(len(centre), len(offsets), TopK(1), dtype=torch.float64)
    for parameter, value in ((sae.W_enc, weights.T), (sae.b_enc, offsets), (sae.b_dec, centre)):
        parameter.data.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    norms = np.linalg.norm(weights, axis=1, keepdims=True)
    turned = np.where(norms > 0, weights / np.where(norms > 0, norms, 1.0), np.eye(1, len(centre)))
    sae.W_dec.data.copy_(torch.from_numpy(turned))
    return sae


def _margin(sae: SAE, x: Floats, owner: Integers) -> float:
    """Least distance from a point to where its neuron's difference to a rival, or to silence, vanishes."""
    W, b, origin = (p.detach().numpy() for p in (sae.W_enc, sae.b_enc, sae.b_dec))
    W, b = np.column_stack([W, np.zeros(len(W))]), np.append(b, 0.0)  # silence, also index -1
    least = np.inf
    for concept in np.unique(owner):
        for rival in range(len(b)):
            if rival == concept % len(b) or (rival == len(b) - 1 and (owner >= 0).all()):
                continue
            w, offset = W[:, concept] - W[:, rival], b[concept] - b[rival]
            lowest = float(((x[owner == concept] - origin) @ w + offset).min())
            size = float(np.linalg.norm(w))
            least = min(least, lowest / size if size else np.copysign(np.inf, lowest))
    return least


def _reason(
    found: Optimum, x: Floats, scaled: Floats, owner: Integers, rows: Integers
) -> NoTopOneFamily | UndecidedFamily:
    kept = found.multipliers > 1e-9 * found.multipliers.max(initial=0.0)
    if not kept.any():
        return UndecidedFamily(found.margin)
    at, rivals, weights = found.at[kept], found.rivals[kept], found.multipliers[kept]
    exactly = exact_balance(x[at], owner[at], rivals)
    if exactly is not None:
        positive = np.array([weight > 0 for weight in exactly])
        at, rivals = at[positive], rivals[positive]
        weights = np.array([float(weight) for weight in exactly])[positive]
        return NoTopOneFamily(rows[at], owner[at], rivals, weights)
    # For every dictionary the weighted mean of the differences is at most the sum of all imbalances.
    weights = weights / weights.sum()
    homogeneous = np.column_stack([scaled[at], np.ones(len(at))]) * weights[:, None]
    bound = 0.0
    for concept in range(int(owner.max()) + 1):
        out, into = homogeneous[owner[at] == concept], homogeneous[rivals == concept]
        bound += float(abs(out.sum(axis=0) - into.sum(axis=0)).sum())
    return UndecidedFamily(bound + len(at) * float(np.finfo(np.float64).eps))
