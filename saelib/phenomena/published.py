"""Absorption as SAEBench measures it, written independently from its definition (version 0.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from saelib.errors import InputError
from saelib.geometry.bounds.checked import checked_numbers

__all__ = ["published_absorption"]

Floats = npt.NDArray[np.float64]

FRACTION_COSINE = 0.1  # least cosine of an absorber with the probe, for the fraction
FULL_COSINE = 0.025  # the same for full absorption
LEAST_SHARE = 0.4  # of the probe's projection that the absorbers have to account for
MOST_ABSORBERS = 3
_SILENT = 1e-8
_ROWS = 4096


def published_absorption(
    points: npt.ArrayLike,
    acts: Any,
    W_dec: npt.ArrayLike,
    probe: npt.ArrayLike,
    split: Sequence[int] | npt.NDArray[np.integer],
) -> pd.DataFrame:
    """Score every point of a concept by how much of its probe direction other neurons carry.

    With the unit vector v along the probe, a neuron's contribution to a point is its activation times the
    cosine of its decoder row with v. Let p be the point's own projection ⟨x, v⟩, m the summed contribution of
    the split set, and A the sum of the three largest positive contributions of other neurons whose cosine is
    at least 0.1.

    Parameters
    ----------
    points : array_like [n_points, d_in]
        Points of the concept; as published, those that the probe gets right.
    acts : array_like or sparse array [n_points, d_sae]
        Activations there.
    W_dec : array_like [d_sae, d_in]
        Decoder.
    probe : array_like [d_in]
        Direction of a linear probe for the concept, of any length but 0.
    split : sequence of int
        The neurons that stand for the concept (its split set); at least one.

    Returns
    -------
    pandas.DataFrame
        One row a point:

        - ``projection``, ``main``, ``absorbers``: p, m and A.
        - ``fraction``: 0 if m ≥ p or A/p < 0.4 (or p ≤ 0), 1 if m ≤ 0, else u/(u + m) with
          u = min(A, p − m).
        - ``full``: no neuron of the split set fires, p > 0, and the neuron with the largest contribution has
          cosine ≥ 0.025 and carries at least 0.4 p.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite, the probe has length 0, or the split set is empty or
        names a neuron that is not there.

    References
    ----------
    Karvonen et al. 2025 (SAEBench), evaluation *absorption* as of version 0.6; Chanin et al. 2024,
    arXiv:2409.14507.

    Examples
    --------
    Neuron 0 stands for the concept and is silent on the first point, where neuron 1 carries it all:

    >>> frame = published_absorption(
    ...     [[2.0, 0.0], [2.0, 0.0]], [[0.0, 2.0], [2.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], [1.0, 0.0], [0]
    ... )
    >>> frame.fraction.tolist(), frame.full.tolist()
    ([1.0, 0.0], [True, False])
    """
    x, decoder = _finite("points", points, 2), _finite("W_dec", W_dec, 2)
    direction = _finite("probe", probe, 1)
    dense_or_sparse: Any = acts if sparse.issparse(acts) else _finite("acts", acts, 2)
    fired = sparse.csr_array(dense_or_sparse)
    main = np.unique(np.asarray(split))
    _check(x, fired, decoder, direction, main)
    v = direction / np.linalg.norm(direction)
    length = np.linalg.norm(decoder, axis=1)
    cosine = decoder @ v / np.where(length > 0, length, 1.0)
    is_main = np.isin(np.arange(len(decoder)), main)
    can_absorb = np.flatnonzero(~is_main & (cosine >= FRACTION_COSINE))
    frames = []
    for start in range(0, len(x), _ROWS):
        z = fired[start : start + _ROWS].toarray().astype(np.float64)
        frames.append(_scored(x[start : start + _ROWS] @ v, z, z * cosine, cosine, main, can_absorb))
    return pd.concat(frames, ignore_index=True)


def _scored(
    p: Floats,
    z: Floats,
    carried: Floats,
    cosine: Floats,
    main: npt.NDArray[np.integer],
    absorbers: npt.NDArray[np.intp],
) -> pd.DataFrame:
    m = carried[:, main].sum(axis=1)
    A = _largest(np.maximum(carried[:, absorbers], 0.0))
    u = np.minimum(A, p - m)
    with np.errstate(divide="ignore", invalid="ignore"):
        none = (p <= 0) | (m >= p) | (LEAST_SHARE * p > A)
        fraction = np.where(none, 0.0, np.where(m <= 0, 1.0, u / (u + m)))
    top = carried.argmax(axis=1)
    full = (
        (np.abs(z[:, main]) < _SILENT).all(axis=1)
        & (p > 0)
        & (cosine[top] >= FULL_COSINE)
        & (carried[np.arange(len(p)), top] >= LEAST_SHARE * p)
    )
    return pd.DataFrame({"projection": p, "main": m, "absorbers": A, "fraction": fraction, "full": full})


def _largest(values: Floats) -> Floats:
    """Sum of the few largest numbers of each row."""
    if values.shape[1] > MOST_ABSORBERS:
        values = np.partition(values, -MOST_ABSORBERS, axis=1)[:, -MOST_ABSORBERS:]
    total: Floats = values.sum(axis=1)
    return total


def _finite(name: str, values: npt.ArrayLike, ndim: int) -> Floats:
    found = checked_numbers(name, values)
    if found.ndim != ndim or not found.size:
        raise InputError(name, f"has shape {found.shape}", f"give {ndim} dimensions, none empty")
    return found


def _check(
    x: Floats, fired: sparse.csr_array, decoder: Floats, direction: Floats, main: npt.NDArray[np.integer]
) -> None:
    if fired.shape != (len(x), len(decoder)):
        mend = f"give [{len(x)}, {len(decoder)}], one row a point, one column a neuron"
        raise InputError("acts", f"has shape {fired.shape}", mend)
    if not np.isfinite(fired.data).all():
        raise InputError("acts", "is not finite", "give finite numbers")
    if x.shape[1] != decoder.shape[1] or direction.shape != (x.shape[1],):
        offence = f"has shape {decoder.shape}, probe {direction.shape}"
        raise InputError("W_dec", offence, f"give both in the space of the points, d_in {x.shape[1]}")
    if not direction.any():
        raise InputError("probe", "has length 0", "give a direction")
    if not main.size or not np.issubdtype(main.dtype, np.integer):
        raise InputError("split", "is empty or not of integers", "name at least one neuron")
    if main[0] < 0 or main[-1] >= len(decoder):
        raise InputError("split", f"names {main[0]} to {main[-1]}", f"name neurons 0 to {len(decoder) - 1}")
