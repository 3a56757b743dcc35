"""Settings: seven gates at the same L0."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class Architectures:
    """Seven gates at the same size and L0, on the world of the central experiment.

    Parameters
    ----------
    d_sae : int
        Neurons of every dictionary; by default two for each of the 96 concepts.
    targets : tuple of int
        Wanted L0. The points hold 2.4 concepts on average, so 2 is fewer than there is to say, 4 and 8
        are more.
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    n_train, n_choose, n_test : int
        Points to train on, how many of them choose the neuron of every concept, and held-out points to
        judge on.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    dead_after : int
        Steps without firing after which a neuron is revived; by default about one pass over the points.
    tolerances : Tolerances
        When a concept counts as learned.
    eta : float
        Jaccard distance within which an OR of neurons counts as a root (its splitting number).

    Examples
    --------
    >>> 7 * len(Architectures().targets) * len(Architectures().seeds)
    105
    """

    d_sae: int = 192
    targets: tuple[int, ...] = (2, 4, 8)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    n_train: int = 60_000
    n_choose: int = 20_000
    n_test: int = 20_000
    steps: int = 1_000
    batch_size: int = 1_024
    lr: float = 1e-2
    dead_after: int = 60
    tolerances: Tolerances = field(default_factory=Tolerances)
    eta: float = 0.2


FULL = Architectures()
QUICK = Architectures(
    d_sae=128,
    targets=(2, 4),
    seeds=(0, 1),
    n_train=10_000,
    n_choose=4_000,
    n_test=4_000,
    steps=120,
    batch_size=512,
    dead_after=40,
)
