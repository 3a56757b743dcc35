"""Human concepts in SAEs on a real network: nouns of WordNet in a language model's residual stream.

A cell trains Top-K at every size for a group of ``k`` and one seed, and looks at the phenomena, for which
sizes have to be seen together. The cell with the middle ``k`` also does what is done once a seed: the other
gates at matched L0, the other layer, a longer training, a second seed's SAE to compare neurons with, probes,
raw dimensions and the spelling.

No label is used in a training, so it reads all nouns. A neuron and its threshold are chosen on one half of
the nouns and judged on the other; all nouns with the same last word fall in the same half.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from saelib.data.language import Nouns
    from saelib.sae import TrainResult
    from saelib.study.settings.nouns import Nouns as Settings
    from saelib.study.sweeps.nouns_training import Points

KEY = ["layer", "gate", "d_sae", "k", "seed"]


def cells(settings: Settings) -> list[str]:
    """One id a cell: its values of ``k``, and the seed.

    Examples
    --------
    >>> from saelib.study.settings.nouns import QUICK
    >>> cells(QUICK)
    ['k4_8_16-0', 'k4_8_16-1']
    """
    groups = ["_".join(map(str, group)) for group in settings.budgets]
    return [f"k{group}-{seed}" for group in groups for seed in settings.seeds]


def middle(settings: Settings) -> tuple[int, int]:
    """The size and the ``k`` in the middle of the grid.

    Examples
    --------
    >>> from saelib.study.settings.nouns import FULL
    >>> middle(FULL)
    (1024, 16)
    """
    budgets = sorted(k for group in settings.budgets for k in group)
    sizes = sorted(settings.sizes)
    return sizes[len(sizes) // 2], budgets[len(budgets) // 2]


def run_cell(settings: Settings, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train and measure the SAEs of one cell.

    Returns
    -------
    dict of str to DataFrame
        ``nouns``, one row a dictionary (layer, gate, d_sae, k, seed; for other gates than Top-K ``k`` is the
        L0 aimed at) and ``against`` (*trained*; *random*, before training; *permuted*, labels dealt out
        anew; *mixed halves*, the middle SAE with nouns dealt to the halves one by one; *longer*, the middle
        SAE after several times as many steps): explained_variance, l0, n_dead, steps; of the concepts the
        mean f1, jaccard, chosen_f1, f1_single, the share with an F1 above a half (``readable``), and of
        those detected, separated and approximated; on the judging half the floor and what is missed of the
        sparsity budget T5d, the largest shares used of the Jaccard budgets T5e, and their violations.

        ``nouns_concepts``: one row a trained dictionary and concept, with the columns of
        `saelib.study.sweeps.nouns_measures.judged` but jaccard and leak, and the F1 of the random dictionary
        (``f1_random``) and of permuted labels (``f1_permuted``).

        ``nouns_history``: as from `saelib.study.sweeps.nouns_training.explained_over_time`.

        ``nouns_readers``: one row a seed, reader (*probe*, *raw dimension*, *string*; *neuron* and *string*
        with *halves by noun*) and concept: f1, f1_single and chosen_f1 (``fitted_f1`` of the probe).

        ``nouns_seeds``: see `saelib.study.sweeps.nouns_seeds.found_again`.

        ``nouns_names``: concept (its number), name, depth, leaf, and size, among all nouns.

        And the tables of `saelib.study.sweeps.nouns_phenomena.phenomena`.

    Examples
    --------
    >>> run_cell("no settings", "k8-0")  # doctest: +SKIP
    """
    from saelib.data.language import noun_activations, noun_data, noun_halves
    from saelib.study.sweeps.nouns_phenomena import phenomena
    from saelib.study.sweeps.nouns_training import normalised, trained

    group, seed = cell_id[1:].split("-")[0], int(cell_id.split("-")[1])
    nouns = noun_data(settings.limit)
    points = normalised(noun_activations(settings.layer, limit=settings.limit))
    choosing = noun_halves(nouns, seed)
    size, mid = middle(settings)
    parts = []
    for k in map(int, group.split("_")):
        found = {d: trained(settings, points, "TopK", d, k, seed) for d in settings.sizes}
        parts += [
            measured(result, points, choosing, nouns, settings, settings.layer, k)
            for result in found.values()
        ]
        saes = {d: result.sae for d, result in found.items()}
        if k == mid or not settings.middle_only:
            parts.append(phenomena(saes, points, choosing, nouns, settings, seed, k))
        if k == mid:
            parts.append(_once(found[size], points, choosing, nouns, settings, seed))
    return _joined(parts)


