"""Settings: absorption against sparsity."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Absorption:
    """Absorption against sparsity in the world of the central experiment, and descents in a world of two.

    Parameters
    ----------
    d_sae : int
        Neurons of every dictionary: a third more than there are concepts.
    budgets : tuple of int
        ``k`` of Top-K, from sparse to dense; the world has about 2.4 concepts a point.
    l1_coefficients : tuple of float
        Penalties of ReLU, from sparse (large) to dense (small).
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    n_train, n_test, n_probe : int
        Points to train on, to judge on, and how many of the first go into the published probes.
    steps : int
        Training length.
    probed : int
        The published score is computed for the first so many parents of every level.
    two_points : int
        Points of the world of two concepts.
    two_penalties : tuple of float
        λ of the descents there.
    two_steps : int
        Their length.

    Examples
    --------
    >>> settings = Absorption()
    >>> (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    80
    """

    d_sae: int = 128
    budgets: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16)
    l1_coefficients: tuple[float, ...] = (1.2, 0.8, 0.6, 0.4, 0.3, 0.15, 0.06, 0.03)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    n_train: int = 60_000
    n_test: int = 20_000
    n_probe: int = 5_000
    steps: int = 700
    probed: int = 6
    two_points: int = 600
    two_penalties: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6)
    two_steps: int = 1_500


FULL = Absorption()
QUICK = Absorption(
    d_sae=96,
    budgets=(1, 2, 4, 16),
    l1_coefficients=(1.2, 0.4, 0.15, 0.03),
    seeds=(0, 1),
    n_train=6_000,
    n_test=3_000,
    n_probe=2_500,
    steps=80,
    probed=2,
    two_points=150,
    two_penalties=(0.05, 0.4),
    two_steps=300,
)
