"""Linear probes of a concept, on the points and on the activations, as SAEBench fits them (version 0.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from saelib.errors import InputError

__all__ = ["ConceptProbe", "SplitSet", "best_threshold", "concept_probe", "split_set"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_INTERCEPT = 10.0  # liblinear penalises the intercept too; so scaled, hardly


@dataclass(frozen=True, eq=False)
class ConceptProbe:
    """A line through the points that tells a concept from the rest; made by :func:`concept_probe`.

    Attributes
    ----------
    direction : ndarray [d_in]
        Its weights, not scaled to length 1.
    bias : float
        Its constant.

    Examples
    --------
    >>> ConceptProbe(np.array([2.0]), -1.0).finds([[0.0], [1.0]]).tolist()
    [False, True]
    """

    direction: Floats
    bias: float

    def finds(self, points: npt.ArrayLike) -> Flags:
        """Points [n, d_in] that the probe takes for the concept: boolean [n].

        Raises
        ------
        InputError
            If the points are not a finite matrix of the probe's dimension.
        """
        x = _matrix("points", points)
        if x.shape[1] != len(self.direction):
            raise InputError("points", f"has shape {x.shape}", f"give [n, {len(self.direction)}]")
        found: Flags = np.asarray(x @ self.direction + self.bias) > 0
        return found


def concept_probe(points: npt.ArrayLike, labels: npt.ArrayLike, *, l2: float = 1e-4) -> ConceptProbe:
    """Fit a logistic regression that tells a concept from the rest.

    Both sides weigh the same, however rare the concept.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Training points.
    labels : array_like of bool [n_points]
        Whether a point has the concept; some must and some must not.
    l2 : float, default 1e-4
        Weight of half the squared length of the direction, against the mean loss of a point.

    Returns
    -------
    ConceptProbe
        Of scikit-learn's logistic regression; the published one is fitted to the same loss by 50 epochs of
        Adam.

    Raises
    ------
    InputError
        If the points are not a finite matrix, the labels do not fit or are all equal, or ``l2`` is not above
        0.

    References
    ----------
    Karvonen et al. 2025 (SAEBench), evaluation *absorption* as of version 0.6.

    Examples
    --------
    >>> probe = concept_probe([[0.0, 1.0], [0.0, 2.0], [1.0, 1.0], [1.0, 2.0]], [0, 0, 1, 1])
    >>> np.abs(probe.direction / probe.direction.max()).round(2).tolist()
    [1.0, 0.0]
    """
    from sklearn.linear_model import LogisticRegression

    x = _matrix("points", points)
    y = _labels("labels", labels, len(x))
    strength = 1.0 / (_above("l2", l2) * len(x))
    # Each side's weights as published: 1 outside, the odds inside; the sum of the loss is taken over them.
    weight = np.where(y, (~y).sum() / y.sum(), 1.0)
    model = LogisticRegression(C=strength, max_iter=1_000).fit(x, y, sample_weight=weight)
    return ConceptProbe(model.coef_[0].astype(np.float64), float(model.intercept_[0]))


@dataclass(frozen=True)
class SplitSet:
    """The neurons that stand for a concept together; made by :func:`split_set`.

    Attributes
    ----------
    neurons : tuple of int
        The split set, the most telling neuron first.
    f1 : tuple of float
        Held-out F1 with its first neuron, its first two, …; one more number than neurons if another neuron
        was tried and did not help enough.

    Examples
    --------
    >>> SplitSet((3, 1), (0.7, 0.9, 0.91)).f1[len((3, 1)) - 1]
    0.9
    """

    neurons: tuple[int, ...]
    f1: tuple[float, ...]


def split_set(
    acts: Any,
    labels: npt.ArrayLike,
    held_out_acts: Any,
    held_out_labels: npt.ArrayLike,
    *,
    most: int = 10,
    gain: float = 0.03,
    l1: float = 0.01,
) -> SplitSet:
    """Find the neurons among which a concept is split, by sparse probes.

    A logistic regression on all activations with an L1 penalty puts the neurons in order, the largest weight
    first (not the largest absolute weight: the neurons must speak for the concept). A second one, without
    that penalty, reads the first k of them; k grows from 1 as long as its F1 on held-out points rises by more
    than ``gain``.

    Parameters
    ----------
    acts, held_out_acts : array_like or sparse array [n_points, d_sae]
        Activations on training and on held-out points.
    labels, held_out_labels : array_like of bool [n_points]
        Whether a point has the concept; some must and some must not.
    most : int, default 10
        Largest k tried.
    gain : float, default 0.03
        Least rise in F1 that another neuron must bring.
    l1 : float, default 0.01
        Weight of the L1 norm of the first regression, against the mean loss of a point.

    Returns
    -------
    SplitSet
        Neurons and F1. The first neuron is always in it.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite, labels are all equal, or a setting is out of range.

    References
    ----------
    Karvonen et al. 2025 (SAEBench), evaluation *absorption* as of version 0.6; Chanin et al. 2024,
    arXiv:2409.14507. There the first regression is fitted to the same loss by 50 epochs of Adam, which
    with few points stops far from its minimum; with more steps both choose the same first neuron
    (``benchmarks/published_absorption.py``).

    Examples
    --------
    The concept is where neuron 0 or neuron 2 fires; neuron 1 fires everywhere:

    >>> acts = np.array([[1.0, 1, 0], [1, 1, 0], [1, 1, 0], [0, 1, 1], [0, 1, 1], [0, 1, 0], [0, 1, 0]])
    >>> labels = [1, 1, 1, 1, 1, 0, 0]
    >>> split_set(acts, labels, acts, labels)
    SplitSet(neurons=(0, 2), f1=(0.75, 1.0, 1.0))
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score

    z, other = _matrix("acts", acts), _matrix("held_out_acts", held_out_acts)
    if other.shape[1] != z.shape[1]:
        raise InputError("held_out_acts", f"has shape {other.shape}", f"give [n, {z.shape[1]}]")
    y, truth = _labels("labels", labels, len(z)), _labels("held_out_labels", held_out_labels, len(other))
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise InputError("most", f"is {most!r}", "give a positive integer")
    if isinstance(gain, bool) or not isinstance(gain, (int, float)) or not 0 <= gain < 1:
        raise InputError("gain", f"is {gain!r}", "give a number from 0 to below 1")
    order = _by_weight(z, y, _above("l1", l1))
    f1: list[float] = []
    for k in range(1, min(most, z.shape[1]) + 1):
        few = order[:k]
        model = LogisticRegression(class_weight="balanced", max_iter=500).fit(z[:, few], y)
        f1.append(float(f1_score(truth, model.decision_function(other[:, few]) > 0, zero_division=0.0)))
        if k > 1 and f1[-1] <= f1[-2] + gain:
            return SplitSet(tuple(order[: k - 1].tolist()), tuple(f1))
    return SplitSet(tuple(order[: len(f1)].tolist()), tuple(f1))


