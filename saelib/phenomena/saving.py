"""Why sparsity pays for absorption: what it saves and what it costs, in closed form (theory T9a)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_numbers

__all__ = ["Saving", "absorption_saving", "best_ratio", "combined_direction_cost", "least_l1_loss"]

Floats = npt.NDArray[np.float64]

_EQUAL = 1e-9  # amplitudes this close, relative to the parent's, count as equal: they were rounded


@dataclass(frozen=True)
class Saving:
    """What a dictionary gains and pays by absorbing; made by :func:`absorption_saving`.

    Attributes
    ----------
    l0 : float
        Neurons a point that no longer fire (mean over all points).
    l1 : float
        By how much the mean L1 norm of the activations falls; the unit is that of a point.
    squared_error : float
        By how much the mean squared error rises; the unit is that of a point, squared.
    rate : float
        Share of the child's points on which the parent's neuron is silent.
    ratio : float
        The amplitude ratio ρ that the child's neuron has taken in.

    Examples
    --------
    >>> Saving(l0=0.1, l1=0.06, squared_error=0.0, rate=1.0, ratio=1.0).rate
    1.0
    """

    l0: float
    l1: float
    squared_error: float
    rate: float
    ratio: float


def absorption_saving(
    parent: npt.ArrayLike, child: npt.ArrayLike, cosine: float = 0.0, ratio: float | None = None
) -> Saving:
    r"""Say what it saves and costs that the child's neuron takes in a share of the parent.

    A point is x = a_C v_C + a_D v_D with unit directions. The faithful dictionary has a neuron for each
    direction and reads a_C and a_D. The absorbing one has v_C and the unit vector u along ρ v_C + v_D, of
    length N = ‖ρ v_C + v_D‖ before it is scaled, and reads (a_C − ρ a_D)₊ and N a_D: where the parent's
    amplitude is exactly ρ times the child's, the parent's neuron is silent and x still exact. On a point
    of D the saving is

    - in L0: 1 if a_C ≤ ρ a_D, else 0;
    - in L1: a_C + a_D − (a_C − ρ a_D)₊ − N a_D, which for a_C = ρ a_D is a_C + a_D − ‖x‖;
    - in squared error: −(ρ a_D − a_C)₊², a cost unless ρ is at most the ratio of the amplitudes.

    So with a constant ratio everything is saved and nothing paid (T9a as it is usually told); with amplitudes
    that vary ρ can be the least ratio without any cost, and beyond it error is traded for sparsity.

    Parameters
    ----------
    parent, child : array_like [n_points]
        Amplitudes a_C and a_D on every point, 0 where the concept is absent; where the child is present the
        parent must be.
    cosine : float, default 0.0
        ⟨v_C, v_D⟩, above -1 and below 1.
    ratio : float, optional
        ρ ≥ 0; by default the least ratio a_C/a_D on the child's points, the most that costs nothing.

    Returns
    -------
    Saving
        Means over all points. ``l0`` and ``rate`` count amplitudes within a billionth as equal.

    Raises
    ------
    InputError
        If amplitudes are not two equally long vectors of finite numbers ≥ 0, no point has the child, one has
        the child without the parent, or a number is out of range.

    Examples
    --------
    Half of the points are animals, half of these dogs; both amplitudes are 1, the directions orthogonal:

    >>> found = absorption_saving([1, 1, 0, 0], [1, 0, 0, 0])
    >>> found.l0, round(4 * found.l1, 6), found.squared_error        # 2 − √2 on one point of four
    (0.25, 0.585786, 0.0)

    With amplitudes 1 and 2 of the parent, ρ = 1 costs nothing but silences it on one dog only; ρ = 2
    silences it on both and misses the smaller amplitude by 1:

    >>> absorption_saving([1, 2], [1, 1]).rate, absorption_saving([1, 2], [1, 1], ratio=2).squared_error
    (0.5, 0.5)
    """
    a, b, inside = _amplitudes(parent, child)
    c = _cosine(cosine)
    rho = float((a[inside] / b[inside]).min()) if ratio is None else _ratio(ratio)
    length = math.sqrt(1.0 + 2.0 * rho * c + rho * rho)
    left = a - rho * b
    left[np.abs(left) <= _EQUAL * np.maximum(a, rho * b)] = 0.0
    silent = inside & (left <= 0)
    kept = np.maximum(left, 0.0)
    saved = np.where(inside, a + b - kept - length * b, 0.0)
    return Saving(
        l0=int(silent.sum()) / len(a),
        l1=float(saved.mean()),
        squared_error=float(np.where(inside, np.maximum(-left, 0.0) ** 2, 0.0).mean()),
        rate=int(silent.sum()) / int(inside.sum()),
        ratio=rho,
    )


def best_ratio(
    parent: npt.ArrayLike, child: npt.ArrayLike, l1_coefficient: float, cosine: float = 0.0
) -> float:
    r"""Say how far the child's neuron should take in the parent under an L1 penalty λ.

    It is the ρ that makes ``squared_error - λ · l1`` of :func:`absorption_saving` least, a convex function of
    ρ. Its slope at ρ = 0 is −λ(1 − c)E[a_D] < 0, so for every λ > 0 some of the parent is taken in; how often
    the parent's neuron is *silent* is another matter: where a_C ≤ ρ a_D. The general shrinking of all
    activations under the penalty is left out.

    Parameters
    ----------
    parent, child : array_like [n_points]
        Amplitudes a_C and a_D, as for :func:`absorption_saving`.
    l1_coefficient : float
        λ > 0.
    cosine : float, default 0.0
        ⟨v_C, v_D⟩, above -1 and below 1.

    Returns
    -------
    float
        ρ, to about six digits. With a constant ratio and c ≥ 0 and a small λ it is that ratio.

    Raises
    ------
    InputError
        As :func:`absorption_saving`, or if λ is not a number above 0.

    Examples
    --------
    >>> round(best_ratio([1, 1, 0], [1, 0, 0], 0.1), 4)
    1.0
    >>> 0.5 < best_ratio([1, 2, 3, 4], [2, 2, 2, 2], 0.1) < 0.6       # ratios ½ to 2: hardly beyond the least
    True
    """
    from scipy.optimize import minimize_scalar

    a, b, inside = _amplitudes(parent, child)
    c, weight = _cosine(cosine), _number("l1_coefficient", l1_coefficient, 0.0)
    if weight == 0:
        raise InputError("l1_coefficient", "is 0", "give a number above 0")
    a, b = a[inside], b[inside]

    def price(rho: float) -> float:
        left = a - rho * b
        length = math.sqrt(1.0 + 2.0 * rho * c + rho * rho)
        kept = np.maximum(left, 0.0).mean() + length * b.mean()
        return float((np.maximum(-left, 0.0) ** 2).mean() + weight * kept)

    found = minimize_scalar(
        price, bounds=(0.0, float((a / b).max())), method="bounded", options={"xatol": 1e-7}
    )
    # The least ratio is a kink of the price for few points, and the search does not look at it.
    kinks = [float(found.x), *np.quantile(a / b, [0.0, 1.0]).tolist()]
    return min(kinks, key=price)


def combined_direction_cost(parent: npt.ArrayLike, child: npt.ArrayLike, cosine: float = 0.0) -> float:
    r"""Say what it costs at least to write every point of the child with one single neuron.

    Of all unit vectors u the one with the least residual E[‖x − ⟨x, u⟩u‖²; D] is the first eigenvector of
    the second moments of x on D, and the residual is their second eigenvalue. With m_CC, m_CD and m_DD the
    moments of the amplitudes on D, times its frequency, c the cosine, T = m_CC + 2c m_CD + m_DD and
    Δ = (1 − c²)(m_CC m_DD − m_CD²) it is T/2 − √(T²/4 − Δ). It is 0 exactly if Δ is: by Cauchy and
    Schwarz, if a_C : a_D is constant on D.

    Parameters
    ----------
    parent, child : array_like [n_points]
        Amplitudes a_C and a_D, as for :func:`absorption_saving`.
    cosine : float, default 0.0
        ⟨v_C, v_D⟩, above -1 and below 1.

    Returns
    -------
    float
        Mean squared error over all points that a single neuron on D cannot avoid.

    Raises
    ------
    InputError
        As :func:`absorption_saving`.

    Examples
    --------
    >>> combined_direction_cost([1, 2], [2, 4])                     # a constant ratio
    0.0
    >>> round(combined_direction_cost([1, 2], [2, 1]), 6)           # moments 2.5, 2, 2.5: 2.5 − 2
    0.5
    """
    a, b, _ = _amplitudes(parent, child)
    c, n = _cosine(cosine), len(a)
    on = np.where(b > 0, a, 0.0)
    cc, cd, dd = float(on @ on) / n, float(on @ b) / n, float(b @ b) / n
    trace, determinant = cc + 2 * c * cd + dd, (1 - c * c) * max(cc * dd - cd * cd, 0.0)
    # T/2 − √(T²/4 − Δ) written without the difference of two nearly equal numbers.
    cost = determinant / (trace / 2 + math.sqrt(max(trace * trace / 4 - determinant, 0.0)))
    return 0.0 if cost <= 1e-15 * trace else cost


def least_l1_loss(points: npt.ArrayLike, l1_coefficient: float) -> float:
    r"""Mean loss that no dictionary without a decoder bias can undercut, whatever its size and encoder.

    With unit decoder rows ‖x̂‖ ≤ ‖z‖₁ (triangle inequality), so ‖x̂ − x‖² + λ‖z‖₁ ≥ ‖x̂ − x‖² + λ‖x̂‖, and the
    right side is least at x̂ = (1 − λ/(2‖x‖))₊ x: it is ‖x‖² − (‖x‖ − λ/2)₊². A point reaches it exactly if
    one neuron points along x. A neuron for the *sum* of two concepts is therefore the best there can be on
    the points of both: absorption is no accident of the training.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Points, less the decoder bias if there is one.
    l1_coefficient : float
        λ ≥ 0.

    Returns
    -------
    float
        Mean over the points.

    Raises
    ------
    InputError
        If the points are not a finite matrix with rows, or λ is not a number ≥ 0.

    Examples
    --------
    >>> least_l1_loss([[3.0, 4.0], [0.0, 0.5]], 2.0)        # 25 − 4², and all of 0.25
    4.625
    """
    x = checked_numbers("points", points)
    if x.ndim != 2 or not len(x):
        raise InputError("points", f"has shape {x.shape}", "give at least one row, [n_points, d_in]")
    weight = _number("l1_coefficient", l1_coefficient, 0.0)
    length = np.linalg.norm(x, axis=1)
    return float((length**2 - np.maximum(length - weight / 2, 0.0) ** 2).mean())


def _amplitudes(parent: npt.ArrayLike, child: npt.ArrayLike) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    found = []
    for name, values in (("parent", parent), ("child", child)):
        try:
            numbers = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            raise InputError(name, "is not of numbers", "give one amplitude a point") from None
        if numbers.ndim != 1 or not numbers.size:
            raise InputError(name, f"has shape {numbers.shape}", "give one amplitude a point")
        if not np.isfinite(numbers).all() or (numbers < 0).any():
            raise InputError(name, "is negative or not finite", "give amplitudes from 0 up")
        found.append(numbers)
    a, b = found
    if len(a) != len(b):
        raise InputError("child", f"has {len(b)} amplitudes, parent {len(a)}", "give one a point for both")
    inside = b > 0
    if not inside.any():
        raise InputError("child", "is 0 everywhere", "give it an amplitude on some points")
    if (a[inside] <= 0).any():
        at = int(np.flatnonzero(inside & (a <= 0))[0])
        raise InputError("parent", f"is 0 at {at}, where the child is not", "a child needs its parent")
    return a, b, inside


def _cosine(value: float) -> float:
    found = _number("cosine", value, -1.0)
    if not -1 < found < 1:
        raise InputError("cosine", f"is {value!r}", "give a number above -1 and below 1")
    return found


def _ratio(value: float) -> float:
    return _number("ratio", value, 0.0)


def _number(name: str, value: float, least: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
        raise InputError(name, f"is {value!r}", f"give a number from {least:g} up")
    if not math.isfinite(value) or value < least:
        raise InputError(name, f"is {value!r}", f"give a number from {least:g} up")
    return float(value)
