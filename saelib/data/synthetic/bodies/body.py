"""What every body can do: say who is inside, be sampled, know its volume."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from saelib.errors import InputError


class Body(ABC):
    """A region of known volume: a concept in the whole space, not only on the data.

    Subclasses say what is inside (borders belong to the body), how to draw evenly from it, and its exact
    volume; the volume of the convex hull is given where a closed form is known, since ``hull_volume −
    volume`` is the error no AND-unit can avoid (T4b).

    Examples
    --------
    >>> from saelib.data.synthetic.bodies.box import Box
    >>> square = Box((0.0, 0.0), (2.0, 2.0))
    >>> isinstance(square, Body), square.d_in, square.volume
    (True, 2, 4.0)
    """

    @property
    @abstractmethod
    def d_in(self) -> int:
        """Dimension of the space."""

    @property
    @abstractmethod
    def volume(self) -> float:
        """Exact volume."""

    @property
    def hull_volume(self) -> float | None:
        """Exact volume of the convex hull, or None where no closed form is known."""
        return None

    @property
    @abstractmethod
    def bounding_box(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest axis-parallel box around the body: its low and high corner, float64 [d_in] each."""

    @abstractmethod
    def _inside(self, points: NDArray[np.float64]) -> NDArray[np.bool_]: ...

    @abstractmethod
    def _draw(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]: ...

    def contains(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Say which points lie in the body, border included.

        Parameters
        ----------
        points : array
            [n, d_in], finite.

        Returns
        -------
        numpy.ndarray
            bool [n].

        Raises
        ------
        InputError
            Another shape, or a point that is not finite.
        """
        x = np.asarray(points, dtype=np.float64)
        if x.ndim != 2 or x.shape[1] != self.d_in:
            raise InputError("points", f"has shape {x.shape}", f"give [n, {self.d_in}]")
        bad = ~np.isfinite(x).all(axis=1)
        if bad.any():
            raise InputError("points", f"is not finite in row {int(np.argmax(bad))}", "drop or mend that row")
        return self._inside(x)

    def sample(self, n: int, seed: int | np.random.Generator) -> NDArray[np.float64]:
        """Draw points evenly from the body.

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

        Raises
        ------
        InputError
            A negative or fractional number of points, or a negative seed.
        """
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 0:
            raise InputError("n", f"is {n!r}", "give an integer >= 0")
        if isinstance(seed, np.random.Generator):
            return self._draw(int(n), seed)
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise InputError("seed", f"is {seed!r}", "give an integer >= 0 or a numpy Generator")
        return self._draw(int(n), np.random.default_rng(seed))


def ball_volume(d_in: int, radius: float = 1.0) -> float:
    """Volume of a ball: π^(d/2)/Γ(d/2 + 1)·radius^d.

    Parameters
    ----------
    d_in : int
        Dimension, ≥ 0; a point has volume 1.
    radius : float
        ≥ 0.

    Returns
    -------
    float
        The volume.

    Raises
    ------
    InputError
        A negative dimension or radius.

    Examples
    --------
    >>> round(ball_volume(2), 6), round(ball_volume(3, 2.0), 6)       # π and 4/3·π·8
    (3.141593, 33.510322)
    """
    if d_in < 0 or not radius >= 0:
        raise InputError("d_in, radius", f"is {d_in}, {radius}", "give numbers >= 0")
    if d_in and radius == 0:
        return 0.0
    return float(
        np.exp(d_in / 2 * np.log(np.pi) - gammaln(d_in / 2 + 1) + (d_in * np.log(radius) if d_in else 0))
    )


def sphere_directions(n: int, d_in: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw unit vectors evenly from the sphere.

    Parameters
    ----------
    n, d_in : int
        How many, in which dimension.
    rng : numpy.random.Generator
        Where the randomness comes from.

    Returns
    -------
    numpy.ndarray
        float64 [n, d_in].

    Examples
    --------
    >>> bool(np.allclose(np.linalg.norm(sphere_directions(5, 3, np.random.default_rng(0)), axis=1), 1))
    True
    """
    way = rng.standard_normal((n, d_in))
    return way / np.linalg.norm(way, axis=1, keepdims=True)


def checked_centre(name: str, centre: tuple[float, ...]) -> NDArray[np.float64]:
    """Turn a centre into an array.

    Parameters
    ----------
    name : str
        What the error message calls it.
    centre : tuple of float
        One number a dimension.

    Returns
    -------
    numpy.ndarray
        float64 [d_in].

    Raises
    ------
    InputError
        Empty, nested, or not finite.

    Examples
    --------
    >>> checked_centre("centre", (0, 1))
    array([0., 1.])
    """
    c = np.asarray(centre, dtype=np.float64)
    if c.ndim != 1 or len(c) < 1 or not np.isfinite(c).all():
        raise InputError(name, f"is {centre}", "give one finite number a dimension")
    return c
