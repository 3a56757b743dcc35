"""The lattices of trained dictionaries: which neuron holds which concept, what is kept, what a table hides.

A cell is a seed: one world, and every dictionary on it. Neurons are chosen on training points; what is
reported of them is counted on points that no dictionary was trained on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from saelib.study.frames import labelled

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.alignment import Alignment
    from saelib.sets import ActivationSets
    from saelib.study.settings.sae_lattice import SaeLattice

    Flags = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.int64]

TABLES = ("sae_lattice", "sae_lattice_levels", "sae_lattice_concepts", "sae_lattice_edges")
RELATIONS = ("trained", "points moved", "links thrown")
NOTIONS = ("approximated", "detected")
_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on
_MOST = 50_000  # formal concepts of one relation


def cells(settings: SaeLattice) -> list[str]:
    """One id a seed.

    Examples
    --------
    >>> from saelib.study.settings.sae_lattice import SaeLattice
    >>> cells(SaeLattice(seeds=(0, 3)))
    ['seed-0', 'seed-3']
    """
    return [f"seed-{seed}" for seed in settings.seeds]


def run_cell(settings: SaeLattice, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train the dictionaries of one seed and read their lattices.

    Returns
    -------
    dict of str to DataFrame
        All begin with gate, target (wanted neurons a point), seed and d_sae; all counts are of held-out
        points unless they say otherwise.

        ``sae_lattice``, one row a dictionary and ``incidence`` (who fires where as *trained*, or every
        neuron's points drawn anew, *shuffled*): ``explained_variance`` and ``l0`` (of the trained one),
        ``n_alive``; of points × neurons the formal concepts of support at least min_share (``frequent``),
        those of them whose Δ is at least as large (``stable``), pairs of neurons that fire together that
        often (``pairs``) and those of them that are the intent of a formal concept (``closed_pairs``).

        ``sae_lattice_levels``, one row a dictionary, ``notion``, ``relation`` (*trained*; *points moved*, the
        activation sets on permuted points; *links thrown*, as many links between pairs drawn anew) and
        ``alpha``: ``links``, ``formal_concepts`` (with top and bottom; ``complete`` if there are no more;
        unavailable for thrown links), and counts of concepts: ``related`` (some neuron holds them),
        ``several_neurons``, ``several_concepts`` (a neuron that holds them holds another concept),
        ``strangers`` (it holds one that is neither above nor below them), ``many`` (several of either).

        ``sae_lattice_concepts``, one row a dictionary and concept: ``level``, ``size``, ``neuron`` (best by
        Jaccard index on training points, -1 for none), ``jaccard`` with it, ``mutual`` (on training points),
        ``plain`` (mutual, with a Jaccard index of at least matched_jaccard), ``parts`` and ``large_parts``
        (neurons that are parts of it, with at least part_recall and stricter_recall), ``children``,
        ``lost_children`` (edges down from it that are lost), ``split``, ``absorbed``.

        ``sae_lattice_edges``, one row a dictionary and edge of the forest: ``child``, ``parent``,
        ``child_neuron``, ``parent_neuron``, ``child_precision``, ``parent_precision``, ``child_jaccard``,
        ``parent_jaccard``, ``found_premise`` (points of the child's neuron), ``found_both``,
        ``confidence``, ``trivial`` (one neuron stands for both), ``by_chance`` (the confidence if every
        neuron's points are drawn anew), ``lost``. Unavailable where a neuron is missing or silent.

    Examples
    --------
    >>> from saelib.study.settings.sae_lattice import SaeLattice
    >>> few = {"n_train": 400, "n_choice": 300, "n_test": 300, "steps": 3}
    >>> tiny = SaeLattice(d_sae=16, dictionaries=(("TopK", 2),), alphas=(0.5,), **few)
    >>> {name: len(frame) for name, frame in run_cell(tiny, "seed-0").items()}
    {'sae_lattice': 2, 'sae_lattice_levels': 6, 'sae_lattice_concepts': 96, 'sae_lattice_edges': 90}
    """
    from saelib.data.synthetic import concept_forest
    from saelib.sae import ReLU, SAEConfig, quality, train
    from saelib.sets import ActivationSets
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    from saelib.study.sweeps.matching import matched_config
    from saelib.study.sweeps.size_and_sparsity import world

    seed = int(cell_id.split("-")[1])
    config = world(SizeAndSparsity(), seed)
    sample = concept_forest(config, settings.n_train, seed)
    held_out = concept_forest(config, settings.n_test, seed + _TEST)
    chosen_on = np.arange(min(settings.n_choice, settings.n_train))
    concepts = sample.concepts.take_points(chosen_on), held_out.concepts
    shared = SAEConfig(d_sae=settings.d_sae, gate=ReLU(), steps=settings.steps, seed=seed, lr=1e-2)
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for gate, target in settings.dictionaries:
        run = matched_config(gate, settings.d_sae, target, shared)
        sae = train(sample.points, run, progress=False).sae
        fit = ActivationSets.from_sae(sae, sample.points[chosen_on], progress=False)
        test = ActivationSets.from_sae(sae, held_out.points, progress=False)
        told = {"explained_variance": quality(sae, held_out.points).explained_variance}
        labels = {"gate": gate, "target": int(target), "seed": seed, "d_sae": settings.d_sae}
        read = _read(settings, fit, test, concepts, seed)
        read["sae_lattice"] = read["sae_lattice"].assign(**told)
        for name, frame in read.items():
            tables[name].append(labelled(frame, labels))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in tables.items()}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as four tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": ["TopK"], "target": [2], "seed": [0]})
    >>> sorted(gather([dict.fromkeys(TABLES, frame)])) == sorted(TABLES)
    True
    """
    return {
        name: pd.concat([frame[name] for frame in frames], ignore_index=True).sort_values(
            ["gate", "target", "seed"], kind="stable", ignore_index=True
        )
        for name in TABLES
    }


def many(related: Flags) -> dict[str, Flags]:
    """Say which concepts stand in a formal concept with several concepts or with several neurons.

    Parameters
    ----------
    related : ndarray [n_concepts, d_sae]
        Which neuron holds which concept, bool.

    Returns
    -------
    dict of str to ndarray [n_concepts]
        bool: ``related`` (some neuron holds the concept), ``several_neurons`` (several do),
        ``several_concepts`` (one that does holds another concept), ``many`` (either).

    Notes
    -----
    A concept C with neurons stands in the formal concept (C'', C'), which has all neurons of C, and for each
    of its neurons j in (j', j''), which has all concepts of j. Any other formal concept with C in it and at
    least one neuron has no more neurons than the first, and no more concepts than one of the second. So
    degrees in the relation tell without any listing, and formal concepts without a neuron are left out.

    Examples
    --------
    >>> found = many(np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool))
    >>> found["several_neurons"].tolist(), found["several_concepts"].tolist()
    ([True, False, False, False], [True, True, False, False])
    """
    per_concept, per_neuron = related.sum(axis=1), related.sum(axis=0)
    several_neurons = per_concept > 1
    several_concepts = (related & (per_neuron > 1)).any(axis=1)
    return {
        "related": per_concept > 0,
        "several_neurons": several_neurons,
        "several_concepts": several_concepts,
        "many": several_neurons | several_concepts,
    }


def _read(
    settings: SaeLattice, fit: ActivationSets, test: ActivationSets, concepts: tuple[Any, Any], seed: int
) -> dict[str, pd.DataFrame]:
    """The four tables of one dictionary, without labels."""
    from saelib import align
    from saelib.lattice import Context
    from saelib.sets import ActivationSets

    rng = np.random.default_rng(seed)
    chosen, judged = align(fit, concepts[0]), align(test, concepts[1])
    moved = align(ActivationSets(test.membership[rng.permutation(test.n_points)]), concepts[1])
    contexts = {"trained": Context(test.membership), "shuffled": Context(_drawn_anew(test, rng))}
    edges = _edges(settings, chosen, judged, contexts)
    return {
        "sae_lattice": pd.DataFrame([_closed(settings, name, c, test) for name, c in contexts.items()]),
        "sae_lattice_levels": _levels(settings, judged, moved, rng),
        "sae_lattice_concepts": _concepts(settings, chosen, judged, edges),
        "sae_lattice_edges": edges,
    }


def _drawn_anew(activations: ActivationSets, rng: np.random.Generator) -> Flags:
    """Every neuron on as many points as before, but on any."""
    fires = np.zeros((activations.n_points, activations.d_sae), dtype=np.bool_)
    for neuron, size in enumerate(activations.sizes.tolist()):
        fires[rng.choice(activations.n_points, size, replace=False), neuron] = True
    return fires


def _closed(settings: SaeLattice, name: str, context: Any, test: ActivationSets) -> dict[str, Any]:
    from saelib.lattice import formal_concepts

    least = max(1, round(settings.min_share * test.n_points))
    found = formal_concepts(context, min_support=least)
    counted = context.incidence.astype(np.int32)
    together = np.triu((counted.T @ counted).toarray(), k=1)
    return {
        "incidence": name,
        "explained_variance": 0.0,
        "l0": float(test.l0.mean()),
        "n_alive": int((test.sizes > 0).sum()),
        "frequent": len(found),
        "stable": int((found.delta >= least).sum()),
        "pairs": int((together >= least).sum()),
        "closed_pairs": int((np.diff(found.intents.indptr) == 2).sum()),
    }


def _levels(
    settings: SaeLattice, judged: Alignment, moved: Alignment, rng: np.random.Generator
) -> pd.DataFrame:
    from saelib.lattice import filtration

    strangers = ~_kin(judged.concepts.parents)
    rows: list[dict[str, Any]] = []
    for notion in NOTIONS:
        for relation, alignment in (("trained", judged), ("points moved", moved)):
            growing = filtration(alignment, settings.alphas, notion)
            levels: list[dict[str, Any]] = [
                {str(key): value for key, value in level.items()}
                for level in growing.levels(max_concepts=_MOST).to_dict("records")
            ]
            for alpha, level in zip(settings.alphas, levels, strict=True):
                related = growing.context(alpha).incidence.toarray()
                rows.append({"notion": notion, "relation": relation, **level, **_counts(related, strangers)})
                if relation == "trained":
                    thrown = np.zeros(related.size, dtype=np.bool_)
                    thrown[rng.choice(related.size, level["links"], replace=False)] = True
                    unlisted = {**level, "formal_concepts": pd.NA, "complete": pd.NA}
                    found = _counts(thrown.reshape(related.shape), strangers)
                    rows.append({"notion": notion, "relation": "links thrown", **unlisted, **found})
    return pd.DataFrame(rows).astype({"formal_concepts": "Int64", "complete": "boolean"})


def _counts(related: Flags, strangers: Flags) -> dict[str, int]:
    shared = related.astype(np.int64) @ related.T.astype(np.int64) > 0
    found = {name: int(flags.sum()) for name, flags in many(related).items()}
    return found | {"strangers": int((shared & strangers).any(axis=1).sum())}


def _kin(parents: Numbers) -> Flags:
    """Whether two concepts are equal, or one lies above the other, bool [n_concepts, n_concepts]."""
    kin = np.eye(len(parents), dtype=np.bool_)
    for child in range(len(parents)):
        above = parents[child]
        while above >= 0:
            kin[child, above] = kin[above, child] = True
            above = parents[above]
    return kin


def _edges(
    settings: SaeLattice, chosen: Alignment, judged: Alignment, contexts: dict[str, Any]
) -> pd.DataFrame:
    from saelib.lattice import forest_implications, kept_implications

    neurons = chosen.learn()
    stated = forest_implications(judged.concepts)
    found, chance = (kept_implications(stated, contexts[n], neurons) for n in ("trained", "shuffled"))
    number = {name: i for i, name in enumerate(judged.concepts.names)}
    child = np.array([number[premise[0]] for premise in found.premise], dtype=np.int64)
    parent = np.array([number[name] for name in found.conclusion], dtype=np.int64)
    there = (neurons[child] >= 0) & (neurons[parent] >= 0)
    frame = pd.DataFrame(
        {
            "child": [premise[0] for premise in found.premise],
            "parent": found.conclusion.astype(str),
            "child_neuron": neurons[child],
            "parent_neuron": neurons[parent],
            "child_precision": judged.precision[neurons[child], child],
            "parent_precision": judged.precision[neurons[parent], parent],
            "child_jaccard": judged.jaccard[neurons[child], child],
            "parent_jaccard": judged.jaccard[neurons[parent], parent],
            "found_premise": found.found_premise,
            "found_both": found.found_both,
            "confidence": found.found_confidence,
            "trivial": found.trivial,
            "by_chance": chance.found_confidence,
        }
    )
    of_neurons = ["child_precision", "parent_precision", "child_jaccard", "parent_jaccard"]
    frame[of_neurons] = frame[of_neurons].astype("Float64")
    frame.loc[~there, of_neurons] = pd.NA
    speak = (frame.child_precision >= settings.meant) & (frame.parent_precision >= settings.meant)
    lost = speak & ~frame.trivial & (frame.confidence <= settings.lost_confidence)
    frame["lost"] = lost.astype("boolean")
    return frame


def _concepts(
    settings: SaeLattice, chosen: Alignment, judged: Alignment, edges: pd.DataFrame
) -> pd.DataFrame:
    neurons = chosen.learn()
    mutual = np.zeros(judged.n_concepts, dtype=np.bool_)
    mutual[chosen.mutual()[:, 1]] = True
    jaccard = np.where(neurons >= 0, judged.jaccard[neurons, np.arange(judged.n_concepts)], 0.0)
    parts = _parts(settings, chosen, settings.part_recall) & _parts(settings, judged, settings.part_recall)
    large = parts & _parts(settings, chosen, settings.stricter_recall)
    large &= _parts(settings, judged, settings.stricter_recall)
    names = judged.concepts.names
    lost = edges[edges.lost.fillna(value=False)].groupby("parent").size().reindex(names, fill_value=0)
    frame = pd.DataFrame(
        {
            "concept": names,
            "level": judged.concepts.levels,
            "size": judged.concept_sizes,
            "neuron": neurons,
            "jaccard": jaccard,
            "mutual": mutual,
            "plain": mutual & (jaccard >= settings.matched_jaccard),
            "parts": parts.sum(axis=0),
            "large_parts": large.sum(axis=0),
            "children": edges.groupby("parent").size().reindex(names, fill_value=0).to_numpy(),
            "lost_children": lost.to_numpy(),
        }
    )
    frame["split"] = frame.parts >= 2
    frame["absorbed"] = frame.lost_children > 0
    return frame


def _parts(settings: SaeLattice, alignment: Alignment, least: float) -> Flags:
    """Which neuron is a part of which concept and of no child of it, bool [d_sae, n_concepts]."""
    inside = (alignment.precision >= settings.part_precision) & (alignment.recall >= least)
    inside &= alignment.recall <= settings.part_whole
    for child, parent in enumerate(alignment.concepts.parents):
        if parent >= 0:
            inside[:, parent] &= alignment.precision[:, child] <= settings.part_of_child
    return inside
