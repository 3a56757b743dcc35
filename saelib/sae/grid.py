"""Training many SAEs on the same points, one process and one thread each."""

from __future__ import annotations

from collections.abc import Sequence

import joblib
import numpy as np
import torch
from tqdm import tqdm

from saelib.errors import InputError, checked_type
from saelib.sae.check import positive_integer, training_points
from saelib.sae.config import SAEConfig
from saelib.sae.model import Points
from saelib.sae.training import TrainResult, train


def train_grid(
    points: Points, configs: Sequence[SAEConfig], *, jobs: int = 1, progress: bool | None = None
) -> list[TrainResult]:
    """Train one SAE a config on the CPU, ``jobs`` at a time; results come in the order of ``configs``.

    Every run has one thread to itself, whatever ``jobs`` is, so the results do not depend on ``jobs``.
    Small SAEs gain more from processes than from threads inside an operation.

    Parameters
    ----------
    points : array or tensor [n_points, d_in]
        Shared by all runs through memory-mapped storage.
    configs : sequence of SAEConfig
        One a run.
    jobs : int, default 1
        Processes.
    progress : bool, optional
        Show a progress bar; by default only on a terminal.

    Raises
    ------
    InputError
        For unusable points or anything in ``configs`` that is not an `SAEConfig`.

    Examples
    --------
    >>> from saelib.sae import ReLU, TopK
    >>> x = np.random.default_rng(0).normal(size=(256, 4)).astype("float32")
    >>> grid = [SAEConfig(d_sae=4, gate=gate, steps=5, batch_size=64) for gate in (ReLU(), TopK(1))]
    >>> [result.config.gate for result in train_grid(x, grid)]
    [ReLU(), TopK(k=1)]
    """
    checked_type("configs", configs, Sequence, "give a list of SAEConfig")
    jobs = positive_integer("jobs", jobs)
    for i, config in enumerate(configs):
        if not isinstance(config, SAEConfig):
            raise InputError(
                "configs", f"has a {type(config).__name__} at index {i}", "give SAEConfig objects"
            )
    array = np.asarray(training_points(points).cpu())
    runs = joblib.Parallel(n_jobs=min(jobs, max(1, len(configs))), return_as="generator")(
        joblib.delayed(_train_on_one_thread)(array, config) for config in configs
    )
    disable = None if progress is None else not progress
    return list(tqdm(runs, total=len(configs), desc="training", disable=disable, leave=False))


def _train_on_one_thread(points: np.ndarray, config: SAEConfig) -> TrainResult:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return train(torch.from_numpy(np.array(points)), config, progress=False)
    finally:
        torch.set_num_threads(before)
