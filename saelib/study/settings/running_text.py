"""Settings: word pieces of three novels in SAEs on the hidden states of a small language model."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class RunningText:
    """Which SAEs are trained on the running text, and how they are judged.

    Parameters
    ----------
    layer : int
        Layers of MiniLM-L6 that the pieces have gone through; 3 of 6 is the middle.
    sizes, budgets, seeds : tuple of int
        Numbers of neurons, ``k`` of Top-K (rising), and seeds. A seed draws the split by chapter, the initial
        weights and the order of the stream.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate; 300 × 1,024 pieces are two passes over a half. Set by
        the variance explained.
    judged : int
        Windows of 126 pieces of each half on which neurons are chosen and judged.
    least : int
        A concept takes part where it holds for so many pieces of those, in each half.
    quantiles : tuple of float
        Thresholds that a neuron may have: these quantiles of its positive activations; 0 is any activation.
    penalty : float
        Of the linear probe, as a share of the mean variance of a direction.
    limit : int, optional
        Only so many pieces; all if left out.
    tolerances : Tolerances
        Those of the central experiment.

    Examples
    --------
    >>> settings = RunningText()
    >>> len(settings.sizes) * len(settings.budgets) * len(settings.seeds)
    27
    """

    layer: int = 3
    sizes: tuple[int, ...] = (256, 512, 1024)
    budgets: tuple[int, ...] = (4, 8, 16)
    seeds: tuple[int, ...] = (0, 1, 2)
    steps: int = 300
    batch_size: int = 1024
    lr: float = 3e-3
    judged: int = 160
    least: int = 20
    quantiles: tuple[float, ...] = (0.0, 0.5, 0.8, 0.9)
    penalty: float = 0.01
    limit: int | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)


FULL = RunningText()
QUICK = RunningText(
    sizes=(32,),
    budgets=(2, 8),
    seeds=(0, 1),
    steps=40,
    batch_size=128,
    judged=10,
    least=5,
    quantiles=(0.0, 0.8),
    limit=4000,
)