def _once(
    result: TrainResult, points: Points, choosing: Any, nouns: Nouns, settings: Settings, seed: int
) -> dict[str, pd.DataFrame]:
    """What is done once a seed, beside the middle SAE."""
    from saelib.data.language import noun_activations
    from saelib.study.sweeps.nouns_readers import readers
    from saelib.study.sweeps.nouns_seeds import found_again
    from saelib.study.sweeps.nouns_training import normalised, trained

    size, mid = middle(settings)
    parts = [
        mixed_halves(result, points, nouns, settings, seed),
        longer(points, choosing, nouns, settings, seed),
    ]
    for gate in settings.gates:
        for k in (k for group in settings.budgets for k in group):
            other = trained(settings, points, gate, size, k, seed)
            parts.append(measured(other, points, choosing, nouns, settings, settings.layer, k))
    second = trained(settings, points, "TopK", size, mid, seed + 1).sae
    below = normalised(noun_activations(settings.other_layer, limit=settings.limit))
    there = trained(settings, below, "TopK", size, mid, seed)
    parts.append(measured(there, below, choosing, nouns, settings, settings.other_layer, mid))
    frames = {
        "nouns_seeds": found_again(result.sae, second, points).assign(seed=seed),
        "nouns_readers": readers(points, choosing, nouns, settings).assign(seed=seed),
    }
    if seed == settings.seeds[0]:
        frames["nouns_names"] = names(nouns)
    return _joined([*parts, frames])


def names(nouns: Nouns) -> pd.DataFrame:
    """What the numbers of the concepts stand for.

    Returns
    -------
    DataFrame
        One row a concept: ``concept``, ``name``, ``depth`` (0 for a root), ``parent`` (-1 for none),
        ``leaf`` (no concept lies below it), ``size`` (nouns).

    Examples
    --------
    >>> from saelib.data.language import noun_data
    >>> int(names(noun_data(limit=50)).leaf.sum())
    208
    """
    concepts = nouns.concepts
    return pd.DataFrame(
        {
            "concept": np.arange(concepts.n_concepts),
            "name": list(concepts.names),
            "depth": concepts.levels,
            "parent": concepts.parents,
            "leaf": ~np.isin(np.arange(concepts.n_concepts), concepts.parents),
            "size": concepts.sizes,
        }
    )


def measured(
    result: TrainResult,
    points: Points,
    choosing: Any,
    nouns: Nouns,
    settings: Settings,
    layer: int,
    k: int,
) -> dict[str, pd.DataFrame]:
    """One SAE beside its random dictionary and permuted labels.

    Parameters
    ----------
    result : TrainResult
        As trained.
    points : ndarray [n_nouns, d_in]
        What it reads.
    choosing : ndarray of bool [n_nouns]
        The half to choose on.
    nouns : Nouns
        With the concepts.
    settings : Nouns
        Thresholds and tolerances.
    layer, k : int
        Which SAE this is.

    Returns
    -------
    dict of str to DataFrame
        As of :func:`run_cell`.

    Examples
    --------
    >>> from saelib.data.language import noun_data, noun_halves
    >>> from saelib.study.settings.nouns import QUICK
    >>> from saelib.study.sweeps.nouns_training import normalised, trained
    >>> nouns = noun_data(limit=200)
    >>> x = normalised(np.random.default_rng(0).normal(size=(200, 4)))
    >>> tables = measured(
    ...     trained(QUICK, x, "TopK", 8, 2, 0), x, noun_halves(nouns, 0), nouns, QUICK, layer=0, k=2
    ... )
    >>> tables["nouns"].against.tolist()
    ['trained', 'random', 'permuted']
    """
    from saelib.study.sweeps.nouns_budgets import budgets
    from saelib.study.sweeps.nouns_measures import judged, permuted
    from saelib.study.sweeps.nouns_training import explained_over_time, sparse_activations
    from saelib.study.sweeps.nulls import random_dictionary, random_relu

    sae, config = result.sae, result.config
    labels: dict[str, Any] = {
        "layer": layer,
        "gate": sae.gate.architecture,
        "d_sae": sae.d_sae,
        "k": k,
        "seed": config.seed,
    }
    labels["gate"] = type(sae.gate).__name__
    acts = sparse_activations(sae, points)
    untrained = random_dictionary if labels["gate"] in ("TopK", "ReLU") else random_relu
    null = sparse_activations(untrained(sae, points, config.seed), points)
    frames = {
        "trained": judged(acts, choosing, nouns, settings),
        "random": judged(null, choosing, nouns, settings),
        "permuted": judged(acts, choosing, permuted(nouns, choosing, config.seed), settings),
    }
    quality = {name: getattr(result.quality, name) for name in ("explained_variance", "n_dead")}
    quality |= {"l0": acts.nnz / acts.shape[0], "steps": config.steps}
    own = quality | budgets(acts[~choosing], nouns.concepts.take_points(~choosing))
    rows = [
        labels | {"against": name} | (own if name == "trained" else {}) | summary(frame)
        for name, frame in frames.items()
    ]
    # J = F1/(2 - F1), and leak follows from recall, precision and sizes: the table stays small without them.
    concepts = frames["trained"].drop(columns=["jaccard", "leak"])
    concepts = concepts.assign(f1_random=frames["random"].f1, f1_permuted=frames["permuted"].f1)
    history = explained_over_time(result.history, points)
    return {
        "nouns": pd.DataFrame(rows),
        "nouns_concepts": concepts.assign(**labels),
        "nouns_history": history.assign(**labels),
    }


