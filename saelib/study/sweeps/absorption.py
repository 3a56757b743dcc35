"""Absorption against sparsity: who is silent where the child's neuron fires, and what a penalty pays for.

A cell trains the SAEs of one gate and one seed at every sparsity and measures absorption edge by edge, with
our measures and with SAEBench's. Neurons are chosen on training points and judged on held-out ones. The cells
named *descent* let gradient descent loose on a hand-made faithful dictionary of two concepts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import numpy as np

    from saelib.sae import SAE
    from saelib.sets import ConceptSet
    from saelib.study.settings.absorption import Absorption

GATES = ("TopK", "ReLU")
TABLES = ("absorption", "absorption_edges", "absorption_published", "absorption_descents")
_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on
_SILENT = 1e-6  # an activation below it is rounding, in the world of two
_KEYS = ["gate", "rank", "seed"]


def cells(settings: Absorption) -> list[str]:
    """One id a cell: gate and seed, then the descents of each seed.

    Examples
    --------
    >>> from saelib.study.settings.absorption import Absorption
    >>> cells(Absorption(seeds=(0,)))
    ['TopK-0', 'ReLU-0', 'descent-0']
    """
    return [f"{kind}-{seed}" for kind in (*GATES, "descent") for seed in settings.seeds]


def run_cell(settings: Absorption, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train and measure the SAEs of one cell, or let its descents run.

    Returns
    -------
    dict of str to DataFrame
        Of a gate:

        - ``absorption``: one row an SAE. Its ``gate``, ``sparsity`` (k or λ), ``rank`` (0 = sparsest) and
          ``seed``; ``l0``, ``explained_variance``, ``n_dead`` and the ``concepts`` a point on held-out
          points; means over the edges of the forest on which they are available (``n_edges`` for the
          first): ``rate``, ``null``, ``gap``, ``implication``, and the share ``absorbed`` of all edges.
          ``rate_best`` is the rate if two concepts may share a neuron. In memberships a point:
          ``absorbed_mass`` (the parent's neuron is silent and a child's fires), ``missed_mass`` of the same
          assignment, ``least_missed`` of the best one and ``floor`` (T5d); ``violations``: how many of these
          two fall below the floor.
        - ``absorption_edges``: one row an SAE and edge, the columns of :func:`saelib.phenomena.absorption`,
          the parent's ``level``, and ``null``: the rate to expect if the neurons fire as often as they do and
          the parent's is silent regardless of the child, ``(n_firing/n_child) · (silent/n_parent)`` with
          ``n_firing`` the child's points on which its neuron fires.
        - ``absorption_published``: one row an SAE and edge, or parent (``child`` unavailable), that
          SAEBench's score was computed for: the columns of :func:`saelib.phenomena.published_scores`, the
          set as ``n_split``.

        Of a descent: ``absorption_descents``, one row a law of amplitudes (``constant``, ``varying``) and
        penalty: the loss ``faithful`` before and ``descended`` after, the ``least`` any dictionary can have,
        the ``rate`` of absorption after, the child's ``ratio`` ρ read off its decoder row, and what the
        closed form makes of both: ``predicted_ratio``, ``predicted_rate``.

    Examples
    --------
    >>> from saelib.study.settings.absorption import Absorption
    >>> tiny = Absorption(d_sae=96, budgets=(2,), n_train=900, n_test=900, n_probe=900, steps=3, probed=1)
    >>> frames = run_cell(tiny, "TopK-0")
    >>> len(frames["absorption"]), len(frames["absorption_edges"]), len(frames["absorption_published"])
    (1, 90, 9)
    """
    kind, number = cell_id.split("-")
    if kind == "descent":
        return {"absorption_descents": _descents(settings, int(number))}
    return _measured(settings, kind, int(number))


def _measured(settings: Absorption, gate: str, seed: int) -> dict[str, pd.DataFrame]:
    from dataclasses import replace

    from saelib.data.synthetic import concept_forest
    from saelib.phenomena import concept_probe, published_scores
    from saelib.sae import ReLU, SAEConfig, TopK, train
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    from saelib.study.sweeps.size_and_sparsity import world

    config = world(SizeAndSparsity(), seed)
    sample = concept_forest(config, settings.n_train, seed)
    held_out = concept_forest(config, settings.n_test, seed + _TEST)
    few = slice(0, settings.n_probe)
    points, concepts = sample.points[few], sample.concepts.take_points(few)
    parents = _parents(concepts, settings.probed)
    probes = {
        name: concept_probe(points, concepts.membership[:, [concepts.index(name)]].toarray().ravel())
        for name in parents
    }
    shared = SAEConfig(
        d_sae=settings.d_sae, gate=ReLU(), steps=settings.steps, batch_size=1_024, seed=seed, lr=1e-2
    )
    sparsities = settings.budgets if gate == "TopK" else settings.l1_coefficients
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES[:3]}
    for rank, sparsity in enumerate(sparsities):
        run = (
            replace(shared, gate=TopK(int(sparsity)))
            if gate == "TopK"
            else replace(shared, l1_coefficient=float(sparsity))
        )
        sae = train(sample.points, run, progress=False).sae
        scores = published_scores(
            sae, points, concepts, held_out.points, held_out.concepts, names=parents, probes=probes
        )
        scores["n_split"] = scores.pop("split").map(len)
        row, edges = _absorption(sae, points, concepts, held_out.points, held_out.concepts)
        labels = {"gate": gate, "sparsity": float(sparsity), "rank": rank, "seed": seed}
        for name, frame in zip(found, (row, edges, scores), strict=True):
            found[name].append(pd.concat([pd.DataFrame(labels, index=frame.index), frame], axis=1))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


