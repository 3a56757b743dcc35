"""How many concepts the coherence that T7a asks for leaves room for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.geometry.bounds.checked import checked_numbers

__all__ = ["concept_cap"]


def concept_cap(d_in: npt.ArrayLike, coherence: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Most directions of coherence at most κ in n dimensions, by Welch: n(1 − κ²)/(1 − nκ²) if κ < 1/√n.

    It is :func:`welch_bound` solved for the number of directions, and attained where that is: by simplices
    and other equiangular tight frames. From κ = 1/√n on Welch's inequality says nothing and the cap is
    infinite.

    Parameters
    ----------
    d_in : array_like
        n ≥ 1.
    coherence : array_like
        κ in [0, 1]; broadcast.

    Returns
    -------
    ndarray
        float64; with κ = :func:`coherence_limit` a strict upper bound on the concepts that T7a can serve.

    Raises
    ------
    InputError
        If a number is out of its range.

    References
    ----------
    Welch, L. R. (1974). Lower bounds on the maximum cross correlation of signals. *IEEE Transactions on
    Information Theory* 20, 397-399.

    Examples
    --------
    Orthogonal directions; the 3 lines of a hexagon; 28 equiangular lines in seven dimensions.

    >>> concept_cap([5, 2, 7], [0, 1/2, 1/3]).round(9)
    array([ 5.,  3., 28.])
    """
    n = checked_numbers("d_in", d_in, at_least=1)
    kappa = checked_numbers("coherence", coherence, at_least=0, at_most=1)
    left = 1 - n * kappa**2
    return np.where(left > 0, n * (1 - kappa**2) / np.where(left > 0, left, 1.0), np.inf)[()]