def mixed_halves(
    result: TrainResult, points: Points, nouns: Nouns, settings: Settings, seed: int
) -> dict[str, pd.DataFrame]:
    """The middle SAE, and the spelling, with nouns dealt to the halves one by one: what last words give away.

    Examples
    --------
    >>> from saelib.data.language import noun_data
    >>> from saelib.study.settings.nouns import QUICK
    >>> from saelib.study.sweeps.nouns_training import normalised, trained
    >>> x = normalised(np.random.default_rng(0).normal(size=(200, 4)))
    >>> run = trained(QUICK, x, "TopK", 8, 2, 0)
    >>> mixed_halves(run, x, noun_data(limit=200), QUICK, seed=0)["nouns"].against.tolist()
    ['mixed halves']
    """
    from saelib.study.sweeps.nouns_measures import judged
    from saelib.study.sweeps.nouns_readers import spelled
    from saelib.study.sweeps.nouns_training import sparse_activations

    half = np.random.default_rng(seed).permutation(len(points)) < len(points) // 2
    frame = judged(sparse_activations(result.sae, points), half, nouns, settings)
    size, mid = middle(settings)
    labels = {"layer": settings.layer, "gate": "TopK", "d_sae": size, "k": mid, "seed": seed}
    parts = {"neuron, halves by noun": frame, "string, halves by noun": spelled(nouns, half)}
    columns = ["concept", "f1", "f1_single", "chosen_f1"]
    return {
        "nouns": pd.DataFrame([labels | {"against": "mixed halves"} | summary(frame)]),
        "nouns_readers": pd.concat(
            [each[columns].assign(reader=name, seed=seed) for name, each in parts.items()]
        ),
    }


def longer(
    points: Points, choosing: Any, nouns: Nouns, settings: Settings, seed: int
) -> dict[str, pd.DataFrame]:
    """The middle SAE after several times as many steps: what the training leaves to gain.

    Examples
    --------
    >>> from saelib.data.language import noun_data, noun_halves
    >>> from saelib.study.settings.nouns import QUICK
    >>> from saelib.study.sweeps.nouns_training import normalised
    >>> x = normalised(np.random.default_rng(0).normal(size=(200, 4)))
    >>> nouns = noun_data(limit=200)
    >>> longer(x, noun_halves(nouns, 0), nouns, QUICK, seed=0)["nouns"].against.tolist()
    ['longer']
    """
    from saelib.study.sweeps.nouns_measures import judged
    from saelib.study.sweeps.nouns_training import sparse_activations, trained

    size, mid = middle(settings)
    patient = replace(settings, steps=settings.longer * settings.steps)
    result = trained(patient, points, "TopK", size, mid, seed)
    acts = sparse_activations(result.sae, points)
    frame = judged(acts, choosing, nouns, settings)
    row = {
        "layer": settings.layer, "gate": "TopK", "d_sae": size, "k": mid, "seed": seed, "against": "longer",
        "explained_variance": result.quality.explained_variance, "n_dead": result.quality.n_dead,
        "l0": acts.nnz / acts.shape[0], "steps": patient.steps,
    }  # fmt: skip
    return {"nouns": pd.DataFrame([row | summary(frame)])}


def summary(frame: pd.DataFrame) -> dict[str, float]:
    """Means over the concepts of what `saelib.study.sweeps.nouns_measures.judged` found.

    Examples
    --------
    >>> columns = ("f1", "jaccard", "chosen_f1", "f1_single", "detected", "separated", "approximated")
    >>> found = summary(pd.DataFrame({name: [0.0, 0.5, 1.0] for name in columns}))
    >>> found["f1"], found["readable"]
    (0.5, 0.3333333333333333)
    """
    plain = ("f1", "jaccard", "chosen_f1", "f1_single", "detected", "separated", "approximated")
    found = {name: float(frame[name].mean()) for name in plain}
    found["readable"] = float((frame.f1 > 0.5).mean())
    return found


def _joined(parts: Iterable[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    parts = list(parts)
    table_names = list(dict.fromkeys(name for part in parts for name in part))
    return {
        name: pd.concat([part[name] for part in parts if name in part], ignore_index=True)
        for name in table_names
    }


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells' tables, sorted by their key columns and rounded to what their size allows.

    Examples
    --------
    >>> one = {"nouns": pd.DataFrame({"seed": [1], "f1": [0.123456]})}
    >>> two = {"nouns": pd.DataFrame({"seed": [0], "f1": [0.5]})}
    >>> gather([one, two])["nouns"].f1.tolist()
    [0.5, 0.1235]
    """
    tables = {}
    for name, whole in _joined(frames).items():
        keys = [column for column in (*KEY, "against", "reader", "part", "concept") if column in whole]
        whole = whole.sort_values(keys, kind="stable", ignore_index=True)
        front = [column for column in KEY if column in whole]
        whole = whole[[*front, *(column for column in whole if column not in front)]]
        floats = [column for column in whole if pd.api.types.is_float_dtype(whole[column])]
        tables[name] = whole.round(dict.fromkeys(floats, 3 if name == "nouns_concepts" else 4))
    return tables
