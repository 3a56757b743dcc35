"""One absolute neuron: an affine form and the open half-space where it is positive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["Neuron"]


@dataclass(frozen=True, eq=False)
class Neuron:
    """A neuron that decides alone: it fires where ⟨w, x⟩ + b > 0 (theory section 0).

    Parameters
    ----------
    w : array_like [d_in]
        Direction, kept as float64; need not be of unit length.
    b : float
        Offset.

    Raises
    ------
    InputError
        If ``w`` is not a vector, or anything is not finite.

    Examples
    --------
    >>> neuron = Neuron([1.0, 0.0], -2.0)
    >>> neuron.fires(np.array([[3.0, 5.0], [2.0, 0.0], [1.0, 9.0]])).tolist()
    [True, False, False]
    """

    w: npt.NDArray[np.float64]
    b: float

    def __post_init__(self) -> None:
        w = np.array(self.w, dtype=np.float64)
        if w.ndim != 1 or not w.size:
            raise InputError("w", f"has shape {w.shape}", "give a vector [d_in]")
        if not (np.isfinite(w).all() and np.isfinite(self.b)):
            raise InputError("w", "or b is not finite", "give finite numbers")
        w.flags.writeable = False
        object.__setattr__(self, "w", w)
        object.__setattr__(self, "b", float(self.b))

    @property
    def d_in(self) -> int:
        """Dimension of the points it reads."""
        return len(self.w)

    def pre_acts(self, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Pre-activations [n_points] of points [n_points, d_in]."""
        x = np.asarray(points, dtype=np.float64)
        if x.ndim != 2 or x.shape[1] != self.d_in:
            raise InputError("points", f"has shape {x.shape}", f"give points [n, {self.d_in}]")
        return x @ self.w + self.b

    def fires(self, points: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Who makes it fire: boolean [n_points] of points [n_points, d_in]."""
        return self.pre_acts(points) > 0.0
