"""Settings: families and hierarchy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Families:
    """Gates × sparsities × seeds at one size, in the world of the central experiment.

    Parameters
    ----------
    budgets : tuple of int
        ``k`` of Top-K, from sparse to dense.
    l1_coefficients : tuple of float
        Penalties of ReLU, from sparse (large) to dense (small).
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    d_sae : int
        Neurons of every dictionary.
    n_train, n_test : int
        Points to train on and to choose neurons on, and points to judge on.
    steps : int
        Training length.
    min_share : float
        Least share of the held-out points in a family's region: half of a leaf concept's frequency.
    clear_lift : float
        From which lift on a family counts as clear: together so many times as often as independent neurons
        of the same frequencies would fire. All families from lift 1 on are counted beside it.
    least_jaccard : float
        From which Jaccard index on a family's region counts as explained by a concept, or the meet of two.
    thresholds : tuple of float
        Jaccard index at which co-occurrence clustering joins two neurons.
    cosines : tuple of float
        Least cosine of two encoder directions that count as parallel.
    tolerances : tuple of float
        Shares of an activation set that may lie outside the other for it still to count as inside. The
        claims speak of the first.
    n_shuffles : int
        How often the neurons are dealt out anew for the chance level of the hierarchy.

    Examples
    --------
    >>> settings = Families()
    >>> (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    50
    """

    budgets: tuple[int, ...] = (1, 2, 3, 4, 6)
    l1_coefficients: tuple[float, ...] = (1.2, 0.6, 0.3, 0.2, 0.15)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    d_sae: int = 128
    n_train: int = 30_000
    n_test: int = 10_000
    steps: int = 500
    min_share: float = 0.005
    clear_lift: float = 2.0
    least_jaccard: float = 0.5
    thresholds: tuple[float, ...] = (0.1, 0.3)
    cosines: tuple[float, ...] = (0.9, 0.99)
    tolerances: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
    n_shuffles: int = 5


FULL = Families()
QUICK = Families(
    budgets=(1, 4),
    l1_coefficients=(0.6, 0.3),
    seeds=(0, 1),
    d_sae=96,
    n_train=10_000,
    n_test=3_000,
    steps=150,
    tolerances=(0.05, 0.5),
    n_shuffles=2,
)
