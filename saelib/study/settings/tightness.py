"""Settings: units closing in on a ball."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tightness:
    """How fast units of tangent neurons close in on a ball, in three and four dimensions.

    The plane needs no sweep: there the best unit and its excess are known exactly.

    Parameters
    ----------
    dimensions : tuple of int
        Of the ball.
    sizes : tuple of int
        Numbers of neurons.
    seeds : tuple of int
        Of the start from which the directions are spread.
    steps : int
        L-BFGS iterations that spread them; by then the excess falls by less than 0.1 % in ten more.
    n_samples : int
        Directions along which the radial formula checks each volume.

    Examples
    --------
    >>> settings = Tightness()
    >>> len(settings.dimensions) * len(settings.sizes) * len(settings.seeds)
    80
    """

    dimensions: tuple[int, ...] = (3, 4)
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1_024, 2_048)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 60
    n_samples: int = 20_000


FULL = Tightness()
QUICK = Tightness(sizes=(16, 32, 64, 96, 128, 256), seeds=(0, 1), steps=20, n_samples=5_000)