def _by_weight(z: Floats, y: Flags, l1: float) -> npt.NDArray[np.int64]:
    """Neurons by their weight in a regression with an L1 penalty, the largest first."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        solver="liblinear", C=1.0 / (l1 * len(z)), intercept_scaling=_INTERCEPT, random_state=0, max_iter=500
    )
    # How to ask for an L1 penalty changed in scikit-learn 1.8.
    by_name = model.get_params()["penalty"] == "l2"
    model.set_params(**({"penalty": "l1"} if by_name else {"l1_ratio": 1.0}))
    weight = np.where(y, (~y).sum() / y.sum(), 1.0)
    return np.argsort(-model.fit(z, y, sample_weight=weight).coef_[0], kind="stable")


def _matrix(name: str, values: Any) -> Floats:
    is_sparse = bool(sparse.issparse(values))
    try:
        found = np.asarray(values.toarray() if is_sparse else values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(name, "is not of numbers", "give a matrix, one row a point") from None
    if found.ndim != 2 or not found.size:
        raise InputError(name, f"has shape {found.shape}", "give a matrix, one row a point")
    if not np.isfinite(found).all():
        raise InputError(name, "is not finite", "give finite numbers")
    return found


def _labels(name: str, values: npt.ArrayLike, n: int) -> Flags:
    found = np.asarray(values)
    if found.shape != (n,) or not np.isin(found, (0, 1)).all():
        raise InputError(name, f"has shape {found.shape}", f"give {n} labels, true or false")
    flags: Flags = found.astype(np.bool_)
    if flags.all() or not flags.any():
        raise InputError(name, "are all equal", "give points with the concept and points without")
    return flags


def _above(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < np.inf:
        raise InputError(name, f"is {value!r}", "give a number above 0")
    return float(value)


def best_threshold(scores: Floats, inside: npt.NDArray[np.bool_]) -> float:
    """The threshold above which points have the best F1 with a set.

    Parameters
    ----------
    scores : ndarray [n]
        Any numbers.
    inside : ndarray of bool [n]
        The set.

    Returns
    -------
    float
        Half way between two scores; infinite for an empty set.

    Examples
    --------
    >>> best_threshold(np.array([0.0, 1.0, 3.0]), np.array([False, True, True]))
    0.5
    """
    if not inside.any():
        return np.inf
    order = np.argsort(-scores, kind="stable")
    falling, hits = scores[order], np.cumsum(inside[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + hits[-1])
    # A threshold takes equal scores together.
    f1[:-1][falling[:-1] == falling[1:]] = -1
    best = int(f1.argmax())
    lower = falling[best + 1] if best + 1 < len(falling) else falling[best] - 1.0
    return float((falling[best] + lower) / 2)
