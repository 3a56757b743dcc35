"""Positive solutions of a square linear system, proven to exist in floating point."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["enclose_solution"]

Floats = npt.NDArray[np.float64]

_UNIT = 2.0**-53


def enclose_solution(matrix: Floats, target: Floats, guess: Floats) -> tuple[Floats, float] | None:
    r"""Refine a solution of ``matrix @ x = target`` and bound its distance from the true one.

    With an approximate inverse B, ρ = ‖I − B·matrix‖ < 1 proves that the matrix is regular, and the true
    solution lies within \|B\|·\|residual\| / (1 − ρ) of the guess (Newton–Kantorovich, as in Rump's
    verification methods). All roundings of these few products are added to the bound, as is half a unit in
    the last place of every entry of the matrix, so that entries which are themselves rounded differences
    are covered.

    Parameters
    ----------
    matrix : ndarray [k, k]
        float64, each entry within relative 2⁻⁵³ of the true one.
    target : ndarray [k]
        float64, exact.
    guess : ndarray [k]
        Approximate solution.

    Returns
    -------
    tuple of ndarray and float, or None
        A refined solution and a bound on the largest error of its entries; None if regularity is not shown.

    Examples
    --------
    >>> x, error = enclose_solution(np.array([[3.0, 0.0], [1.0, 1.0]]), np.ones(2), np.zeros(2))
    >>> x.round(12).tolist(), error < 1e-14
    ([0.333333333333, 0.666666666667], True)
    """
    k = len(target)
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(inverse).all():
        return None
    size, inverse_size = np.abs(matrix), np.abs(inverse)
    unit = (
        2 * (k + 4) * _UNIT
    )  # γ of a product of length k, of the entries' own rounding, and of this bound's
    defect = np.abs(np.eye(k) - inverse @ matrix) + unit * (inverse_size @ size + np.eye(k))
    rho = float(defect.sum(axis=1).max()) * (1 + unit)
    if not rho < 0.5:
        return None
    solution = guess + inverse @ (target - matrix @ guess)
    solution = solution + inverse @ (target - matrix @ solution)
    residual = np.abs(target - matrix @ solution) + unit * (size @ np.abs(solution) + np.abs(target))
    error = float((inverse_size @ residual).max()) * (1 + unit) / (1 - rho)
    return solution, error * (1 + 1e-9) + 1e-300
