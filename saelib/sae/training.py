"""The training loop: batches in, closed-form gradients, Adam, unit-norm decoder, the dead revived."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
import torch
from tqdm import tqdm

from saelib.errors import InputError
from saelib.sae.adam import Adam
from saelib.sae.check import training_points
from saelib.sae.config import SAEConfig
from saelib.sae.gradients import gradients
from saelib.sae.model import SAE, Points
from saelib.sae.quality import Quality, quality
from saelib.sae.reviving import add_auxiliary_gradients, resample
from saelib.sae.sparsity import Coefficient
from saelib.sae.start import centre_of
from saelib.sae.workspace import Workspace


@dataclass
class TrainResult:
    """What `train` returns.

    Attributes
    ----------
    sae : SAE
        The trained model.
    config : SAEConfig
        What it was trained with.
    history : pandas.DataFrame
        One row a logged step: step, lr, coefficient (weight of the sparsity penalty), loss, squared_error,
        l1, l0 (batch means) and dead (neurons silent for ``dead_after`` steps).
    quality : Quality
        Over (at most 100,000 of) the training points, after training: explained variance, L0, dead.

    Examples
    --------
    >>> from saelib.sae import ReLU
    >>> x = torch.randn(64, 2, generator=torch.Generator().manual_seed(0))
    >>> train(x, SAEConfig(d_sae=3, gate=ReLU(), steps=2, batch_size=8)).n_dead
    0
    """

    sae: SAE
    config: SAEConfig
    history: pd.DataFrame
    quality: Quality

    @property
    def n_dead(self) -> int:
        """Neurons that fire on none of the training points measured."""
        return self.quality.n_dead


def train(
    points: Points, config: SAEConfig, *, device: torch.device | str = "cpu", progress: bool | None = None
) -> TrainResult:
    """Train an SAE on points [n_points, d_in], in their floating dtype (half precision is widened).

    The loss is ``mean ‖x̂ - x‖² + λ mean ‖z‖`` with unit-norm decoder rows, the norm being that of the gate
    (L1, or L0 for `JumpReLU`); `Gated` and `Matryoshka` add what their docstrings say. Gradients are closed
    forms, see `saelib.sae.gradients`. The same points, config, dtype and number of threads give the same
    SAE, bit for bit, on a CPU; on a GPU sums may be taken in another order.

    Parameters
    ----------
    points : array or tensor [n_points, d_in]
        Finite and not constant.
    config : SAEConfig
        Size, gate, steps, seed and the rest.
    device : torch.device or str, default "cpu"
        Where to train.
    progress : bool, optional
        Show a progress bar; by default only on a terminal.

    Returns
    -------
    TrainResult

    Raises
    ------
    InputError
        Before training for unusable points; during training, naming the step, if the loss stops being
        finite.

    Examples
    --------
    >>> from saelib.sae import TopK
    >>> x = torch.randn(512, 4, generator=torch.Generator().manual_seed(0))
    >>> result = train(x, SAEConfig(d_sae=8, gate=TopK(2), steps=50, batch_size=128))
    >>> result.history.columns.tolist()
    ['step', 'lr', 'coefficient', 'loss', 'squared_error', 'l1', 'l0', 'dead']
    >>> bool(torch.allclose(result.sae.W_dec.norm(dim=1), torch.ones(8)))
    True
    """
    x = training_points(points)
    x = x.to(device=device, dtype=torch.float64 if x.dtype == torch.float64 else torch.float32)
    generator = torch.Generator().manual_seed(config.seed)
    sae = SAE(x.shape[1], config.d_sae, config.gate, seed=config.seed, dtype=x.dtype, device=device)
    with torch.no_grad():
        sae.b_dec.copy_(centre_of(x, config.b_dec_init, generator))
        if "threshold" in config.gate.learned:
            sae.threshold.fill_(config.bandwidth)
    optimiser, workspace = Adam(sae), Workspace()
    coefficient, least = Coefficient(config), _RunningMean()
    silent = torch.zeros(config.d_sae, dtype=torch.int64, device=x.device)
    batches = _Batches(x, config.batch_size, generator)
    log_every = max(1, config.steps // 100)
    rows: list[dict[str, float]] = []
    disable = None if progress is None else not progress
    for step in tqdm(
        range(config.steps), desc=f"{config.gate} × {config.d_sae}", disable=disable, leave=False
    ):
        batch, weight = batches.next(), coefficient.at(step)
        g = gradients(
            sae, batch, weight,
            bandwidth=config.bandwidth, into=optimiser.gradient, workspace=workspace,
        )  # fmt: skip
        if not math.isfinite(g.loss):
            raise InputError(
                "lr", f"= {config.lr:g} made the loss {g.loss} at step {step}", "give a smaller lr"
            )
        silent.add_(1).masked_fill_(g.fired, 0)
        dead = silent >= config.dead_after
        if config.revive and config.gate.chooses and config.aux_coefficient and bool(dead.any()):
            add_auxiliary_gradients(sae, batch, g, dead, config.aux_coefficient)
        if config.target_l0 is not None:
            coefficient.observe(g.l0)
        if g.threshold is not None:
            least.observe(g.threshold)
        if step % log_every == 0 or step == config.steps - 1:
            rows.append(
                {"step": step, "lr": config.lr_at(step), "coefficient": weight, "loss": g.loss}
                | {"squared_error": g.squared_error, "l1": g.l1, "l0": g.l0, "dead": int(dead.sum())}
            )
        _step(sae, optimiser, config.lr_at(step))
        if config.revive and not config.gate.chooses and _time_to_resample(step, config):
            resample(sae, g.residual, dead, optimiser, generator, threshold=config.bandwidth)
            silent[dead] = 0
    optimiser.release()
    if "threshold" in config.gate.measured:
        sae.threshold.fill_(least.value)
    return TrainResult(sae, config, pd.DataFrame(rows), quality(sae, x[:100_000]))


def _time_to_resample(step: int, config: SAEConfig) -> bool:
    # Never in the last third: a neuron needs steps at a full learning rate to find its place.
    return (step + 1) % config.dead_after == 0 and step < config.steps * 2 / 3


def _step(sae: SAE, optimiser: Adam, lr: float) -> None:
    """One step on the sphere: the gradient's radial part is dropped, the decoder rows renormalised after."""
    with torch.no_grad():
        gradient = optimiser.gradient["W_dec"]
        gradient.addcmul_((gradient * sae.W_dec).sum(1, keepdim=True), sae.W_dec, value=-1)
        optimiser.step(lr)
        sae.W_dec.div_(sae.W_dec.norm(dim=1, keepdim=True))


class _RunningMean:
    """Mean over about the last hundred observations: what the first steps saw is soon out of date."""

    def __init__(self) -> None:
        self.value = 0.0
        self._seen = 0

    def observe(self, value: float) -> None:
        self._seen += 1
        self.value += (value - self.value) * max(0.01, 1 / self._seen)


class _Batches:
    """Batches without replacement within an epoch, reshuffled every epoch; the short last one is dropped."""

    def __init__(self, points: torch.Tensor, size: int, generator: torch.Generator) -> None:
        self._points = points
        self._size = min(size, len(points))
        self._generator = generator
        self._order = torch.empty(0, dtype=torch.int64)
        self._at = 0
        self._batch = points.new_empty(self._size, points.shape[1])

    def next(self) -> torch.Tensor:
        """The next batch, in the same memory as the one before."""
        if self._at + self._size > len(self._order):
            self._order = torch.randperm(len(self._points), generator=self._generator).to(self._points.device)
            self._at = 0
        rows = self._order[self._at : self._at + self._size]
        self._at += self._size
        return torch.index_select(self._points, 0, rows, out=self._batch)
