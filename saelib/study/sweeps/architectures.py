"""Seven gates at the same size and L0: absorption, and what it costs to have less of it.

A cell is one seed and one family of gates: those that pay for every neuron, or those that have a budget of
them. The seed draws the directions of the world, the points, the initial weights and the batches. The neuron
of every concept is chosen on training points and judged on held-out ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from saelib.alignment import Alignment
    from saelib.sae import SAE, SAEConfig
    from saelib.sets import ActivationSets, ConceptSet
    from saelib.study.settings.architectures import Architectures

FAMILIES = {
    "price": ("ReLU", "Gated", "JumpReLU"),
    "budget": ("TopK", "BatchTopK", "MatryoshkaTopK", "MatryoshkaBatchTopK"),
}
TABLES = ("architectures", "architectures_edges", "architectures_concepts")
_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on


def cells(settings: Architectures) -> list[str]:
    """One id a cell: the family of gates and the seed, the longer cells first.

    Examples
    --------
    >>> from saelib.study.settings.architectures import Architectures
    >>> cells(Architectures(seeds=(0, 1)))
    ['budget-0', 'budget-1', 'price-0', 'price-1']
    """
    return [f"{family}-{seed}" for family in ("budget", "price") for seed in settings.seeds]


def configs(settings: Architectures, gate: str, seed: int) -> list[tuple[int, SAEConfig]]:
    """The training runs of one gate, from sparse to dense, each with its wanted L0.

    Examples
    --------
    >>> from saelib.study.settings.architectures import Architectures
    >>> [target for target, _ in configs(Architectures(targets=(4, 2)), "Gated", 0)]
    [2, 4]
    """
    from saelib.sae import ReLU, SAEConfig
    from saelib.study.sweeps.matching import matched_config

    shared = SAEConfig(
        d_sae=settings.d_sae,
        gate=ReLU(),
        steps=settings.steps,
        batch_size=settings.batch_size,
        seed=seed,
        lr=settings.lr,
        dead_after=settings.dead_after,
    )
    return [
        (target, matched_config(gate, settings.d_sae, target, shared)) for target in sorted(settings.targets)
    ]


def run_cell(settings: Architectures, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train and measure the SAEs of one cell.

    Returns
    -------
    dict of str to DataFrame
        All three begin with gate, target (the wanted L0) and seed.

        ``architectures``, one row an SAE: ``d_sae``, held-out ``l0`` and ``explained_variance``,
        ``n_dead`` (silent on every held-out point), ``l0_first_prefix`` (mean number of active neurons
        among those in the smallest prefix of a Matryoshka dictionary of this size), the mean absorption
        ``rate`` over the
        ``n_edges`` edges where it is available, the mean ``rate_where_on``, ``gap`` and ``implication``
        over theirs, and the share of edges whose order is ``kept`` and whose two concepts ``share`` one
        neuron.

        ``architectures_edges``, one row an edge: the ``level`` and held-out ``frequency`` of its child, the
        columns of `saelib.phenomena.absorption`, the ``order`` of `saelib.phenomena.hierarchy`,
        ``n_child_on``, points of the child on which its neuron fires, and ``rate_where_on``, the share of
        those on which the parent's is silent: unlike ``rate`` it does not fall when the child's neuron
        fails (unavailable where ``n_child_on`` is 0).

        ``architectures_concepts``, one row a concept: level, frequency, its neuron, the ``prefix`` (0 the
        smallest) in which a Matryoshka dictionary of this size holds that neuron, its held-out
        ``jaccard``, ``recall``, ``precision``, whether it ``detected``, ``separated`` and ``approximated``
        the concept; of the roots ``parts``, the size of the smallest OR-unit found within ``eta`` (greedy, so
        it may be smaller still; unavailable for other concepts and where none is found).

    Examples
    --------
    >>> from saelib.study.settings.architectures import Architectures
    >>> tiny = Architectures(d_sae=16, targets=(2,), n_train=300, n_choose=200, n_test=200, steps=3)
    >>> {name: len(frame) for name, frame in run_cell(tiny, "price-0").items()}
    {'architectures': 3, 'architectures_edges': 270, 'architectures_concepts': 288}
    """
    from saelib.data.synthetic import concept_forest
    from saelib.sae import train
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    from saelib.study.sweeps.size_and_sparsity import world

    family, number = cell_id.split("-")
    seed = int(number)
    config = world(SizeAndSparsity(), seed)
    sample = concept_forest(config, settings.n_train, seed)
    held_out = concept_forest(config, settings.n_test, seed + _TEST)
    chooses = sample.points[: settings.n_choose], _first(sample.concepts, settings.n_choose)
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for gate in FAMILIES[family]:
        for target, run in configs(settings, gate, seed):
            sae = train(sample.points, run, progress=False).sae
            frames = _measured(sae, chooses, (held_out.points, held_out.concepts), settings)
            for name, frame in zip(TABLES, frames, strict=True):
                labelled = frame.assign(gate=gate, target=target, seed=seed)
                found[name].append(labelled[["gate", "target", "seed", *frame.columns]])
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as three tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": ["TopK"], "target": [2], "seed": [0]})
    >>> sorted(gather([{name: frame for name in TABLES}]))
    ['architectures', 'architectures_concepts', 'architectures_edges']
    """
    tables = {}
    for name in TABLES:
        whole = pd.concat([frame[name] for frame in frames], ignore_index=True)
        tables[name] = whole.sort_values(["gate", "target", "seed"], kind="stable", ignore_index=True)
    return tables


def _first(concepts: ConceptSet, n: int) -> ConceptSet:
    from saelib.sets import ConceptSet

    parents = [int(parent) for parent in concepts.parents]
    return ConceptSet(concepts.membership[:n], names=list(concepts.names), parents=parents)


def _measured(
    sae: SAE,
    chooses: tuple[np.ndarray, ConceptSet],
    judges: tuple[np.ndarray, ConceptSet],
    settings: Architectures,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    from saelib.alignment import align
    from saelib.phenomena import absorption, hierarchy
    from saelib.sae import quality
    from saelib.sets import ActivationSets
    from saelib.sets.shares import share
    from saelib.study.sweeps.matching import prefixes

    neurons = align(ActivationSets.from_sae(sae, chooses[0], progress=False), chooses[1]).learn()
    points, concepts = judges
    activations = ActivationSets.from_sae(sae, points, progress=False)
    judged = align(activations, concepts)
    edges = absorption(judged, neurons)
    edges["order"] = hierarchy(judged, neurons).order
    child = np.flatnonzero(concepts.parents >= 0)
    on = np.where(neurons[child] >= 0, judged.counts[np.maximum(neurons[child], 0), child], 0).astype(
        np.int64
    )
    edges["n_child_on"] = on
    edges["rate_where_on"] = share(edges.n_absorbed.to_numpy(), on, edges.rate.notna().to_numpy())
    edges.insert(2, "level", concepts.levels[child])
    edges.insert(3, "frequency", concepts.sizes[child] / concepts.n_points)
    reconstruction = quality(sae, points)
    saes = pd.DataFrame(
        {
            "d_sae": [settings.d_sae],
            "l0": [reconstruction.l0],
            "explained_variance": [reconstruction.explained_variance],
            "n_dead": [reconstruction.n_dead],
            "l0_first_prefix": [float(activations.sizes[: prefixes(settings.d_sae)[0]].sum()) / len(points)],
            "rate": [edges.rate.mean()],
            "n_edges": [int(edges.rate.notna().sum())],
            "rate_where_on": [edges.rate_where_on.mean()],
            "gap": [edges.gap.mean()],
            "implication": [edges.implication.mean()],
            "kept": [float((edges.order == "kept").mean())],
            "share": [
                float(((edges.parent_neuron == edges.child_neuron) & (edges.child_neuron >= 0)).mean())
            ],
        }
    )
    saes = saes.astype(dict.fromkeys(("rate", "rate_where_on", "gap", "implication"), "Float64"))
    return saes, edges, _by_concept(judged, neurons, activations, settings)


def _by_concept(
    judged: Alignment, neurons: np.ndarray, activations: ActivationSets, settings: Architectures
) -> pd.DataFrame:
    from saelib.study.sweeps.matching import prefixes
    from saelib.units import splitting_number

    concepts, tolerances = judged.concepts, settings.tolerances
    at, has, column = np.maximum(neurons, 0), neurons >= 0, np.arange(len(neurons))
    parts: list[Any] = [
        splitting_number(activations, (concepts, i), settings.eta, search="greedy").upper
        if level == 0
        else None
        for i, level in enumerate(concepts.levels)
    ]
    return pd.DataFrame(
        {
            "concept": list(concepts.names),
            "level": concepts.levels,
            "frequency": concepts.sizes / concepts.n_points,
            "neuron": neurons,
            "prefix": pd.array(np.searchsorted(prefixes(settings.d_sae), at, side="right"), dtype="Int64"),
            "jaccard": np.where(has, judged.jaccard[at, column], 0.0),
            "recall": np.where(has, judged.recall[at, column], 0.0),
            "precision": pd.array(judged.precision[at, column], dtype="Float64"),
            "detected": has & judged.detected(tolerances.delta)[at, column],
            "separated": has & judged.separated(tolerances.delta, tolerances.epsilon)[at, column],
            "approximated": has & judged.approximated(tolerances.eta)[at, column],
            "parts": pd.array(parts, dtype="Int64"),
        }
    )
