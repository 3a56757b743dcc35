"""The central experiment: gates × sizes × sparsities × seeds on a concept forest.

A cell trains the SAEs of one gate, one size and one seed at every sparsity. The seed draws everything:
the directions of the world, the points, the initial weights and the batches, so that an interval over
seeds covers all of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from saelib.data.synthetic import ForestConfig
    from saelib.sae import SAEConfig
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity

GATES = ("ReLU", "TopK")
_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on


def cells(settings: SizeAndSparsity) -> list[str]:
    """One id a cell: gate, size and seed, the longest cells first.

    Examples
    --------
    >>> from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    >>> cells(SizeAndSparsity(sizes=(16, 32), seeds=(0,)))
    ['ReLU-32-0', 'TopK-32-0', 'ReLU-16-0', 'TopK-16-0']
    """
    sizes = sorted(settings.sizes, reverse=True)
    return [f"{gate}-{d_sae}-{seed}" for d_sae in sizes for gate in GATES for seed in settings.seeds]


def world(settings: SizeAndSparsity, seed: int) -> ForestConfig:
    """The concept forest of one seed: exclusive children, directions pushed apart, a little noise.

    Examples
    --------
    >>> from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    >>> len(world(SizeAndSparsity(), 0).names)
    96
    """
    from saelib.data.synthetic import ForestConfig, LevelFiring, Uniform

    return ForestConfig(
        d_in=settings.d_in,
        branching=settings.branching,
        firing=LevelFiring(settings.firing),
        children="exclusive",
        amplitude=Uniform(*settings.amplitude),
        noise=settings.noise,
        world_seed=seed,
    )


def configs(settings: SizeAndSparsity, gate: str, d_sae: int, seed: int) -> list[tuple[float, SAEConfig]]:
    """The cell's training runs, from the sparsest to the densest, each with its sparsity setting.

    Examples
    --------
    >>> from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    >>> [sparsity for sparsity, _ in configs(SizeAndSparsity(budgets=(1, 2)), "TopK", 8, 0)]
    [1, 2]
    """
    from saelib.sae import ReLU, SAEConfig, TopK

    shared = SAEConfig(
        d_sae=d_sae,
        gate=ReLU(),
        steps=settings.steps,
        batch_size=settings.batch_size,
        seed=seed,
        lr=settings.lr,
    )
    if gate == "TopK":
        return [(k, replace(shared, gate=TopK(k))) for k in settings.budgets]
    return [(penalty, replace(shared, l1_coefficient=penalty)) for penalty in settings.l1_coefficients]


def run_cell(settings: SizeAndSparsity, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train and measure the SAEs of one cell.

    Returns
    -------
    dict of str to DataFrame
        ``size_and_sparsity``: one row an SAE; ``size_and_sparsity_concepts``: one row an SAE and concept.
        The columns are those of `saelib.study.sweeps.measures.measure`, after gate, d_sae, sparsity (k
        or λ), rank (0 = sparsest) and seed.

    Examples
    --------
    >>> from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    >>> tiny = SizeAndSparsity(branching=(2, 2), firing=(0.1, 0.4), d_in=4, n_train=300, n_test=200, steps=3)
    >>> frames = run_cell(tiny, "TopK-16-0")
    >>> len(frames["size_and_sparsity"]), len(frames["size_and_sparsity_concepts"])
    (6, 36)
    """
    from saelib import ActivationSets, align
    from saelib.data.synthetic import concept_forest
    from saelib.sae import train
    from saelib.study.sweeps.directions import directions
    from saelib.study.sweeps.measures import measure

    gate, d_sae, seed = cell_id.split("-")
    config = world(settings, int(seed))
    points = concept_forest(config, settings.n_train, int(seed)).points
    held_out = concept_forest(config, settings.n_test, int(seed) + _TEST)
    saes, by_concept, both_ways = [], [], []
    for rank, (sparsity, run) in enumerate(configs(settings, gate, int(d_sae), int(seed))):
        labels = {
            "gate": gate,
            "d_sae": int(d_sae),
            "sparsity": float(sparsity),
            "rank": rank,
            "seed": int(seed),
        }
        sae = train(points, run, progress=False).sae
        alignment = align(ActivationSets.from_sae(sae, held_out.points, progress=False), held_out.concepts)
        a, b = measure(sae, held_out.points, held_out.concepts, settings.tolerances, labels, alignment)
        saes.append(a)
        by_concept.append(b)
        both_ways.append(directions(alignment, labels, int(seed)))
    return {
        "size_and_sparsity": pd.concat(saes, ignore_index=True),
        "size_and_sparsity_concepts": pd.concat(by_concept, ignore_index=True),
        "size_and_sparsity_directions": pd.concat(both_ways, ignore_index=True),
    }


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as three tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": ["TopK"], "d_sae": [4], "rank": [0], "seed": [0], "concept": ["a"]})
    >>> names = ["size_and_sparsity", "size_and_sparsity_concepts", "size_and_sparsity_directions"]
    >>> sorted(gather([dict.fromkeys(names, frame)])) == names
    True
    """
    key = ["gate", "d_sae", "rank", "seed"]
    tables = {}
    for name in frames[0]:
        whole = pd.concat([frame[name] for frame in frames], ignore_index=True)
        tables[name] = whole.sort_values(key, kind="stable", ignore_index=True)
    return tables
