"""Sparse linear units: a line through the activations of k neurons (a k-sparse probe)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from saelib.errors import InputError
from saelib.sets import ActivationSets
from saelib.units.checks import (
    OBJECTIVES,
    checked_activations,
    checked_choice,
    checked_count,
    membership,
)
from saelib.units.score import Score, counts
from saelib.units.target import fired

CHOICES = ("mean difference", "l1")


@dataclass(frozen=True, kw_only=True)
class LinearUnit(Score):
    """A unit that fires where a weighted sum of a few activations exceeds a cut; made by :func:`linear_unit`.

    Attributes
    ----------
    n_points, concept_size, size, both : int
        Counts, as in :class:`Score`.
    neurons : tuple of int
        The neurons it reads, ascending.
    weights : tuple of float
        One weight a neuron.
    cut : float
        It fires where Σ weight·activation > cut.

    Examples
    --------
    >>> unit = LinearUnit(
    ...     n_points=2, concept_size=1, size=1, both=1, neurons=(1,), weights=(2.0,), cut=1.0
    ... )
    >>> unit.points(np.array([[9.0, 0.0], [0.0, 3.0]]))
    array([1])
    """

    neurons: tuple[int, ...]
    weights: tuple[float, ...]
    cut: float

    def points(self, acts: Any) -> np.ndarray:
        """Points where the unit fires, ascending, int64.

        Parameters
        ----------
        acts : array_like, scipy sparse or ActivationSets, shape [n_points, d_sae]
            Activations of the same neurons, over any points.

        Raises
        ------
        InputError
            If they are not a finite matrix, or there are not enough neurons.
        """
        return np.flatnonzero(self._fires(checked_acts(acts)))

    def scored_on(self, acts: Any, extent: Any) -> LinearUnit:
        """Return the same unit scored on other points, such as held-out ones.

        Parameters
        ----------
        acts : array_like, scipy sparse or ActivationSets, shape [n_points, d_sae]
            Activations of the same neurons there.
        extent : array_like or (ConceptSet, name)
            The concept there.

        Raises
        ------
        InputError
            If the activations or the extent do not fit.
        """
        chosen = self._fires(matrix := checked_acts(acts))
        return replace(self, **counts(chosen, membership(extent, matrix.shape[0])))

    def _fires(self, acts: sparse.csr_array) -> np.ndarray:
        if self.neurons and self.neurons[-1] >= acts.shape[1]:
            raise InputError(
                "acts",
                f"has {acts.shape[1]} neurons, the unit reads neuron {self.neurons[-1]}",
                "give activations of the same dictionary",
            )
        few = acts[:, np.array(self.neurons, dtype=np.int64)]
        return _read(few, np.array(self.weights)) > self.cut


def linear_unit(
    acts: Any, extent: Any, k: int, choice: str = "mean difference", objective: str = "errors"
) -> LinearUnit:
    """Fit a probe that reads a concept from the activations of at most k neurons.

    Parameters
    ----------
    acts : array_like, scipy sparse or ActivationSets, shape [n_points, d_sae]
        Activations after gating; of activation sets only who fires is read, as 0 and 1.
    extent : array_like or (ConceptSet, name)
        The concept: numbers of its points, a boolean vector over all points, or a family and a name.
    k : int
        At most so many neurons.
    choice : {"mean difference", "l1"}, default "mean difference"
        Which neurons: those whose mean on C differs most from their mean elsewhere (the recipe of sparse
        probing in SAEBench), or those that an L1-penalised logistic regression keeps, under the weakest
        penalty that keeps at most k. For the latter every neuron is divided by its root mean square.
    objective : {"errors", "jaccard"}, default "errors"
        What the cut makes small on these points: ``|θ△C|``, or the Jaccard distance (and so one minus F1).

    Returns
    -------
    LinearUnit
        The unit, scored on the same points; see :meth:`LinearUnit.scored_on` for others.

    Raises
    ------
    InputError
        If the activations are not a finite matrix with points and neurons, the extent does not fit, or a
        setting is out of range.

    Notes
    -----
    The weights are those of a logistic regression (scikit-learn, L2 penalty with C = 1) on the chosen
    neurons; the cut is the best of all cuts, not the one at probability ½, which for a rare concept would
    miss nearly everything. On activations a linear unit may be better than the Boolean limit: it sees how
    strongly a neuron fires, not only whether. On activation sets it is a Boolean function like all others.

    References
    ----------
    Gurnee, W. et al. (2023). Finding neurons in a haystack: case studies with sparse probing. *Transactions
    on Machine Learning Research*.

    Examples
    --------
    The concept is where the first neuron fires strongly; the second tells nothing:

    >>> acts = np.array([[5.0, 1.0], [4.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    >>> unit = linear_unit(acts, [0, 1], k=1)
    >>> unit.neurons, unit.errors, unit.f1
    ((0,), 0, 1.0)
    >>> unit.scored_on(np.array([[3.0, 0.0], [9.0, 9.0]]), [1]).errors
    1
    """
    sets = acts if isinstance(acts, ActivationSets) and choice != "l1" else None
    matrix = checked_activations(sets).membership if sets is not None else checked_acts(acts)
    inside = membership(extent, matrix.shape[0])
    k = min(checked_count("k", k), matrix.shape[1])
    checked_choice("choice", choice, CHOICES)
    checked_choice("objective", objective, OBJECTIVES)
    if inside.all() or not inside.any():
        # There is nothing to tell apart: always, or never.
        cut = -1.0 if inside.any() else 1.0
        return LinearUnit(neurons=(), weights=(), cut=cut, **counts(inside, inside))
    if sets is not None:
        # Truth values are counted, and only the columns asked for are looked at.
        neurons = _most_different(sets.sizes, fired(sets, np.flatnonzero(inside)), inside, k)
        few = _columns(sets, neurons)
    else:
        neurons = _by_means(matrix, inside, k) if choice == "mean difference" else _by_l1(matrix, inside, k)
        few = matrix[:, neurons]
    weights = _fitted(few, inside)
    scores = _read(few, weights)
    cut = _best_cut(scores, inside, objective)
    return LinearUnit(
        neurons=tuple(neurons.tolist()),
        weights=tuple(weights.tolist()),
        cut=cut,
        **counts(scores > cut, inside),
    )


def checked_acts(acts: Any) -> sparse.csr_array:
    """Turn activations into a finite float64 CSR matrix."""
    if isinstance(acts, ActivationSets):
        acts = acts.membership
        if all(acts.shape):
            return acts.astype(np.float64)  # of truth values there is nothing more to ask
    elif hasattr(acts, "detach"):
        acts = acts.detach().cpu()
        # numpy has no bfloat16; what float64 holds must not be rounded, nor a complex number lose its half.
        acts = (acts.double() if acts.is_floating_point() else acts).numpy()
    try:
        matrix: Any = acts if sparse.issparse(acts) else np.asarray(acts)
    except ValueError as ragged:
        raise InputError("acts", "has rows of different lengths", "give a matrix") from ragged
    if matrix.ndim != 2 or not all(matrix.shape):
        raise InputError("acts", f"has shape {matrix.shape}", "give a matrix [n_points, d_sae], not empty")
    if matrix.dtype.kind not in "biuf":
        raise InputError("acts", f"has dtype {matrix.dtype}", "give real numbers")
    found = sparse.csr_array(matrix).astype(np.float64, copy=False)
    bad = np.flatnonzero(~np.isfinite(found.data))
    if bad.size:
        point = int(np.searchsorted(found.indptr, bad[0], side="right")) - 1
        raise InputError(
            "acts",
            f"holds {found.data[bad[0]]} at point {point}, neuron {found.indices[bad[0]]}",
            "drop the point or mend the model",
        )
    return found


def _read(few: sparse.csr_array, weights: np.ndarray) -> np.ndarray:
    # Sparse, so that a sum is taken in the same order whatever the other points are: cuts are sums.
    return few @ weights


def _by_means(acts: sparse.csr_array, inside: np.ndarray, k: int) -> np.ndarray:
    total = np.asarray(acts.sum(axis=0), dtype=np.float64)
    within = np.asarray(acts[np.flatnonzero(inside)].sum(axis=0), dtype=np.float64)
    return _most_different(total, within, inside, k)


def _most_different(total: np.ndarray, within: np.ndarray, inside: np.ndarray, k: int) -> np.ndarray:
    n = np.count_nonzero(inside)
    difference = within / n - (total - within) / (inside.size - n)
    return np.sort(np.argsort(-np.abs(difference), kind="stable")[:k])


def _columns(sets: ActivationSets, neurons: np.ndarray) -> sparse.csr_array:
    points = [sets.extent(int(neuron)) for neuron in neurons]
    ends = np.concatenate([[0], np.cumsum([each.size for each in points])])
    columns = (np.ones(ends[-1]), np.concatenate(points), ends)
    return sparse.csc_array(columns, shape=(sets.n_points, neurons.size)).tocsr()


def _by_l1(acts: sparse.csr_array, inside: np.ndarray, k: int, halvings: int = 12) -> np.ndarray:
    """Neurons that the weakest penalty keeps, found by halving the logarithm of its strength."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import l1_min_c

    square = np.asarray(acts.power(2).mean(axis=0), dtype=np.float64)
    scale = np.divide(1.0, np.sqrt(square), out=np.zeros(square.shape), where=square > 0)
    scaled = sparse.csr_array(acts @ sparse.diags_array(scale))
    if not np.any(np.where(inside, 1.0, -1.0) @ scaled):
        return _by_means(acts, inside, k)  # no neuron tells anything
    low = float(l1_min_c(scaled, inside, loss="log"))  # below this nothing is kept
    model = LogisticRegression(solver="liblinear", random_state=0, max_iter=200)
    # How to ask for an L1 penalty changed in scikit-learn 1.8.
    by_name = model.get_params()["penalty"] == "l2"
    model.set_params(**({"penalty": "l1"} if by_name else {"l1_ratio": 1.0}))
    high, kept = low * 2.0**halvings, np.zeros(0, dtype=np.int64)
    for _ in range(halvings):
        middle = float(np.sqrt(low * high))
        found = np.flatnonzero(model.set_params(C=middle).fit(scaled, inside).coef_[0])
        if found.size <= k:
            low = middle
            kept = found if found.size >= kept.size else kept
        else:
            high = middle
        if kept.size == k:
            break
    return kept if kept.size else _by_means(acts, inside, k)


def _fitted(few: sparse.csr_array, inside: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    # Most points have none of the neurons: those of the concept count as one point with a weight, and so do
    # the others.
    silent = np.diff(few.indptr) == 0
    weight = np.ones(inside.size)
    kept = np.logical_not(silent)
    for group in (silent & inside, silent & ~inside):
        if group.any():
            first = int(group.argmax())
            kept[first], weight[first] = True, np.count_nonzero(group)
    model = LogisticRegression(max_iter=1000)
    dense = few[np.flatnonzero(kept)].toarray()
    return model.fit(dense, inside[kept], sample_weight=weight[kept]).coef_[0].astype(np.float64)


def _best_cut(scores: np.ndarray, inside: np.ndarray, objective: str) -> float:
    """Cut with the lowest objective: the highest value that is left out, or just below all of them."""
    # Most sums are 0, and need no sorting.
    other = np.flatnonzero(scores)
    values, of_points = np.unique(scores[other], return_inverse=True)
    within = np.bincount(of_points, weights=inside[other], minlength=values.size)
    everyone = np.bincount(of_points, minlength=values.size)
    if other.size < scores.size:
        at = int(np.searchsorted(values, 0.0))
        values = np.insert(values, at, 0.0)
        within = np.insert(within, at, np.count_nonzero(inside) - within.sum())
        everyone = np.insert(everyone, at, scores.size - other.size)
    within, everyone = within[::-1], everyone[::-1]
    both = np.concatenate([[0], np.cumsum(within)])  # of the highest 0, 1, 2, … values
    leaked = np.concatenate([[0], np.cumsum(everyone)]) - both
    size = np.count_nonzero(inside)
    errors = size - both + leaked
    best = int((errors if objective == "errors" else errors / (size + leaked)).argmin())
    falling = values[::-1]
    if best == falling.size:
        return float(np.nextafter(falling[-1], -np.inf))
    return float(falling[best])
