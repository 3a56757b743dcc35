"""Settings: concepts of WordNet in SAEs on the residual stream of a language model."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.settings import nouns_phenomena
from saelib.study.settings.nouns_phenomena import NounsPhenomena
from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class Nouns:
    """Which SAEs are trained on the activations of the nouns, and how they are judged.

    Parameters
    ----------
    layer, other_layer : int
        Layers of the network; at the other one only the middle size and sparsity are trained.
    sizes, seeds : tuple of int
        Numbers of neurons, and seeds. A seed draws the split by head word, the initial weights and the
        batches.
    budgets : tuple of tuple of int
        ``k`` of Top-K, rising; those of a group share a cell.
    gates : tuple of str
        Gates trained besides Top-K, at the middle size and matched L0. BatchTopK rather than JumpReLU: in a
        training as short as this one, JumpReLU's steered penalty does not bring its L0 near the one aimed at.
    steps, batch_size, lr, lr_decay : int, int, float, float
        Training length, peak learning rate, and the last part of the steps over which it falls to 0.
    longer : int
        How many times as many steps the middle Top-K takes once more a seed, to see what they would change.
    quantiles : tuple of float
        Thresholds that a neuron may have: these quantiles of its positive activations; 0 is any activation.
    penalties : tuple of float
        Ridge penalties of the linear probe, as shares of the mean variance of a direction.
    most : int
        Neurons of an OR, at most.
    middle_only : bool
        Whether the phenomena are asked at the middle ``k`` alone.
    limit : int, optional
        Only so many nouns; all if left out.
    phenomena : NounsPhenomena
        What is asked besides.
    tolerances : Tolerances
        Those of the central experiment.

    Examples
    --------
    >>> settings = Nouns()
    >>> len(settings.sizes) * len(settings.budgets) * len(settings.seeds)
    27
    """

    layer: int = 16
    other_layer: int = 8
    sizes: tuple[int, ...] = (512, 1024, 2048)
    budgets: tuple[tuple[int, ...], ...] = ((8,), (16,), (32,))
    seeds: tuple[int, ...] = (0, 1, 2)
    gates: tuple[str, ...] = ("ReLU", "BatchTopK")
    steps: int = 600
    batch_size: int = 1024
    lr: float = 6e-3
    lr_decay: float = 0.8
    longer: int = 4
    quantiles: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
    penalties: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0)
    most: int = 5
    middle_only: bool = False
    limit: int | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)
    phenomena: NounsPhenomena = field(default_factory=NounsPhenomena)


FULL = Nouns()
QUICK = Nouns(
    sizes=(16, 48),
    budgets=((4, 8, 16),),
    seeds=(0, 1),
    gates=("ReLU", "BatchTopK"),
    steps=30,
    batch_size=128,
    longer=2,
    quantiles=(0.0, 0.5, 0.9),
    penalties=(1.0,),
    middle_only=True,
    limit=600,
    phenomena=nouns_phenomena.QUICK,
)
