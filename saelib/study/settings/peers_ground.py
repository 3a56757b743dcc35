"""Settings: SynthSAEBench's recipe at a size that two cores can train."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class PeersGround:
    """Six gates at the same L0 on streams of the published recipe, scaled down.

    The recipe has 16,384 concepts in 768 dimensions, and dictionaries of a quarter as many neurons whose L0
    is about the number of concepts present of that quarter, the most frequent. Here it is 512 in 64.

    Parameters
    ----------
    n_concepts, d_in : int
        The world.
    d_sae : int
        Neurons of every dictionary.
    l0 : int
        Neurons that are to fire on a point.
    unit : float
        Size of a typical concept's part in a point: the recipe's mean amplitude.
    seeds : tuple of int
        One world, one stream and one initialisation each.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate; steps · batch_size points are drawn, and none is seen twice.
    n_choice : int
        First points of the stream, on which each concept's neuron is chosen.
    n_test : int
        Points that no dictionary has seen, on which everything is judged.
    n_null : int
        Random dictionaries whose matched correlation is averaged.
    cosine, jaccard : float
        From what size of the cosine on a direction counts as right, and up to which Jaccard index the points
        count as wrong.
    alike : float
        From what size of the cosine on two true directions count as alike.
    tolerances : Tolerances
        When a concept counts as learned.

    Examples
    --------
    >>> PeersGround().steps * PeersGround().batch_size >= 2_000_000
    True
    """

    n_concepts: int = 512
    d_in: int = 64
    d_sae: int = 128
    l0: int = 4
    unit: float = 4.5
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 2_000
    batch_size: int = 1_024
    lr: float = 1e-2
    n_choice: int = 20_000
    n_test: int = 40_000
    n_null: int = 20
    cosine: float = 0.7
    jaccard: float = 0.5
    alike: float = 0.3
    tolerances: Tolerances = field(default_factory=Tolerances)


FULL = PeersGround()
QUICK = PeersGround(
    n_concepts=128, d_in=32, d_sae=32, l0=2, seeds=(0, 1), steps=300, n_choice=8_000, n_test=8_000, n_null=5
)
