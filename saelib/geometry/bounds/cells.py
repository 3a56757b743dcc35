"""How many cells hyperplanes with whole coefficients really make, for many small arrangements at once."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["count_cells"]

Integers = npt.NDArray[np.int64]

_LARGEST = 2**31 - 1  # twice its square still fits into 64 bits


def count_cells(forms: npt.ArrayLike) -> Integers:
    """Count the open cells of hyperplane arrangements, exactly.

    The hyperplanes are put in one after the other. A new one splits as many cells as the earlier ones cut
    it into (deletion and restriction), and that is the same question in one dimension less. Everything is
    done in whole numbers: parallel and coinciding hyperplanes and many through one point are told apart
    exactly. The work grows as C(d, n): meant for a dozen hyperplanes in up to four dimensions.

    Parameters
    ----------
    forms : array_like of int, shape [..., d, n + 1]
        Coefficients (w_1, …, w_n, b) of ⟨w, x⟩ + b = 0. A form with w = 0 is no hyperplane and cuts nothing.

    Returns
    -------
    ndarray
        int64, of the leading shape.

    Raises
    ------
    InputError
        If the forms are not integers with such a shape, or so large that an intermediate result would not
        fit into 64 bits.

    References
    ----------
    Zaslavsky, T. (1975). *Facing Up to Arrangements: Face-Count Formulas for Partitions of Space by
    Hyperplanes*. Memoirs of the American Mathematical Society 154.

    Examples
    --------
    Three lines in the plane: in general position, through one point, parallel.

    >>> count_cells([[[1, 0, 0], [0, 1, 0], [1, 1, -1]],
    ...              [[1, 0, 0], [0, 1, 0], [1, 1, 0]],
    ...              [[1, 0, 0], [1, 0, 1], [1, 0, 2]]])
    array([7, 6, 4])
    """
    array = np.asarray(forms)
    if array.dtype.kind not in "iu" or array.ndim < 2 or array.shape[-1] < 1:
        raise InputError(
            "forms", f"has shape {array.shape} and dtype {array.dtype}", "give integers [..., d, n + 1]"
        )
    flat = array.astype(np.int64).reshape(math.prod(array.shape[:-2]), *array.shape[-2:])
    return _count(flat).reshape(array.shape[:-2])


def _count(forms: Integers) -> Integers:
    cells = np.ones(len(forms), dtype=np.int64)
    if forms.shape[2] == 1 or not len(forms):  # R^0 is one point
        return cells
    forms = _small_enough(forms)
    real = (forms[:, :, :-1] != 0).any(axis=2)
    for j in range(forms.shape[1]):
        cut = _restricted(forms[:, :j], forms[:, j])
        repeated = (real[:, :j] & (cut == 0).all(axis=2)).any(axis=1)
        new = real[:, j] & ~repeated
        cells[new] += _count(cut[new])
    return cells


def _restricted(others: Integers, on: Integers) -> Integers:
    """Others on the hyperplane of ``on``, in all coordinates but the one with its largest coefficient."""
    row = np.arange(len(on))
    pivot = np.abs(on[:, :-1]).argmax(axis=1)
    cut = others * on[row, pivot][:, None, None] - others[row, :, pivot][:, :, None] * on[:, None, :]
    kept = np.arange(on.shape[1] - 1)
    kept = kept[None, :] + (kept[None, :] >= pivot[:, None])
    return np.take_along_axis(cut, kept[:, None, :], axis=2)


def _small_enough(forms: Integers) -> Integers:
    if np.abs(forms).max(initial=0) <= _LARGEST:
        return forms
    forms = forms // np.maximum(np.gcd.reduce(forms, axis=2, keepdims=True), 1)
    if np.abs(forms).max(initial=0) > _LARGEST:
        raise InputError("forms", "has too large coefficients to be counted exactly", "give smaller integers")
    return forms
