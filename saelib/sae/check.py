"""Checks of what callers pass to models and training, each naming argument, offence and mend."""

from __future__ import annotations

import math
import numbers

import numpy as np
import torch

from saelib.errors import InputError


def positive_integer(name: str, value: object) -> int:
    """Return ``value`` as an int, or raise `InputError` under ``name``."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        raise InputError(name, f"is {value!r}", "give a positive integer")
    return int(value)


def number_within(name: str, value: object, low: float, high: float, *, open_low: bool = False) -> float:
    """Return ``value`` as a float in [low, high] (or ]low, high]), or raise `InputError` under ``name``."""
    words = f"give a number {'above' if open_low else 'from'} {low:g}" + (
        "" if math.isinf(high) else f" and at most {high:g}"
    )
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError(name, f"is {value!r}", words)
    if value < low or value > high or (open_low and value == low):
        raise InputError(name, f"is {value!r}", words)
    return float(value)


def training_points(points: object) -> torch.Tensor:
    """Return points as a finite, varying float tensor [n ≥ 2, d_in] on the CPU or wherever they are.

    Raises
    ------
    InputError
        Naming the first row with NaN or infinity, or the column that never changes in every row.
    """
    if not isinstance(points, (np.ndarray, torch.Tensor)):
        raise InputError(
            "points", f"is a {type(points).__name__}", "give an array or tensor [n_points, d_in]"
        )
    tensor = torch.as_tensor(np.ascontiguousarray(points) if isinstance(points, np.ndarray) else points)
    if tensor.ndim != 2 or tensor.shape[0] < 2 or tensor.shape[1] < 1:
        raise InputError(
            "points", f"has shape {tuple(tensor.shape)}", "give at least two rows, [n_points, d_in]"
        )
    if not tensor.is_floating_point():
        if tensor.dtype == torch.bool or tensor.is_complex():
            raise InputError("points", f"has dtype {tensor.dtype}", "give floating-point numbers")
        tensor = tensor.to(torch.float32)
    row = first_row_not_finite(tensor)
    if row is not None:
        raise InputError("points", f"has NaN or infinity in row {row}", "remove or mend that row")
    if torch.equal(tensor[1], tensor[0]) and bool((tensor == tensor[0]).all()):
        raise InputError(
            "points", f"is constant: all {len(tensor)} rows are equal", "give points that differ"
        )
    return tensor


def first_row_not_finite(tensor: torch.Tensor) -> int | None:
    """The first row of [n, d] with NaN or infinity; None if there is none."""
    # NaN and infinity survive every sum, so that a finite one acquits all entries in one pass.
    if math.isfinite(float(tensor.sum())):
        return None
    finite = torch.isfinite(tensor).all(dim=1)
    return None if bool(finite.all()) else int((~finite).nonzero()[0, 0])
