"""One neuron or several: concepts read by one neuron, by units, by Boolean functions, by weighted sums.

A cell trains the SAEs of one gate, one size and one seed, as in the central experiment. Beside each stands
the random dictionary of the same size that fires as often. Readers are chosen on training points and judged
on held-out ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from saelib.study.frames import labelled

if TYPE_CHECKING:
    from saelib.sae import SAE
    from saelib.study.settings.one_or_several import OneOrSeveral
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity

TABLES = ("one_or_several", "one_or_several_few", "one_or_several_gaps")
_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on


def cells(settings: OneOrSeveral) -> list[str]:
    """One id a cell: gate, size and seed, the longest cells first.

    Examples
    --------
    >>> from saelib.study.settings.one_or_several import OneOrSeveral
    >>> cells(OneOrSeveral(sizes=(16, 32), seeds=(0,)))
    ['ReLU-32-0', 'TopK-32-0', 'ReLU-16-0', 'TopK-16-0']
    """
    from saelib.study.sweeps import size_and_sparsity

    return size_and_sparsity.cells(_central(settings))


def run_cell(settings: OneOrSeveral, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train the SAEs of one cell and read every concept from them.

    Returns
    -------
    dict of str to DataFrame
        All begin with gate, d_sae, sparsity (k or λ), rank (0 = sparsest), seed, ``dictionary``
        (``"trained"`` or ``"random"``), concept and level.

        ``one_or_several``, one row a dictionary and concept, goes on with

        - ``explained_variance``, ``l0``: of the dictionary on held-out points (variance not for random ones:
          ``<NA>``);
        - ``n_points``, ``concept_size``: held-out points, and those of the concept;
        - ``single``, ``unit``, ``boolean``: Jaccard distance on held-out points of the reader that is nearest
          on the points it was chosen on; ``single_fit``, ``unit_fit``, ``boolean_fit``: on those points;
        - ``unit_kind`` (``"and"``, ``"or"``, or ``"one"`` for a unit of one neuron) and ``unit_neurons``;
        - ``errors_single``, ``errors_unit``, ``errors_boolean``: points misjudged on held-out points by the
          reader with the fewest errors on the points it was chosen on; the same with ``_fit`` there;
        - ``size_fit``: points of the concept among those chosen on;
        - ``n_patterns``: distinct sets of active neurons on the points chosen on; ``unseen``: held-out points
          (of all) whose set did not occur there.

        ``one_or_several_few``, one row a dictionary, concept, number of neurons ``k`` and ``reader``, at the
        middle sparsity: Jaccard distance ``distance`` on held-out and ``distance_fit`` on fitted points of a
        ``"weighted sum"`` of activations, and of ``"any Boolean function"`` of whether the same neurons fire.
        Rows with dictionary ``"points"`` are weighted sums of the points' own coordinates (``k`` is their
        dimension; in the first cell of each seed only).

        ``one_or_several_gaps``, one row a concept, kind of unit and ``search``, at the middle sparsity of the
        trained dictionary, on few points and for the Jaccard distance: ``value`` reached, lower ``bound``,
        ``optimal`` (proven), ``n_neurons``.

    Examples
    --------
    >>> from saelib.study.settings.one_or_several import OneOrSeveral
    >>> tiny = OneOrSeveral(
    ...     sizes=(8,), budgets=(1, 2), n_train=400, n_fit=300, n_test=200, steps=3, few_per_level=1,
    ...     few_neurons=(1,), gap_per_level=1, n_gap_points=100,
    ... )
    >>> {name: len(frame) for name, frame in run_cell(tiny, "TopK-8-0").items()}
    {'one_or_several': 384, 'one_or_several_few': 12, 'one_or_several_gaps': 18}
    """
    from saelib.data.synthetic import concept_forest
    from saelib.sae import quality, train
    from saelib.sets import ActivationSets
    from saelib.study.sweeps.nulls import random_dictionary
    from saelib.study.sweeps.size_and_sparsity import configs, world

    gate, d_sae, seed = cell_id.split("-")
    central = _central(settings)
    config = world(central, int(seed))
    sample = concept_forest(config, settings.n_train, int(seed))
    held_out = concept_forest(config, settings.n_test, int(seed) + _TEST)
    fitted = slice(0, settings.n_fit)
    points = sample.points[fitted], held_out.points
    concepts = sample.concepts.take_points(fitted), held_out.concepts
    runs = configs(central, gate, int(d_sae), int(seed))
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for rank, (sparsity, run) in enumerate(runs):
        sae = train(sample.points, run, progress=False).sae
        saes = {"trained": sae, "random": random_dictionary(sae, points[0], int(seed))}
        for dictionary, one in saes.items():
            labels = {
                "gate": gate, "d_sae": int(d_sae), "sparsity": float(sparsity), "rank": rank,
                "seed": int(seed), "dictionary": dictionary,
            }  # fmt: skip
            fit, test = (ActivationSets.from_sae(one, x, progress=False) for x in points)
            explained = quality(one, held_out.points).explained_variance if one is sae else pd.NA
            more = {"explained_variance": explained, "l0": float(test.l0.mean())}
            tables["one_or_several"].append(labelled(_readers(fit, test, concepts, more), labels))
            if rank != len(runs) // 2:
                continue
            read = _few(
                settings, [_acts(one, x) for x in points], concepts, settings.few_neurons, (fit, test)
            )
            tables["one_or_several_few"].append(labelled(read, labels))
            if one is sae:
                gaps = _gaps(settings, fit, concepts[0])
                tables["one_or_several_gaps"].append(labelled(gaps, labels))
    if cell_id == f"ReLU-{min(settings.sizes)}-{seed}":
        labels = {
            "gate": "none", "d_sae": 0, "sparsity": 0.0, "rank": 0, "seed": int(seed), "dictionary": "points",
        }  # fmt: skip
        direct = _few(settings, points, concepts, (config.d_in,))
        tables["one_or_several_few"].append(labelled(direct, labels))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in tables.items()}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as three tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> key = {"gate": ["TopK"], "d_sae": [4], "rank": [0], "seed": [0], "dictionary": ["trained"]}
    >>> sorted(gather([{name: pd.DataFrame(key) for name in TABLES}])) == sorted(TABLES)
    True
    """
    key = ["gate", "d_sae", "rank", "seed", "dictionary"]
    return {
        name: pd.concat([frame[name] for frame in frames], ignore_index=True).sort_values(
            key, kind="stable", ignore_index=True
        )
        for name in TABLES
    }


def _central(settings: OneOrSeveral) -> SizeAndSparsity:
    """The settings of the central experiment with what this one has of its own."""
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity

    return replace(
        SizeAndSparsity(),
        sizes=settings.sizes,
        budgets=settings.budgets,
        l1_coefficients=settings.l1_coefficients,
        seeds=settings.seeds,
        steps=settings.steps,
        n_train=settings.n_train,
    )


def _readers(fit: Any, test: Any, concepts: tuple[Any, Any], more: dict[str, Any]) -> pd.DataFrame:
    import numpy as np

    from saelib.units import boolean_limit, three_errors

    places = {"_fit": "same points", "": "held-out points"}
    near, few = (
        three_errors(fit, concepts[0], None, objective, (test, concepts[1]), progress=False)
        for objective in ("jaccard", "errors")
    )
    held, given = (near[near.scored_on == place] for place in (places[""], places["_fit"]))
    rows: dict[str, Any] = {"concept": list(concepts[0].names), "level": concepts[0].levels}
    for name, value in more.items():
        rows[name] = pd.array([value] * len(concepts[0]), dtype="Float64")
    rows |= {"n_points": test.n_points, "concept_size": concepts[1].sizes, "size_fit": concepts[0].sizes}
    for ending, place in places.items():
        for reader in ("single", "unit", "boolean"):
            for frame, prefix, column in ((near, "", "distance"), (few, "errors_", "errors")):
                kept = frame[(frame.scored_on == place) & (frame.reader == reader)]
                rows[f"{prefix}{reader}{ending}"] = kept[column].to_numpy()
    unit, both = (given[given.reader == reader].reset_index(drop=True) for reader in ("unit", "and"))
    kind = np.where(unit.neurons == both.neurons, "and", "or")
    rows["unit_kind"] = np.where(unit.n_neurons == 1, "one", kind)
    rows["unit_neurons"] = unit.n_neurons.to_numpy()
    rows["n_patterns"] = int(held.n_patterns.iloc[0])
    known = boolean_limit(fit, np.ones(fit.n_points, dtype=bool), held_out=(test, []))
    rows["unseen"] = known.unseen
    return pd.DataFrame(rows)


def _first(concepts: Any, per_level: int) -> Iterator[int]:
    """The first concepts of every level."""
    levels = concepts.levels
    for level in sorted(set(levels.tolist())):
        yield from (int(i) for i in (levels == level).nonzero()[0][:per_level])


def _acts(sae: SAE, points: Any) -> Any:
    from scipy import sparse

    return sparse.csr_array(sae.encode(points).detach().numpy().astype("float64"))


def _few(
    settings: OneOrSeveral, acts: Any, concepts: Any, neurons: tuple[int, ...], sets: Any = None
) -> pd.DataFrame:
    from saelib.sets import ActivationSets
    from saelib.units import boolean_limit, linear_unit

    rows = []
    for i in _first(concepts[0], settings.few_per_level):
        for k in neurons:
            unit = linear_unit(acts[0], (concepts[0], i), k, objective="jaccard")
            judged = unit.scored_on(acts[1], (concepts[1], i)).distance
            read = {"weighted sum": (unit.distance, judged)}
            if sets is not None:
                fit, test = (ActivationSets(each.membership[:, unit.neurons]) for each in sets)
                here = boolean_limit(fit, (concepts[0], i), "jaccard")
                there = boolean_limit(fit, (concepts[0], i), "jaccard", (test, (concepts[1], i)))
                read["any Boolean function"] = (here.distance, there.distance)
            for reader, (on_fit, on_test) in read.items():
                rows.append(
                    {
                        "concept": concepts[0].names[i], "level": int(concepts[0].levels[i]), "k": k,
                        "reader": reader, "distance": on_test, "distance_fit": on_fit,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def _gaps(settings: OneOrSeveral, fit: Any, concepts: Any) -> pd.DataFrame:
    from saelib.units import and_unit, or_unit

    few = slice(0, settings.n_gap_points)
    activations, known = fit.take_points(few), concepts.take_points(few)
    rows = []
    for i in _first(concepts, settings.gap_per_level):
        for kind, find in (("and", and_unit), ("or", or_unit)):
            for search in ("greedy", "lp", "exact"):
                unit = find(
                    activations, (known, i), None, "jaccard", search, settings.largest, settings.time_limit
                )
                rows.append(
                    {
                        "concept": concepts.names[i], "level": int(concepts.levels[i]), "kind": kind,
                        "search": search, "value": unit.value, "bound": float(unit.bound or 0.0),
                        "optimal": unit.optimal, "n_neurons": len(unit.neurons),
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)
