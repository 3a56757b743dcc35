"""Linear probes for many concepts at once: ridge regression, thresholds chosen by leaving one out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from saelib.errors import InputError
from saelib.phenomena.probing import best_threshold

if TYPE_CHECKING:
    import numpy.typing as npt
    from scipy import sparse


class RidgeProbes:
    """Ridge regressions on the same points, so that probes for any labels cost next to nothing.

    Parameters
    ----------
    points : ndarray [n, d_in]
        Training points.
    penalty : float, default 0.01
        Added to the variance of every direction, as a share of the mean variance of a direction.

    Raises
    ------
    InputError
        If there are no points, a number is not finite, or the penalty is not positive.

    Examples
    --------
    >>> probes = RidgeProbes(np.array([[0.0], [0.1], [1.0], [1.1]]))
    >>> probes.found(np.array([[0], [0], [1], [1]]), np.array([[-1.0], [2.0]])).ravel().tolist()
    [False, True]
    """

    def __init__(self, points: npt.NDArray[np.floating], penalty: float = 0.01) -> None:
        x = np.asarray(points)
        if x.ndim != 2 or not x.size or not np.isfinite(x).all():
            raise InputError("points", f"have shape {x.shape}", "give a finite matrix, one row a point")
        if not 0 < penalty < np.inf:
            raise InputError("penalty", f"is {penalty!r}", "give a positive number")
        self._mean = x.mean(axis=0, dtype=np.float64).astype(x.dtype)
        self._x = x - self._mean
        gram = (self._x.T @ self._x).astype(np.float64)
        gram[np.diag_indices_from(gram)] += penalty * max(np.trace(gram) / len(gram), 1e-12)
        self._inverse = np.linalg.inv(gram)
        # How much a point moves its own prediction: what leaving it out has to take back.
        moved = np.einsum("ij,ij->i", self._x @ self._inverse.astype(x.dtype), self._x).astype(np.float64)
        self._own = np.minimum(moved + 1 / len(x), 1 - 1e-9)

    def found(
        self, labels: sparse.csr_array | npt.NDArray[np.generic], others: npt.NDArray[np.floating]
    ) -> npt.NDArray[np.bool_]:
        """Fit a probe for every column of labels and say which other points it takes for the concept.

        Parameters
        ----------
        labels : sparse or dense matrix [n, m]
            Whether a training point has the concept.
        others : ndarray [n_others, d_in]
            Other points.

        Returns
        -------
        ndarray of bool [n_others, m]
            Scores above the threshold with the best F1 among leave-one-out scores of the training points; a
            concept without a point is found nowhere.

        Raises
        ------
        InputError
            If the labels are not of the training points.

        Examples
        --------
        >>> RidgeProbes(np.eye(2)).found(np.zeros((2, 1)), np.eye(2)).any()
        np.False_
        """
        y = np.asarray(labels.toarray() if hasattr(labels, "toarray") else labels, dtype=np.float64)
        if y.ndim != 2 or len(y) != len(self._x):
            raise InputError("labels", f"have shape {y.shape}", f"give {len(self._x)} rows, one a point")
        share = y.mean(axis=0)
        weights = (self._inverse @ (self._x.T @ y.astype(self._x.dtype))).astype(self._x.dtype)
        scores = self._x @ weights + share
        without = (scores - self._own[:, None] * y) / (1 - self._own)[:, None]
        thresholds = np.array([best_threshold(without[:, i], y[:, i] > 0) for i in range(y.shape[1])])
        return np.asarray((others - self._mean) @ weights + share) > thresholds
