"""Settings: the central experiment."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class SizeAndSparsity:
    """The central experiment: gates × sizes × sparsities × seeds on one concept forest.

    Parameters
    ----------
    branching : tuple of int
        Roots, children of a root, children of a child; 6, 3, 4 makes 96 concepts on 3 levels.
    firing : tuple of float
        By level: P(a root is on), then P(a child is on | its parent is). Every frequency stays below the
        1/6 up to which the default tolerances make approximation imply separation.
    amplitude : pair of float
        A concept's amplitude is uniform between them.
    noise : float
        Standard deviation of the noise in each coordinate.
    d_in : int
        Dimension of the points; fewer than the concepts, so that they are in superposition.
    n_train, n_test : int
        Points to train on and points to judge on.
    sizes : tuple of int
        Dictionary sizes ``d_sae``.
    budgets : tuple of int
        ``k`` of Top-K, from sparse to dense.
    l1_coefficients : tuple of float
        Penalties of ReLU, from sparse (large) to dense (small).
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    tolerances : Tolerances
        When a concept counts as learned.

    Examples
    --------
    >>> settings = SizeAndSparsity()
    >>> len(settings.sizes) * (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    360
    """

    branching: tuple[int, ...] = (6, 3, 4)
    firing: tuple[float, ...] = (0.15, 0.3, 0.22)
    amplitude: tuple[float, float] = (0.5, 1.5)
    noise: float = 0.02
    d_in: int = 64
    n_train: int = 60_000
    n_test: int = 20_000
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256, 512)
    budgets: tuple[int, ...] = (1, 2, 3, 4, 8, 16)
    l1_coefficients: tuple[float, ...] = (1.2, 0.6, 0.3, 0.15, 0.06, 0.03)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 600
    batch_size: int = 1_024
    lr: float = 1e-2
    tolerances: Tolerances = field(default_factory=Tolerances)


FULL = SizeAndSparsity()
QUICK = SizeAndSparsity(
    n_train=10_000,
    n_test=3_000,
    sizes=(16, 64, 256),
    budgets=(1, 4, 16),
    l1_coefficients=(1.2, 0.3, 0.03),
    seeds=(0, 1),
    steps=400,
)
