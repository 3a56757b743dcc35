"""The ambient measure ν: what "volume" means when we ask how tight a unit is in the whole space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from saelib.errors import InputError

__all__ = ["Ambient", "Gaussian", "checked_ambient"]


@runtime_checkable
class Ambient(Protocol):
    """A probability measure on ℝⁿ that can be sampled.

    Every `saelib.data.synthetic.bodies.Body` is one: the uniform measure on it.

    Examples
    --------
    >>> from saelib.data.synthetic.bodies import Box
    >>> isinstance(Box((0.0, 0.0), (1.0, 1.0)), Ambient), isinstance(Gaussian(2), Ambient)
    (True, True)
    """

    @property
    def d_in(self) -> int:
        """Dimension of the space."""

    def sample(self, n: int, seed: int | np.random.Generator) -> npt.NDArray[np.float64]:
        """Independent points, float64 [n, d_in]."""


@dataclass(frozen=True)
class Gaussian:
    """The Gaussian measure with independent coordinates of equal spread.

    Parameters
    ----------
    d_in : int
        Dimension, ≥ 1.
    scale : float
        Standard deviation of a coordinate, > 0.
    centre : tuple of float, optional
        Mean; the origin unless given.

    Raises
    ------
    InputError
        A dimension below 1, a scale that is not positive, or a centre of another dimension.

    Examples
    --------
    >>> Gaussian(3, scale=2.0).sample(5, seed=0).shape
    (5, 3)
    """

    d_in: int
    scale: float = 1.0
    centre: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.d_in, bool) or not isinstance(self.d_in, int | np.integer) or self.d_in < 1:
            raise InputError("d_in", f"is {self.d_in!r}", "give an integer >= 1")
        if not 0 < self.scale < np.inf:
            raise InputError("scale", f"is {self.scale!r}", "give a finite number > 0")
        if self.centre is not None:
            centre = np.asarray(self.centre, dtype=np.float64)
            if centre.shape != (self.d_in,) or not np.isfinite(centre).all():
                raise InputError("centre", f"is {self.centre!r}", f"give {self.d_in} finite numbers")

    def sample(self, n: int, seed: int | np.random.Generator) -> npt.NDArray[np.float64]:
        """Independent points.

        Parameters
        ----------
        n : int
            How many, ≥ 0.
        seed : int or numpy.random.Generator
            Where the randomness comes from.

        Returns
        -------
        numpy.ndarray
            float64 [n, d_in].
        """
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 0:
            raise InputError("n", f"is {n!r}", "give an integer >= 0")
        if isinstance(seed, np.random.Generator):
            rng = seed
        elif isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise InputError("seed", f"is {seed!r}", "give an integer >= 0 or a numpy Generator")
        else:
            rng = np.random.default_rng(seed)
        points = self.scale * rng.standard_normal((int(n), self.d_in))
        return points if self.centre is None else points + np.asarray(self.centre, dtype=np.float64)


def checked_ambient(ambient: object, d_in: int) -> Ambient:
    """The ambient measure, or an error that says what is wrong with it.

    Raises
    ------
    InputError
        If it cannot be sampled, or lives in another dimension than ``d_in``.
    """
    if not isinstance(ambient, Ambient):
        raise InputError("ambient", f"is a {type(ambient).__name__}", "give a Body, a Gaussian, or the like")
    if ambient.d_in != d_in:
        raise InputError("ambient", f"has dimension {ambient.d_in}", f"give one of dimension {d_in}")
    return ambient
