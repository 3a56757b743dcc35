"""Settings: concepts of WordNet in SAEs on the residual stream of a language model."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class Nouns:
    """Which SAEs are trained on the activations of the nouns, and how they are judged.

    Parameters
    ----------
    layer, other_layer : int
        Layers of the network; at the other one only the middle size and sparsity are trained.
    sizes, budgets, seeds : tuple of int
        Numbers of neurons, ``k`` of Top-K, and seeds. A seed draws the split by head word, the initial
        weights and the batches.
    gates : tuple of str
        Gates trained besides Top-K, at the middle size and matched L0.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    quantiles : tuple of float
        Thresholds that a neuron may have: these quantiles of its positive activations; 0 is any activation.
    penalties : tuple of float
        Ridge penalties of the linear probe, as shares of the mean variance of a direction.
    most : int
        Neurons of an OR, at most.
    audited : int
        Concepts, spread evenly over their sizes, of which geometry is asked.
    limit : int, optional
        Only so many nouns; all if left out.
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
    budgets: tuple[int, ...] = (8, 16, 32)
    seeds: tuple[int, ...] = (0, 1, 2)
    gates: tuple[str, ...] = ("ReLU", "JumpReLU")
    steps: int = 600
    batch_size: int = 1024
    lr: float = 1e-3
    quantiles: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
    penalties: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0)
    most: int = 5
    audited: int = 40
    limit: int | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)


FULL = Nouns()
QUICK = Nouns(
    sizes=(32, 64),
    budgets=(4, 8),
    seeds=(0,),
    steps=60,
    batch_size=256,
    quantiles=(0.0, 0.5, 0.8, 0.9),
    penalties=(1.0,),
    audited=4,
    limit=1500,
)
