"""Whose fault is a concept without a good neuron? Dictionaries against the limits, as noise grows.

A cell is one level of noise and one seed: the world of the central experiment with that noise, one Top-K
dictionary and the ReLU dictionary of the nearest sparsity trained on it, and an audit of some concepts of
every level on held-out points.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from saelib.study.settings.whose_fault import WhoseFault

_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on


def cells(settings: WhoseFault) -> list[str]:
    """One id a cell: noise in thousandths and seed, the noisiest and so longest first.

    Examples
    --------
    >>> from saelib.study.settings.whose_fault import WhoseFault
    >>> cells(WhoseFault(noises=(0.02, 0.3), seeds=(0,)))
    ['noise300-0', 'noise20-0']
    """
    noises = sorted(settings.noises, reverse=True)
    return [f"noise{round(1000 * noise)}-{seed}" for noise in noises for seed in settings.seeds]


def run_cell(settings: WhoseFault, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train the dictionaries of one cell and audit two of them.

    Returns
    -------
    dict of str to DataFrame
        ``whose_fault``: one row a gate and concept; the columns of `saelib.geometry.audit` after noise, seed,
        gate, level and L0 (mean number of neurons active at a held-out point).

    Examples
    --------
    >>> from saelib.study.settings.whose_fault import WhoseFault
    >>> frame = run_cell(WhoseFault(n_train=500, n_test=200, per_level=1, steps=3, d_sae=16), "noise20-0")
    >>> frame["whose_fault"][["gate", "level"]].to_numpy().tolist()[:3]
    [['ReLU', 0], ['ReLU', 1], ['ReLU', 2]]
    """
    import numpy as np

    from saelib.data.synthetic import concept_forest
    from saelib.geometry import audit, limits
    from saelib.sae import ReLU, SAEConfig, TopK, train
    from saelib.sets import ActivationSets
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    from saelib.study.sweeps.size_and_sparsity import world

    thousandths, seed = (int(part) for part in cell_id.removeprefix("noise").split("-"))
    noise = thousandths / 1000
    config = world(replace(SizeAndSparsity(), noise=noise), seed)
    points = concept_forest(config, settings.n_train, seed).points
    held_out = concept_forest(config, settings.n_test, seed + _TEST)
    levels = held_out.concepts.levels
    chosen = [i for level in np.unique(levels) for i in np.flatnonzero(levels == level)[: settings.per_level]]
    concepts = held_out.concepts.select([int(i) for i in chosen])
    found = limits(held_out.points, concepts, units=False, jobs=1, progress=False)
    shared = SAEConfig(
        d_sae=settings.d_sae, gate=ReLU(), steps=settings.steps, batch_size=1_024, seed=seed, lr=1e-2
    )
    # The penalty that makes about k neurons fire depends on the noise; it is chosen on the training points.
    candidates = [
        train(points, replace(shared, l1_coefficient=penalty), progress=False).sae
        for penalty in settings.l1_coefficients
    ]
    fired = [ActivationSets.from_sae(sae, points[:4_000], progress=False).l0.mean() for sae in candidates]
    nearest = int(np.argmin(np.abs(np.log(np.maximum(fired, 1e-9) / settings.k))))
    top_k = train(points, replace(shared, gate=TopK(settings.k)), progress=False).sae
    frames = []
    for gate, sae in (("ReLU", candidates[nearest]), ("TopK", top_k)):
        activations = ActivationSets.from_sae(sae, held_out.points, progress=False)
        frame = audit(activations, held_out.points, concepts, found=found)
        labels = pd.DataFrame({"noise": noise, "seed": seed, "gate": gate, "level": levels[chosen]})
        labels["l0"] = float(activations.l0.mean())
        frames.append(pd.concat([labels, frame], axis=1))
    return {"whose_fault": pd.concat(frames, ignore_index=True)}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as one table, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"noise": [0.1], "seed": [0], "gate": ["TopK"], "concept": ["a"]})
    >>> len(gather([{"whose_fault": frame}])["whose_fault"])
    1
    """
    whole = pd.concat([frame["whose_fault"] for frame in frames], ignore_index=True)
    return {"whose_fault": whole.sort_values(["noise", "seed", "gate"], kind="stable", ignore_index=True)}
