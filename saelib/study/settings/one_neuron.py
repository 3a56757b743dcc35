"""Settings: what one neuron can do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OneNeuron:
    """What one neuron can do: hard instances, packings, Cover's count, its transition, and digits.

    Parameters
    ----------
    n_instances : int
        Pairs of sets with a known answer.
    chunks : int
        Cells that share them, and the packings.
    n_small, n_large, n_neurons : int
        Instances on which all neurons are listed, larger ones, and random neurons tried on each of those.
    polish : int
        Errors that the hinge neuron tries to make right on digits.
    small_dimensions, most_points, n_sets : tuple of int, int, int
        Of the point sets whose subsets are listed: dimensions, largest number of points, sets of each size.
    dimensions : tuple of int
        Of the points labelled at random.
    loads : tuple of float
        Numbers of such points, as multiples of n + 1.
    n_labels, n_labels_at_half : int
        Labellings for each, and at N = 2(n + 1); 2,500 have a standard error of 0.01 there.
    digit_concepts : tuple of str
        Concepts of digits to ask about; all of them if empty.
    n_nulls : int
        Random sets of images beside each.
    subsample_sizes, n_subsamples : tuple of int, int
        Numbers of images drawn for the question of parity, and draws of each.
    seed : int
        Of everything.

    Examples
    --------
    >>> OneNeuron().n_instances
    10000
    """

    n_instances: int = 10_000
    chunks: int = 8
    n_small: int = 320
    n_large: int = 32
    n_neurons: int = 2_000
    polish: int = 32
    small_dimensions: tuple[int, ...] = (1, 2, 3, 4)
    most_points: int = 10
    n_sets: int = 3
    dimensions: tuple[int, ...] = (2, 4, 8, 16, 32, 64)
    loads: tuple[float, ...] = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0)
    n_labels: int = 400
    n_labels_at_half: int = 2_500
    digit_concepts: tuple[str, ...] = ()
    n_nulls: int = 5
    subsample_sizes: tuple[int, ...] = (30, 60, 80, 100, 120, 140, 170, 200, 300, 400, 600)
    n_subsamples: int = 60
    seed: int = 0


FULL = OneNeuron()
QUICK = OneNeuron(
    n_instances=320,
    chunks=1,
    n_small=24,
    n_large=3,
    n_neurons=500,
    polish=0,
    most_points=7,
    n_sets=1,
    dimensions=(2, 4, 8),
    n_labels=60,
    n_labels_at_half=625,
    n_nulls=1,
    subsample_sizes=(60, 100, 140, 200),
    n_subsamples=10,
    digit_concepts=("digit 0", "digit 8", "digit 9", "even"),
)
