"""Settings: one neuron or several."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OneOrSeveral:
    """Which reader a concept needs: gates × sizes × sparsities × seeds on the central experiment's world.

    Parameters
    ----------
    sizes, budgets, l1_coefficients, seeds : tuple
        As in `SizeAndSparsity`, of which they are a part.
    steps : int
        Training length.
    n_train, n_fit, n_test : int
        Points to train on, how many of them (the first) readers are chosen on, and points to judge on.
    few_per_level : int
        Concepts of every level (the first) that are also read by weighted sums, at the middle sparsity.
    few_neurons : tuple of int
        Neurons a weighted sum may look at.
    gap_per_level, n_gap_points : int, int
        Concepts of every level for which unit searches are compared, at the middle sparsity, and points (the
        first) they are compared on: few, so that the integer programmes are small.
    largest, time_limit : int, float
        Non-zeros up to which a programme is given to the solver, and seconds for one call.

    Examples
    --------
    >>> settings = OneOrSeveral()
    >>> len(settings.sizes) * (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    60
    """

    sizes: tuple[int, ...] = (64, 256)
    budgets: tuple[int, ...] = (2, 4, 8)
    l1_coefficients: tuple[float, ...] = (0.6, 0.3, 0.15)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 500
    n_train: int = 40_000
    n_fit: int = 10_000
    n_test: int = 10_000
    few_per_level: int = 2
    few_neurons: tuple[int, ...] = (1, 2, 4, 8)
    gap_per_level: int = 3
    n_gap_points: int = 2_000
    largest: int = 20_000
    time_limit: float = 5.0


FULL = OneOrSeveral()
QUICK = OneOrSeveral(
    sizes=(64,),
    budgets=(2, 8),
    l1_coefficients=(0.6, 0.15),
    seeds=(0, 1),
    steps=100,
    n_train=5_000,
    n_fit=2_000,
    n_test=2_000,
    few_per_level=1,
    few_neurons=(1, 4),
    gap_per_level=1,
    n_gap_points=400,
)