def _absorption(
    sae: SAE, points: np.ndarray, concepts: ConceptSet, test: np.ndarray, test_concepts: ConceptSet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import numpy as np

    from saelib.alignment import align
    from saelib.geometry.bounds import sparsity_budget
    from saelib.phenomena import absorption
    from saelib.sae import quality
    from saelib.sets import ActivationSets

    chosen = align(ActivationSets.from_sae(sae, points, progress=False), concepts)
    activations = ActivationSets.from_sae(sae, test, progress=False)
    a = align(activations, test_concepts)
    own = chosen.matched()
    edges = absorption(a, own)
    firing = np.array(
        [
            a.counts[n, test_concepts.index(c)] if n >= 0 else 0
            for n, c in zip(edges.child_neuron, edges.child, strict=True)
        ]
    )
    silent = edges.n_parent - edges.on_child - edges.on_rest
    null = (firing / edges.n_child.clip(lower=1)) * (silent / edges.n_parent.clip(lower=1))
    edges["null"] = null.astype("Float64").mask(edges.rate.isna())
    edges["level"] = [int(test_concepts.levels[test_concepts.index(name)]) for name in edges.parent]
    hit = np.where(own >= 0, a.counts[own, np.arange(len(own))], 0)
    missed = int((test_concepts.sizes - hit).sum())
    budget, good = sparsity_budget(a), quality(sae, test)
    n = test_concepts.n_points
    row = {
        "l0": good.l0,
        "explained_variance": good.explained_variance,
        "n_dead": good.n_dead,
        "concepts": float(test_concepts.sizes.sum() / n),
        "n_edges": int(edges.rate.notna().sum()),
        **{name: edges[name].mean() for name in ("rate", "null", "gap", "implication", "absorbed")},
        "rate_best": absorption(a, chosen.learn()).rate.mean(),
        "absorbed_mass": int(edges.n_absorbed.sum()) / n,
        "missed_mass": missed / n,
        "least_missed": budget.missed_mass,
        "floor": budget.floor_mass,
        "violations": int(budget.violated) + int(missed < budget.floor),
    }
    return pd.DataFrame([row]), edges


def _parents(concepts: ConceptSet, probed: int) -> list[str]:
    """Names of the first parents of every level."""
    import numpy as np

    has = np.unique(concepts.parents[concepts.parents >= 0])
    levels = concepts.levels[has]
    chosen = [i for level in np.unique(levels) for i in has[levels == level][:probed]]
    return [concepts.names[i] for i in chosen]


def _descents(settings: Absorption, seed: int) -> pd.DataFrame:
    import numpy as np

    from saelib.phenomena import absorption_saving, best_ratio, descend, faithful_sae, least_l1_loss

    rng = np.random.default_rng(seed)
    third = settings.two_points // 3
    present = np.repeat([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], third, axis=0)
    rows = []
    for law in ("constant", "varying"):
        amplitudes = present if law == "constant" else present * rng.uniform(0.5, 1.5, present.shape)
        a_c, a_d = amplitudes.T
        for penalty in settings.two_penalties:
            start = faithful_sae(np.eye(2), l1_coefficient=penalty)
            sae, history = descend(start, amplitudes, penalty, steps=settings.two_steps, lr=5e-3)
            on_child = sae.encode(amplitudes).detach().numpy()[a_d > 0]
            row = sae.W_dec.detach().numpy()[1]
            ratio = best_ratio(a_c, a_d, penalty)
            rows.append(
                {
                    "law": law, "penalty": penalty, "seed": seed,
                    "faithful": history.loss.iloc[0], "descended": history.loss.iloc[-1],
                    "least": least_l1_loss(amplitudes, penalty),
                    "rate": float(((on_child[:, 0] <= _SILENT) & (on_child[:, 1] > _SILENT)).mean()),
                    "ratio": float(row[0] / row[1]),
                    "predicted_ratio": ratio,
                    "predicted_rate": absorption_saving(a_c, a_d, ratio=ratio).rate,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as four tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> one = pd.DataFrame({"gate": ["TopK"], "rank": [0], "seed": [0]})
    >>> two = pd.DataFrame({"law": ["constant"], "penalty": [0.1], "seed": [0]})
    >>> parts = [dict.fromkeys(TABLES[:3], one), {"absorption_descents": two}]
    >>> [len(frame) for frame in gather(parts).values()]
    [1, 1, 1, 1]
    """
    tables = {}
    for name in TABLES:
        key = ["law", "penalty", "seed"] if name == "absorption_descents" else _KEYS
        whole = pd.concat([frame[name] for frame in frames if name in frame], ignore_index=True)
        tables[name] = whole.sort_values(key, kind="stable", ignore_index=True)
    return tables
