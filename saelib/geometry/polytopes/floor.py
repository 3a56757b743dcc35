"""What no number of neurons can beat around a ball, and how many are needed for a wanted tightness."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from saelib.errors import InputError

__all__ = ["ball_floor", "ball_limit", "neurons_needed"]

Floats = npt.NDArray[np.float64]

# Least mean squared distance to the nearest centre, for centres of density 1 in dimension r − 1: the
# interval, the regular hexagon (Fejes Tóth, Gruber), and the truncated octahedron (best known, not proven).
_SPREAD = {2: 1 / 12, 3: 5 / (18 * math.sqrt(3)), 4: 19 / (64 * 2 ** (1 / 3))}


def ball_floor(n_neurons: npt.ArrayLike, r: int) -> Floats:
    """Least relative excess of any unit of m neurons that contains a ball of dimension r (theorem T4c).

    It is m·tan^{r−1}(φ)/((r − 1)·W) − 1, where W = √π·Γ((r − 1)/2)/Γ(r/2) and φ is the angle of a cap that
    takes the share 1/m of the sphere: as if every facet could be a disk. Attained for r = 2 by the regular
    polygon, where it is (m/π)·tan(π/m) − 1; above that disks leave gaps, and nothing attains it.

    Parameters
    ----------
    n_neurons : array_like
        How many, m ≥ 1; any shape.
    r : int
        Dimension, ≥ 2.

    Returns
    -------
    numpy.ndarray
        Of that shape; infinite for m ≤ 2.

    Raises
    ------
    InputError
        For a number below 1, or a dimension below 2.

    Examples
    --------
    >>> ball_floor([3, 4], 2).round(6).tolist()                # triangle 3√3/π − 1, square 4/π − 1
    [0.653987, 0.27324]
    >>> bool(ball_floor(6, 3) < 8 / (4 * np.pi / 3) - 1)       # the cube is above it
    True
    """
    r = _checked_dimension(r)
    m = np.asarray(n_neurons, dtype=np.float64)
    if not (np.isfinite(m) & (m >= 1)).all():
        raise InputError("n_neurons", "has a value that is no finite number >= 1", "give numbers of neurons")
    share = np.where(m > 2, 1 / m, 0.25)
    p = (r - 1) / 2
    square = special.betaincinv(p, 0.5, 2 * share)  # sin²φ
    # tan^{r−1}φ/(r − 1) over the cap's ∫sin^{r−2}, both divided by sin^{r−1}φ/(r − 1): no digits cancel.
    log_series = np.log1p(_cap_series(p, square))
    # In very many dimensions the series overflows where the cap is large; there it is the cap's own measure.
    log_cap = np.log(2 * p * share) + special.betaln(p, 0.5) - p * np.log(square)
    log_volume = -p * np.log1p(-square) - np.where(np.isfinite(log_series), log_series, log_cap)
    with np.errstate(over="ignore"):  # beyond 1e308 it is infinite
        return np.where(m > 2, np.expm1(log_volume), np.inf)


def ball_limit(n_neurons: npt.ArrayLike, r: int) -> Floats:
    """Leading term of the least relative excess for many neurons: A_r·m^(−2/(r−1)).

    A_r = (r/2)·div_{r−1}·S^{2/(r−1)} with the sphere's area S and div_1 = 1/12, div_2 = 5/(18√3), from
    Gruber's asymptotic formula for circumscribed polytopes; div_3 = 19/(64·2^{1/3}) is that of the truncated
    octahedron, the best tile known. For r = 4 the term is therefore only conjectured: the true limit is at
    most this, and at least that of `ball_floor`, 2 % less.

    Parameters
    ----------
    n_neurons : array_like
        How many, m ≥ 1; any shape.
    r : {2, 3, 4}
        Dimension.

    Returns
    -------
    numpy.ndarray
        Of that shape.

    Raises
    ------
    InputError
        For a number below 1, or a dimension for which no constant is known.

    Examples
    --------
    >>> round(float(ball_limit(10, 2) * 100 * 3 / np.pi**2), 12)       # π²/(3·m²)
    1.0
    """
    if r not in _SPREAD:
        raise InputError("r", f"is {r!r}", "give 2, 3 or 4, whose constants are known")
    m = np.asarray(n_neurons, dtype=np.float64)
    if not (np.isfinite(m) & (m >= 1)).all():
        raise InputError("n_neurons", "has a value that is no finite number >= 1", "give numbers of neurons")
    sphere = 2 * math.pi ** (r / 2) / math.gamma(r / 2)
    return np.asarray(r / 2 * _SPREAD[r] * (sphere / m) ** (2 / (r - 1)))


def neurons_needed(excess: float, r: int) -> float:
    """Number of neurons below which no unit around a ball of dimension r has so little relative excess.

    The least m with `ball_floor` at most ``excess``: no unit with fewer neurons contains the ball and does
    as well, however it was found.

    Parameters
    ----------
    excess : float
        vol(θ_M ∖ C)/vol(C) that is tolerated, > 0. At a Jaccard distance of η it is η/(1 − η).
    r : int
        Dimension, ≥ 2.

    Returns
    -------
    float
        A whole number, as float: for large r it does not fit an integer type.

    Raises
    ------
    InputError
        For an excess that is not positive or needs more neurons than float64 can name, or a dimension
        below 2.

    Examples
    --------
    >>> neurons_needed(0.1, 2), neurons_needed(0.1, 3)
    (7.0, 33.0)
    """
    r = _checked_dimension(r)
    if not 0 < excess < np.inf:
        raise InputError("excess", f"is {excess!r}", "give a finite number > 0")
    wanted = math.log1p(excess)
    if float(ball_floor(3, r)) <= excess:
        return 3.0

    def above(log_m: float) -> float:
        return math.log1p(float(ball_floor(math.exp(log_m), r))) - wanted

    low, high = math.log(3), 2.0
    while above(high) > 0:
        low, high = high, 2 * high
        if high > 700:
            raise InputError("excess", f"is {excess!r}, for 1e300 neurons and more", "tolerate more")
    found = math.floor(math.exp(optimize.brentq(above, low, high, xtol=1e-12)))
    if found < 2**40:  # beyond that neighbours can't be told apart
        found = max(found - 1, 2)
        while float(ball_floor(found, r)) > excess:
            found += 1
    return float(found)


def _cap_series(p: float, x: Floats) -> Floats:
    """₂F₁(½, p; p + 1; x) − 1, to full relative precision also where x is tiny."""
    total, term, small = np.zeros_like(x), np.ones_like(x), np.minimum(x, 0.3)
    for k in range(1, 32):  # 0.3³² is below the precision
        term = term * small * (k - 0.5) / k
        total += term * p / (p + k)
    return np.asarray(np.where(x < 0.3, total, special.hyp2f1(0.5, p, p + 1, x) - 1.0))


def _checked_dimension(r: int) -> int:
    if isinstance(r, bool) or not isinstance(r, int | np.integer) or r < 2:
        raise InputError("r", f"is {r!r}", "give an integer >= 2")
    return int(r)
