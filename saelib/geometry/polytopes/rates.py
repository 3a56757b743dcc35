"""The rate of an approximation: slopes between successive sizes, and the exponent behind them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from saelib.errors import InputError

__all__ = ["Rate", "fit_rate", "local_slopes"]

Floats = npt.NDArray[np.float64]


class Rate(NamedTuple):
    """The law e(m) = A·m^(−p)·(1 + B·m^(−p)), fitted to measurements.

    Attributes
    ----------
    exponent : float
        p: minus the slope in the limit, corrected for finite size.
    constant : float
        A.
    correction : float
        B: how much larger the first sizes are than the power law alone.
    residual : float
        Largest relative distance of a measurement from the law.

    Examples
    --------
    >>> law = Rate(exponent=2.0, constant=3.0, correction=1.0, residual=0.0)
    >>> float(law.at(1.0)), float(law.slope(1e6)), law.size_for(6.0)
    (6.0, -2.000000000002, 1.0)
    """

    exponent: float
    constant: float
    correction: float
    residual: float

    def at(self, sizes: npt.ArrayLike) -> Floats:
        """The law's value at given sizes."""
        h = np.asarray(sizes, dtype=np.float64) ** -self.exponent
        return np.asarray(self.constant * h * (1 + self.correction * h))

    def slope(self, sizes: npt.ArrayLike) -> Floats:
        """The law's slope d log e/d log m at given sizes."""
        h = np.asarray(sizes, dtype=np.float64) ** -self.exponent
        return np.asarray(-self.exponent * (1 + self.correction * h / (1 + self.correction * h)))

    def size_for(self, error: float) -> float:
        """The size at which the law reaches a given error > 0; need not be whole."""
        ratio = error / self.constant
        h = 2 * ratio / (1 + np.sqrt(1 + 4 * self.correction * ratio))  # A·h·(1 + B·h) = error
        return float(h ** (-1 / self.exponent))


def local_slopes(sizes: npt.ArrayLike, errors: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Slopes log(e′/e)/log(m′/m) between successive sizes.

    Parameters
    ----------
    sizes : array_like [k]
        Increasing, positive, at least two.
    errors : array_like [k]
        Positive.

    Returns
    -------
    middles : numpy.ndarray [k − 1]
        Geometric means of neighbouring sizes.
    slopes : numpy.ndarray [k − 1]
        Between them.

    Raises
    ------
    InputError
        For other shapes or values.

    Examples
    --------
    >>> middles, slopes = local_slopes([1, 4, 16], [1.0, 0.5, 0.25])
    >>> middles.tolist(), slopes.tolist()
    ([2.0, 8.0], [-0.5, -0.5])
    """
    m, e = _checked(sizes, errors, 2)
    return np.sqrt(m[1:] * m[:-1]), np.diff(np.log(e)) / np.diff(np.log(m))


def fit_rate(sizes: npt.ArrayLike, errors: npt.ArrayLike) -> Rate:
    """Fit e(m) = A·m^(−p)·(1 + B·m^(−p)) by least squares on log e, with all three numbers free.

    Around a smooth body the excess of a facet is a power series in the square of its width, which is
    proportional to m^(−2/(r−1)): one and the same exponent governs the leading term and the first correction.
    Without the correction the slope of the first sizes would pass for the rate.

    Parameters
    ----------
    sizes : array_like [k]
        Increasing, positive, at least four.
    errors : array_like [k]
        Positive.

    Returns
    -------
    Rate
        The law.

    Raises
    ------
    InputError
        For other shapes or values.

    Examples
    --------
    >>> m = 2.0 ** np.arange(4, 10)
    >>> law = fit_rate(m, 3 / m * (1 + 2 / m))
    >>> round(law.exponent, 6), round(law.constant, 6), round(law.correction, 6)
    (1.0, 3.0, 2.0)
    """
    m, e = _checked(sizes, errors, 4)
    log_m, log_e = np.log(m), np.log(e)

    def residuals(free: Floats) -> Floats:
        log_a, p, b = free
        inner = np.maximum(1 + b * m**-p, 1e-12)
        return np.asarray(log_a - p * log_m + np.log(inner) - log_e)

    tail = -np.diff(log_e)[-1] / np.diff(log_m)[-1]
    start = np.array([log_e[-1] + tail * log_m[-1], tail, 0.0])
    found = least_squares(residuals, start, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14)
    log_a, p, b = found.x
    return Rate(float(p), float(np.exp(log_a)), float(b), float(np.abs(np.expm1(found.fun)).max()))


def _checked(sizes: npt.ArrayLike, errors: npt.ArrayLike, least: int) -> tuple[Floats, Floats]:
    m, e = np.asarray(sizes, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if m.ndim != 1 or len(m) < least or not np.isfinite(m).all() or m[0] <= 0 or (np.diff(m) <= 0).any():
        raise InputError("sizes", f"is {m}", f"give at least {least} positive numbers that increase")
    if e.shape != m.shape or not (np.isfinite(e) & (e > 0)).all():
        raise InputError("errors", f"has shape {e.shape} or a value that is not positive", "give one a size")
    return m, e
