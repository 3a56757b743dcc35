"""How close a dictionary's directions come to the true ones, where these are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from saelib.errors import InputError

__all__ = ["Recovery", "recovery", "recovery_null"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Recovery:
    """True directions and the dictionary's, compared by the size of their cosine.

    Attributes
    ----------
    best : ndarray [n_concepts]
        Largest absolute cosine of each true direction with any neuron's.
    best_neuron : ndarray [n_concepts]
        That neuron.
    matched : ndarray [n_concepts]
        The neuron matched to each direction, one to one, -1 for none; the sum of absolute cosine is largest.
    matched_cosine : ndarray [min(n_neurons, n_concepts)]
        absolute cosine of the matched pairs, in the order of the concepts that have one.
    uniqueness : float
        Before any matching: how many different directions are the nearest one of some neuron, divided by the
        number of neurons.
    n_neurons : int
        Neurons compared, dead ones left out if they were to be.

    Examples
    --------
    >>> found = recovery(np.eye(2), np.array([[2.0, 0.0], [1.0, 0.0]]))
    >>> found.best.tolist(), found.uniqueness, found.mean_matched
    ([1.0, 0.0], 0.5, 0.5)
    """

    best: Floats
    best_neuron: npt.NDArray[np.int64]
    matched: npt.NDArray[np.int64]
    matched_cosine: Floats
    uniqueness: float
    n_neurons: int

    @property
    def mean_best(self) -> float:
        """Mean over the true directions of the largest absolute cosine."""
        return float(self.best.mean())

    @property
    def mean_matched(self) -> float:
        """Mean absolute cosine of the one-to-one pairs: the field's mean correlation coefficient (MCC)."""
        return float(self.matched_cosine.mean())


def recovery(directions: npt.ArrayLike, W_dec: npt.ArrayLike, alive: npt.ArrayLike | None = None) -> Recovery:
    """Compare a decoder with the true directions.

    Parameters
    ----------
    directions : array_like [n_concepts, d_in]
        The true directions, of any length but 0.
    W_dec : array_like [d_sae, d_in]
        The decoder; rows of length 0 have cosine 0 with everything.
    alive : array_like [d_sae], optional
        Boolean; neurons to compare. All by default, dead ones included.

    Returns
    -------
    Recovery
        Neuron numbers are those of ``W_dec``, whatever ``alive`` leaves out.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite, a direction has length 0, or no neuron is left.

    References
    ----------
    Mean correlation coefficient and uniqueness as in SynthSAEBench (Chanin & Garriga-Alonso 2026,
    arXiv:2602.14687).

    Examples
    --------
    >>> recovery([[1.0, 0.0], [0.0, 1.0]], [[0.0, 3.0], [-2.0, 0.0]]).matched.tolist()
    [1, 0]
    """
    true, decoder = _matrix("directions", directions), _matrix("W_dec", W_dec)
    if true.shape[1] != decoder.shape[1]:
        offence = f"has d_in {decoder.shape[1]} and directions {true.shape[1]}"
        raise InputError("W_dec", offence, "give both in the same space")
    kept = np.arange(len(decoder))
    if alive is not None:
        chosen = np.asarray(alive)
        if chosen.shape != (len(decoder),) or chosen.dtype != np.bool_:
            raise InputError("alive", f"has shape {chosen.shape}", f"give {len(decoder)} booleans")
        kept = np.flatnonzero(chosen)
    if not len(kept):
        raise InputError("alive", "leaves no neuron", "keep at least one")
    lengths = np.linalg.norm(true, axis=1)
    if (lengths == 0).any():
        raise InputError("directions", f"row {np.argmin(lengths)} has length 0", "give true directions")
    size = np.linalg.norm(decoder[kept], axis=1)
    unit = decoder[kept] / np.where(size > 0, size, 1.0)[:, None]
    cosines = np.minimum(np.abs((true / lengths[:, None]) @ unit.T), 1.0)
    rows, columns = linear_sum_assignment(cosines, maximize=True)
    matched = np.full(len(true), -1, dtype=np.int64)
    matched[rows] = kept[columns]
    nearest = cosines.argmax(axis=0)
    return Recovery(
        best=cosines.max(axis=1),
        best_neuron=kept[cosines.argmax(axis=1)].astype(np.int64),
        matched=matched,
        matched_cosine=cosines[rows, columns],
        uniqueness=len(np.unique(nearest)) / len(kept),
        n_neurons=len(kept),
    )


def recovery_null(
    directions: npt.ArrayLike, d_sae: int, n_draws: int, rng: np.random.Generator
) -> list[Recovery]:
    """Return what dictionaries of random directions reach, the level below which a recovery says nothing.

    Parameters
    ----------
    directions : array_like [n_concepts, d_in]
        The true directions.
    d_sae : int
        Neurons of each random dictionary; as many as the dictionary it is compared with has.
    n_draws : int
        Number of random dictionaries.
    rng : numpy.random.Generator
        Draws them, uniform on the sphere.

    Returns
    -------
    list of Recovery
        One a draw.

    Raises
    ------
    InputError
        If a number is not positive, or as in :func:`recovery`.

    Examples
    --------
    >>> null = recovery_null(np.eye(8), 8, 20, np.random.default_rng(0))
    >>> bool(0.3 < np.mean([draw.mean_matched for draw in null]) < 0.8)
    True
    """
    for name, value in (("d_sae", d_sae), ("n_draws", n_draws)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise InputError(name, f"is {value!r}", "give a positive integer")
    true = _matrix("directions", directions)
    return [recovery(true, rng.standard_normal((int(d_sae), true.shape[1]))) for _ in range(int(n_draws))]


def _matrix(name: str, values: npt.ArrayLike) -> Floats:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(name, "is no matrix of numbers", "give rows of numbers") from None
    if found.ndim != 2 or 0 in found.shape:
        raise InputError(name, f"has shape {found.shape}", "give a matrix with at least one row and column")
    if not np.isfinite(found).all():
        row = int(np.flatnonzero(~np.isfinite(found).all(axis=1))[0])
        raise InputError(name, f"is not finite in row {row}", "give finite numbers")
    return found
