"""Dictionaries of a world whose directions are known: a faithful one and one that absorbs (theory T9)."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

if TYPE_CHECKING:
    from saelib.sae import SAE

__all__ = ["absorbing_sae", "faithful_sae"]

Floats = npt.NDArray[np.float64]


def faithful_sae(directions: npt.ArrayLike, *, l1_coefficient: float = 0.0) -> SAE:
    """Make the ReLU SAE with one neuron for each direction, which reads the amplitudes exactly.

    Its encoder is the dual basis: ⟨w_i, v_j⟩ = 1 if i = j, else 0. So z_i = a_i − λ/2 where that is positive,
    and with λ = 0 every point in the span of the directions with amplitudes ≥ 0 is reconstructed.

    Parameters
    ----------
    directions : array_like [n_concepts, d_in]
        Unit directions, linearly independent.
    l1_coefficient : float, default 0.0
        λ ≥ 0: shrink every activation by λ/2, as is best under an L1 penalty for orthogonal directions.

    Returns
    -------
    SAE
        In double precision, without decoder bias.

    Raises
    ------
    InputError
        If the directions are not finite unit vectors or depend on one another, or λ is not a number ≥ 0.

    Examples
    --------
    >>> sae = faithful_sae([[1.0, 0.0], [0.6, 0.8]])
    >>> sae.encode(np.array([[1.6, 0.8]])).round(decimals=6).tolist()       # the sum of both
    [[1.0, 1.0]]
    """
    return _dual(_checked(directions), l1_coefficient)


def absorbing_sae(
    directions: npt.ArrayLike,
    parents: npt.ArrayLike,
    ratios: Mapping[int, float],
    *,
    l1_coefficient: float = 0.0,
) -> SAE:
    """Make the ReLU SAE in which some children have absorbed their parent.

    The direction of such a child is replaced by the unit vector along ρ v_C + v_D, and the encoder by the
    dual basis of the new rows. On a point with amplitudes a_C and a_D the child's neuron then reads
    a_D ‖ρ v_C + v_D‖ and the parent's a_C − ρ a_D (less λ/2 each), nothing if that is negative: the parent
    is silent wherever its amplitude is at most ρ times the child's.

    Parameters
    ----------
    directions : array_like [n_concepts, d_in]
        Unit directions, linearly independent.
    parents : array_like [n_concepts]
        For each concept the number of its parent, -1 for a root.
    ratios : mapping of int to float
        By number of an absorbing child: ρ > 0.
    l1_coefficient : float, default 0.0
        λ ≥ 0: shrink every activation by λ/2.

    Returns
    -------
    SAE
        In double precision, without decoder bias; neuron i is that of concept i.

    Raises
    ------
    InputError
        As :func:`faithful_sae`; also if a child is not there, has no parent or a parent that itself absorbs
        (what would be silent then depends on the points), or a ratio is not a number above 0.

    Examples
    --------
    >>> sae = absorbing_sae([[1.0, 0.0], [0.0, 1.0]], [-1, 0], {1: 1.0})
    >>> sae.encode(np.array([[1.0, 0.0], [1.0, 1.0]])).round(decimals=6).tolist()     # √2 on the child
    [[1.0, 0.0], [0.0, 1.414214]]
    """
    rows = _checked(directions)
    above = np.asarray(parents)
    if above.shape != (len(rows),) or not np.issubdtype(above.dtype, np.integer):
        offence = f"has shape {above.shape} and type {above.dtype}"
        raise InputError("parents", offence, f"give {len(rows)} integers, -1 for a root")
    if not isinstance(ratios, Mapping):
        raise InputError("ratios", f"is {ratios!r}", "give {number of a child: ratio}")
    combined = rows.copy()
    for child, ratio in ratios.items():
        if isinstance(child, bool) or not isinstance(child, numbers.Integral) or not 0 <= child < len(rows):
            raise InputError("ratios", f"names {child!r}", f"name concepts 0 to {len(rows) - 1}")
        parent = int(above[child])
        if not 0 <= parent < len(rows):
            raise InputError("ratios", f"names {child}, which has no parent", "name a concept that has")
        if parent in ratios:
            raise InputError("ratios", f"names {child} and its parent {parent}", "name one of the two")
        mixed = _positive("ratios", ratio) * rows[parent] + rows[child]
        combined[child] = mixed / np.linalg.norm(mixed)
    return _dual(combined, l1_coefficient)


def _dual(rows: Floats, l1_coefficient: float) -> SAE:
    import torch

    from saelib.sae import SAE, ReLU

    shrink = _positive("l1_coefficient", l1_coefficient, zero=True) / 2
    sae = SAE(rows.shape[1], len(rows), ReLU(), dtype=torch.float64)
    with torch.no_grad():
        sae.W_dec.copy_(torch.from_numpy(rows))
        sae.W_enc.copy_(torch.from_numpy(np.linalg.pinv(rows)))
        sae.b_enc.fill_(-shrink)
    return sae


def _checked(directions: npt.ArrayLike) -> Floats:
    try:
        rows = np.array(directions, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("directions", "is not of numbers", "give [n_concepts, d_in]") from None
    if rows.ndim != 2 or not rows.size:
        raise InputError("directions", f"has shape {rows.shape}", "give [n_concepts, d_in]")
    if not np.isfinite(rows).all():
        raise InputError("directions", "is not finite", "give finite numbers")
    lengths = np.linalg.norm(rows, axis=1)
    if np.abs(lengths - 1).max() > 1e-5:
        at = int(np.abs(lengths - 1).argmax())
        raise InputError("directions", f"has length {lengths[at]:.6g} in row {at}", "give unit vectors")
    if np.linalg.matrix_rank(rows, tol=1e-8) < len(rows):
        raise InputError("directions", "depend on one another", "give at most d_in independent ones")
    return rows / lengths[:, None]


def _positive(name: str, value: float, *, zero: bool = False) -> float:
    bad = isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value)
    if bad or value < 0 or (value == 0 and not zero):
        raise InputError(name, f"has {value!r}", f"give numbers {'from 0 up' if zero else 'above 0'}")
    return float(value)
