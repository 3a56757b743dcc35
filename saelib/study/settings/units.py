"""Settings: units of several neurons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Units:
    """Units of several neurons: whether they exist, how many they need at least, and for which digits.

    Parameters
    ----------
    dimensions : tuple of int
        Of the instances on which T3 is tried.
    existence_trials : int
        Instances of each of six kinds and dimensions, held against another test of the hull.
    least_trials : int
        Instances of each of two kinds and dimensions that are solved exactly.
    point_dimensions, point_ratios, point_trials : tuple of int, tuple of float, int
        A single point among random negatives: dimensions, negatives a dimension, instances of each.
    concepts : tuple of str
        Concepts of digits to build units for; all of them if empty.
    seed : int
        Of every instance.

    Examples
    --------
    >>> settings = Units()
    >>> settings.existence_trials * 6 * len(settings.dimensions)
    2520
    """

    dimensions: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)
    existence_trials: int = 60
    least_trials: int = 25
    point_dimensions: tuple[int, ...] = (2, 4, 8, 16)
    point_ratios: tuple[float, ...] = (1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0)
    point_trials: int = 60
    concepts: tuple[str, ...] = ()
    seed: int = 0


FULL = Units()
QUICK = Units(
    dimensions=(2, 4),
    existence_trials=6,
    least_trials=4,
    point_dimensions=(2, 4),
    point_trials=20,
    concepts=("even", "digit 0", "digit 8"),
)
