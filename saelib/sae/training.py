"""The training loop: batches in, closed-form gradients, Adam, unit-norm decoder, the dead revived."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from saelib.errors import InputError, checked_type
from saelib.sae.adam import Adam
from saelib.sae.batches import ArrayBatches, StreamBatches
from saelib.sae.check import training_points
from saelib.sae.config import SAEConfig
from saelib.sae.gradients import gradients
from saelib.sae.model import SAE, Points
from saelib.sae.quality import Quality, quality
from saelib.sae.reviving import add_auxiliary_gradients, resample
from saelib.sae.sparsity import Coefficient
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
    measured : torch.Tensor
        The points of ``quality``: (at most 100,000 of) those trained on, of a stream (at most 16,384 of) the
        last ones. Pickling leaves them behind, since the quality goes with the result.

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
    measured: torch.Tensor = field(repr=False)

    @functools.cached_property
    def quality(self) -> Quality:
        """Explained variance, L0 and dead neurons over ``measured``: taken when first asked for, and kept.

        Who changes the SAE or the points should ask before. Most who train judge on other points and never
        ask; measuring costs about a tenth of a short training.
        """
        return quality(self.sae, self.measured)

    def __getstate__(self) -> dict[str, object]:
        return vars(self) | {"quality": self.quality, "measured": self.measured[:0].clone()}

    @property
    def n_dead(self) -> int:
        """Neurons that fire on none of the training points measured."""
        return self.quality.n_dead


def train(
    points: Points | Iterable[Points],
    config: SAEConfig,
    *,
    device: torch.device | str = "cpu",
    progress: bool | None = None,
) -> TrainResult:
    """Train an SAE on points [n_points, d_in], in their floating dtype (half precision is widened).

    The loss is ``mean ‖x̂ - x‖² + λ mean ‖z‖`` with unit-norm decoder rows, the norm being that of the gate
    (L1, or L0 for `JumpReLU`); `Gated` and `Matryoshka` add what their docstrings say. Gradients are closed
    forms, see `saelib.sae.gradients`. The same points, config, dtype and number of threads give the same
    SAE, bit for bit, on a CPU; on a GPU sums may be taken in another order.

    An array is gone through in epochs, each in another order. Points that are not all in memory come as a
    *stream*: anything that can be iterated and gives chunks [any, d_in], such as slices of a memory-mapped
    file or points drawn on the fly. A stream is read once and in its own order, so it should be shuffled; it
    must last for ``steps`` × ``batch_size`` points. Every point is trained on once; the first 10,000 also say
    where the decoder bias starts.

    Parameters
    ----------
    points : array or tensor [n_points, d_in], or an iterable of them
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
        finite, and naming the chunk if a stream gives points that are not finite or of another d_in, or
        ends too early.

    See Also
    --------
    train_together : Several SAEs on one stream.

    Examples
    --------
    >>> from saelib.sae import TopK
    >>> x = torch.randn(512, 4, generator=torch.Generator().manual_seed(0))
    >>> result = train(x, SAEConfig(d_sae=8, gate=TopK(2), steps=50, batch_size=128))
    >>> result.history.columns.tolist()
    ['step', 'lr', 'coefficient', 'loss', 'squared_error', 'l1', 'l0', 'dead']
    >>> bool(torch.allclose(result.sae.W_dec.norm(dim=1), torch.ones(8)))
    True

    The same points once, as a stream of chunks:

    >>> chunks = (x[start : start + 100] for start in range(0, 512, 100))
    >>> train(chunks, SAEConfig(d_sae=8, gate=TopK(2), steps=4, batch_size=128)).sae
    SAE(d_in=4, d_sae=8, gate=TopK(k=2))
    """
    checked_type("config", config, SAEConfig, "give an SAEConfig")
    generator = torch.Generator().manual_seed(config.seed)
    batches: ArrayBatches | StreamBatches
    if isinstance(points, (np.ndarray, torch.Tensor)) or not isinstance(points, Iterable):
        x = training_points(points)
        x = x.to(device=device, dtype=torch.float64 if x.dtype == torch.float64 else torch.float32)
        batches = ArrayBatches(x, config.batch_size, generator)
    else:
        batches = StreamBatches(points, config.batch_size, config.steps, device)
    run = _Run(batches.centre(config.b_dec_init), config, generator)
    disable = None if progress is None else not progress
    name = f"{config.gate} × {config.d_sae}"
    for step in tqdm(range(config.steps), desc=name, disable=disable, leave=False):
        run.take(step, batches.next())
    return run.result(batches.measured())


def train_together(
    stream: Iterable[Points],
    configs: Sequence[SAEConfig],
    *,
    device: torch.device | str = "cpu",
    progress: bool | None = None,
) -> list[TrainResult]:
    """Train several SAEs on one stream, side by side on the same batches.

    Each is, bit for bit, what `train` makes of the stream with its config alone. Where making or reading the
    points costs as much as training on them, this spares all but one of the readings, and the comparison of
    the SAEs is free of the luck of the draw.

    Parameters
    ----------
    stream : iterable of arrays or tensors [any, d_in]
        As for `train`.
    configs : sequence of SAEConfig
        At least one, all with the same ``batch_size`` and ``steps``.
    device : torch.device or str, default "cpu"
        Where to train.
    progress : bool, optional
        Show a progress bar; by default only on a terminal.

    Returns
    -------
    list of TrainResult
        In the order of ``configs``.

    Raises
    ------
    InputError
        For configs that do not fit together, an array in place of a stream, or as in `train`.

    Examples
    --------
    >>> from saelib.sae import ReLU, TopK
    >>> x = torch.randn(96, 4, generator=torch.Generator().manual_seed(0))
    >>> configs = [SAEConfig(d_sae=8, gate=gate, steps=3, batch_size=32) for gate in (ReLU(), TopK(2))]
    >>> [result.config.gate for result in train_together([x[:50], x[50:]], configs)]
    [ReLU(), TopK(k=2)]
    """
    if isinstance(stream, (np.ndarray, torch.Tensor)) or not isinstance(stream, Iterable):
        offence = f"is a {type(stream).__name__}"
        raise InputError("stream", offence, "give an iterable of chunks, or use train_grid for an array")
    if not configs or not all(isinstance(config, SAEConfig) for config in configs):
        raise InputError("configs", "is empty or holds something else", "give at least one SAEConfig")
    if len({(config.batch_size, config.steps) for config in configs}) > 1:
        raise InputError("configs", "differ in batch_size or steps", "give the same to all")
    batches = StreamBatches(stream, configs[0].batch_size, configs[0].steps, device)
    runs = [
        _Run(batches.centre(config.b_dec_init), config, torch.Generator().manual_seed(config.seed))
        for config in configs
    ]
    disable = None if progress is None else not progress
    name = f"{len(runs)} SAEs"
    for step in tqdm(range(configs[0].steps), desc=name, disable=disable, leave=False):
        batch = batches.next()
        for run in runs:
            run.take(step, batch)
    measured = batches.measured()
    return [run.result(measured) for run in runs]


class _Run:
    """One SAE in training: what it is, and everything that goes from step to step."""

    def __init__(self, centre: torch.Tensor, config: SAEConfig, generator: torch.Generator) -> None:
        self._config, self._generator = config, generator
        self._sae = SAE(
            len(centre), config.d_sae, config.gate, seed=config.seed, dtype=centre.dtype, device=centre.device
        )
        with torch.no_grad():
            self._sae.b_dec.copy_(centre)
            if "threshold" in config.gate.learned:
                self._sae.threshold.fill_(config.bandwidth)
        self._optimiser, self._workspace = Adam(self._sae), Workspace()
        self._coefficient, self._least = Coefficient(config), _RunningMean()
        self._silent = torch.zeros(config.d_sae, dtype=torch.int64, device=centre.device)
        self._log_every = max(1, config.steps // 100)
        self._rows: list[dict[str, float]] = []

    def take(self, step: int, batch: torch.Tensor) -> None:
        """One step on one batch."""
        config, sae, weight = self._config, self._sae, self._coefficient.at(step)
        g = gradients(
            sae, batch, weight,
            bandwidth=config.bandwidth, into=self._optimiser.gradient, workspace=self._workspace,
        )  # fmt: skip
        if not math.isfinite(g.loss):
            raise InputError(
                "lr", f"= {config.lr:g} made the loss {g.loss} at step {step}", "give a smaller lr"
            )
        self._silent.add_(1).masked_fill_(g.fired, 0)
        dead = self._silent >= config.dead_after
        if config.revive and config.gate.chooses and config.aux_coefficient and bool(dead.any()):
            add_auxiliary_gradients(sae, batch, g, dead, config.aux_coefficient)
        if config.target_l0 is not None:
            self._coefficient.observe(g.l0)
        if g.threshold is not None:
            self._least.observe(g.threshold)
        if step % self._log_every == 0 or step == config.steps - 1:
            self._rows.append(
                {"step": step, "lr": config.lr_at(step), "coefficient": weight, "loss": g.loss}
                | {"squared_error": g.squared_error, "l1": g.l1, "l0": g.l0, "dead": int(dead.sum())}
            )
        _step(sae, self._optimiser, config.lr_at(step))
        if config.revive and not config.gate.chooses and _time_to_resample(step, config):
            resample(sae, g.residual, dead, self._optimiser, self._generator, threshold=config.bandwidth)
            self._silent[dead] = 0

    def result(self, measured: torch.Tensor) -> TrainResult:
        """The end of the training; ``measured`` are the points that quality will be asked on."""
        self._optimiser.release()
        if "threshold" in self._config.gate.measured:
            self._sae.threshold.fill_(self._least.value)
        return TrainResult(self._sae, self._config, pd.DataFrame(self._rows), measured)


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
