"""Concepts of single word pieces in SAEs on running text: sizes × sparsities × seeds, beside their nulls.

Kinds of cells:

- ``topk-d_sae-seed``: Top-K SAEs of one size at every sparsity, trained side by side on one stream;
- ``readers-seed``: what needs no dictionary: a table of pieces, a linear probe, raw dimensions.

Training, choosing and judging are on different sides of a split by chapter: SAEs are trained, and neurons
and thresholds chosen, on one half; the other one judges. Each SAE is measured three times:

- ``trained``: as it is;
- ``random``: before its training, with the same k (`saelib.study.sweeps.nulls.random_dictionary`);
- ``permuted``: as it is, against the labels of other windows
  (`saelib.study.sweeps.running_text_measures.permuted`).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from saelib.data.language import Tokens
    from saelib.sae import TrainResult
    from saelib.study.settings.running_text import RunningText
    from saelib.study.sweeps.running_text_measures import Judging

KEYS = {
    "running_text": ["d_sae", "k", "seed", "dictionary"],
    "running_text_concepts": ["d_sae", "k", "seed", "dictionary"],
    "running_text_readers": ["seed", "reader"],
    "running_text_history": ["d_sae", "k", "seed", "part"],
}


def cells(settings: RunningText) -> list[str]:
    """One id a cell.

    Examples
    --------
    >>> from saelib.study.settings.running_text import RunningText
    >>> cells(RunningText(sizes=(8, 16), seeds=(0,)))
    ['topk-8-0', 'topk-16-0', 'readers-0']
    """
    found = [f"topk-{d_sae}-{seed}" for d_sae in settings.sizes for seed in settings.seeds]
    return [*found, *(f"readers-{seed}" for seed in settings.seeds)]


def run_cell(settings: RunningText, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train the SAEs of a size and judge them, or judge the readers.

    Parameters
    ----------
    settings : RunningText
        Of the sweep.
    cell_id : str
        One of ``cells(settings)``.

    Returns
    -------
    dict of str to DataFrame
        ``running_text``: one row a dictionary, with d_sae, k, seed, dictionary (trained or random), and on
        the judging half ``explained_variance``, ``l0`` and ``n_dead`` (neurons silent there).
        ``running_text_concepts``: one row a dictionary and concept, see
        `saelib.study.sweeps.running_text_measures.by_concept`. ``running_text_readers``: the same of each
        ``reader``. ``running_text_history``: ``part`` of the training (twentieths, from 1), the last ``step``
        of it, and the mean share of variance ``explained`` in its batches.

    Raises
    ------
    InputError
        If the extra ``real`` or the weights are not installed.

    Examples
    --------
    >>> from saelib.study.settings.running_text import QUICK
    >>> sorted(run_cell(QUICK, "readers-0"))  # doctest: +SKIP
    ['running_text_readers']
    """
    from saelib.data.language import token_activations, token_data
    from saelib.study.sweeps.running_text_measures import judging
    from saelib.study.sweeps.running_text_readers import readers

    kind, *numbers = cell_id.split("-")
    seed = int(numbers[-1])
    tokens = _tokens(token_data, settings.limit)
    activations = token_activations(settings.layer, settings.limit)
    ground = judging(tokens, activations, settings, seed)
    if kind == "readers":
        return {"running_text_readers": readers(ground, settings).assign(seed=seed)}
    results = _trained(activations, ground, settings, int(numbers[0]), seed)
    tables: dict[str, list[pd.DataFrame]] = {}
    for k, result in zip(settings.budgets, results, strict=True):
        labels = {"d_sae": int(numbers[0]), "k": k, "seed": seed}
        for name, frame in _measured(result, ground, settings, labels).items():
            tables.setdefault(name, []).append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in tables.items()}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as four tables, sorted so that the order in which cells finished leaves no trace.

    Parameters
    ----------
    frames : list of dict
        What the cells returned.

    Returns
    -------
    dict of str to DataFrame
        By table.

    Examples
    --------
    >>> parts = [{name: pd.DataFrame({key: [0] for key in keys})} for name, keys in KEYS.items()]
    >>> sorted(gather(parts))[-1]
    'running_text_readers'
    """
    tables = {}
    for name, keys in KEYS.items():
        whole = pd.concat([part[name] for part in frames if name in part], ignore_index=True)
        tables[name] = whole.sort_values(keys, kind="stable", ignore_index=True)
    return tables


@functools.lru_cache(maxsize=1)
def _tokens(read: Callable[[int | None], Tokens], limit: int | None) -> Tokens:
    """The text, cut and labelled once for all cells of a process: as long as a small training."""
    return read(limit)


def _trained(
    activations: Any, ground: Judging, settings: RunningText, d_sae: int, seed: int
) -> list[TrainResult]:
    from saelib.sae import SAEConfig, TopK, train_together

    runs = [
        SAEConfig(
            d_sae=d_sae, gate=TopK(k), steps=settings.steps, batch_size=settings.batch_size, seed=seed,
            lr=settings.lr,
        )
        for k in settings.budgets
    ]  # fmt: skip
    return train_together(activations.stream(ground.half, seed), runs, progress=False)


def _measured(
    result: TrainResult, ground: Judging, settings: RunningText, labels: dict[str, int]
) -> dict[str, pd.DataFrame]:
    from saelib.study.sweeps.nulls import random_dictionary
    from saelib.study.sweeps.running_text_measures import by_concept, encoded, permuted

    null = random_dictionary(result.sae, ground.points[0], labels["seed"])
    saes, concepts = [], []
    for sae, names in ((result.sae, ("trained", "permuted")), (null, ("random",))):
        acts = [encoded(sae, points) for points in ground.points]
        for name in names:
            human = permuted(ground.concepts, labels["seed"]) if name == "permuted" else ground.concepts
            frame = by_concept(acts[0], acts[1], human, ground.kinds, settings)
            concepts.append(frame.assign(**labels, dictionary=name))
        saes.append({**labels, "dictionary": names[0], **_quality(sae, acts[1], ground.points[1])})
    history = explained_over_time(result.history, ground.points[0]).assign(**labels)
    return {
        "running_text": pd.DataFrame(saes),
        "running_text_concepts": pd.concat(concepts, ignore_index=True),
        "running_text_history": history,
    }


def _quality(sae: Any, acts: Any, points: np.ndarray) -> dict[str, float]:
    """Reconstruction and sparsity on the judging half, from its sparse activations."""
    decoder = sae.W_dec.detach().numpy()
    error = points - (acts @ decoder + sae.b_dec.detach().numpy())
    total = float(np.square(points - points.mean(axis=0)).sum(dtype=np.float64))
    return {
        "explained_variance": 1.0 - float(np.square(error).sum(dtype=np.float64)) / total,
        "l0": acts.nnz / len(points),
        "n_dead": int((np.bincount(acts.indices, minlength=len(decoder)) == 0).sum()),
    }


def explained_over_time(history: pd.DataFrame, points: np.ndarray, parts: int = 20) -> pd.DataFrame:
    """How much of the variance the batches of a training had explained, as it went on.

    Parameters
    ----------
    history : DataFrame
        As from `saelib.sae.train`.
    points : ndarray [n_points, d_in]
        Of the kind that was trained on, for their variance.
    parts : int, default 20
        Stretches of steps that are averaged.

    Returns
    -------
    DataFrame
        ``part`` (from 1), the last ``step`` logged in it, mean share of variance ``explained``.

    Examples
    --------
    >>> history = pd.DataFrame({"step": [0, 1, 2, 3], "squared_error": [4.0, 2.0, 1.0, 1.0]})
    >>> explained_over_time(history, np.array([[-2.0], [2.0]]), parts=2).explained.tolist()
    [0.25, 0.75]
    """
    variance = float(np.square(points - points.mean(axis=0)).sum(dtype=np.float64)) / len(points)
    part = np.arange(len(history)) * parts // len(history) + 1
    frame = pd.DataFrame(
        {"part": part, "step": history.step, "explained": 1 - history.squared_error / variance}
    )
    return frame.groupby("part", as_index=False).agg({"step": "max", "explained": "mean"})
