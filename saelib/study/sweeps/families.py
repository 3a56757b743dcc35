"""Families and hierarchy in trained dictionaries, against chance.

A cell is one seed: one world, and dictionaries of one size with both gates at every sparsity. Neurons are
chosen for the concepts on training points; everything is counted on held-out points.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from saelib.study.frames import labelled

if TYPE_CHECKING:
    from saelib.alignment import Alignment
    from saelib.sae import SAE
    from saelib.sets import ActivationSets, ConceptSet
    from saelib.study.settings.families import Families

_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on
_CHOICE = 10_000  # training points on which neurons are chosen for the concepts
_ORDERS = ("kept", "one neuron", "equal", "reversed", "crossing", "apart", "unavailable")
_NULLABLE = {"n_nested_everywhere": "Int64"} | dict.fromkeys(
    ("on_data", "on_gaussian", "by_chance", "edge_cosine"), "Float64"
)
TABLES = ("families_saes", "families_orders", "families_found", "families_clusters")


def cells(settings: Families) -> list[str]:
    """One id a cell: its seed.

    Examples
    --------
    >>> from saelib.study.settings.families import Families
    >>> cells(Families(seeds=(0, 1)))
    ['seed-0', 'seed-1']
    """
    return [f"seed-{seed}" for seed in settings.seeds]


def run_cell(settings: Families, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train the dictionaries of one cell and measure their hierarchy and their families.

    Returns
    -------
    dict of str to DataFrame
        All with gate, d_sae, sparsity (k or λ), rank (0 = sparsest), seed and l0 in front.

        - ``families_saes``: one row an SAE. ``explained_variance``; ``n_dead``; ``n_edges`` of the forest and
          ``n_pairs``, those with two living neurons; ``n_nested_everywhere``, those of them whose half-spaces
          are nested in the whole space (ReLU only, else <NA>); ``on_data``, ``on_gaussian``, ``by_chance``:
          mean share of the child's neuron inside the parent's on held-out points, on a Gaussian of the same
          mean and covariance, and on held-out points with the neurons dealt out anew; ``edge_cosine``, mean
          cosine of their encoder directions; ``parallel_0.9`` …, ``parallel_random_0.9`` …, pairs of parallel
          directions in it and in an untrained dictionary; ``floor``, ``missed_0`` …, ``held_0`` …: the
          sparsity budget (T5d), what is missed at each level and what there is, in memberships a point;
          ``families``, ``clear``, ``explained``: how many families, how many of clear lift, how many that a
          concept or the meet of two explains; the same with ``_chance`` for its columns shuffled one by one;
          ``in_families``, ``in_several``: neurons in at least one and in at least two clear families.
        - ``families_orders``: one row an SAE, kind of ``pairs`` (*forest*, *dealt out*), ``tolerance`` and
          ``order``, with the ``share`` of edges.
        - ``families_found``: one row a family of the first seed: columns of
          `saelib.phenomena.families`, ``concept`` and ``jaccard`` of the best concept or meet of two.
        - ``families_clusters``: one row an SAE and ``threshold``: ``clusters``, ``without_region`` (fewer
          common points than a family needs), ``largest``, and ``families_inside``, clear families whose
          neurons all lie in one cluster.

    Examples
    --------
    >>> from saelib.study.settings.families import Families
    >>> tiny = Families(budgets=(2,), l1_coefficients=(0.6,), d_sae=16, n_train=400, n_test=200, steps=3)
    >>> frames = run_cell(tiny, "seed-0")
    >>> sorted(frames), len(frames["families_saes"])
    (['families_clusters', 'families_found', 'families_orders', 'families_saes'], 2)
    """
    from saelib import ActivationSets, align
    from saelib.data.synthetic import concept_forest
    from saelib.sae import quality, train
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    from saelib.study.sweeps.size_and_sparsity import configs, world

    seed = int(cell_id.removeprefix("seed-"))
    central = replace(
        SizeAndSparsity(),
        budgets=settings.budgets,
        l1_coefficients=settings.l1_coefficients,
        steps=settings.steps,
    )
    config = world(central, seed)
    sample = concept_forest(config, settings.n_train, seed)
    held_out = concept_forest(config, settings.n_test, seed + _TEST)
    chosen_on = sample.points[:_CHOICE], sample.concepts.take_points(slice(0, _CHOICE))
    rng = np.random.default_rng(seed)
    covariance = np.cov(sample.points, rowvar=False)
    cloud = rng.multivariate_normal(sample.points.mean(axis=0), covariance, settings.n_test)
    cloud = cloud.astype(np.float32)
    targets = _targets(held_out.concepts, settings)
    frames: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    runs = [
        (gate, rank, sparsity, run)
        for gate in ("TopK", "ReLU")
        for rank, (sparsity, run) in enumerate(configs(central, gate, settings.d_sae, seed))
    ]
    for gate, rank, sparsity, run in runs:
        sae = train(sample.points, run, progress=False).sae
        own = ActivationSets.from_sae(sae, chosen_on[0], progress=False)
        neurons = align(own, chosen_on[1]).learn()
        neurons = np.where(own.sizes[neurons] > 0, neurons, -1)
        active = ActivationSets.from_sae(sae, held_out.points, progress=False)
        alignment = align(active, held_out.concepts)
        reconstruction = quality(sae, held_out.points)
        label = {"gate": gate, "d_sae": settings.d_sae, "sparsity": float(sparsity), "rank": rank}
        label |= {"seed": seed, "l0": reconstruction.l0}
        order, edges, by_chance = _hierarchy(alignment, neurons, settings, rng)
        found, of_families = _families(active, targets, settings, rng)
        row: dict[str, Any] = {
            "explained_variance": reconstruction.explained_variance,
            "n_dead": reconstruction.n_dead,
            "by_chance": by_chance,
        }
        row |= _off_the_data(sae, gate, edges, cloud, settings) | _budget(alignment) | of_families
        frames["families_saes"].append(pd.DataFrame([label | row]).astype(_NULLABLE))
        frames["families_orders"].append(labelled(order, label))
        if seed == settings.seeds[0]:
            frames["families_found"].append(labelled(found, label))
        frames["families_clusters"].append(labelled(_clusters(active, found, settings), label))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in frames.items() if parts}


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as four tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({"gate": ["TopK"], "rank": [0], "seed": [0]})
    >>> sorted(gather([dict.fromkeys(TABLES, frame)]))
    ['families_clusters', 'families_found', 'families_orders', 'families_saes']
    """
    tables = {}
    for name in TABLES:
        whole = pd.concat([frame[name] for frame in frames if name in frame], ignore_index=True)
        tables[name] = whole.sort_values(["gate", "rank", "seed"], kind="stable", ignore_index=True)
    return tables


def _hierarchy(
    alignment: Alignment, neurons: np.ndarray, settings: Families, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, Any]:
    """Shares of edges by order, for the forest and for neurons dealt out anew; edges; inclusion by chance."""
    from saelib.phenomena import hierarchy

    levels = alignment.concepts.levels
    dealt = [neurons.copy() for _ in range(settings.n_shuffles)]
    for each in dealt:
        for level in np.unique(levels):
            each[levels == level] = rng.permutation(neurons[levels == level])
    rows = []
    for tolerance in settings.tolerances:
        for pairs, assignments in (("forest", [neurons]), ("dealt out", dealt)):
            tables = [hierarchy(alignment, each, tolerance=tolerance) for each in assignments]
            share = pd.concat([_orders(table) for table in tables]).value_counts(normalize=True)
            rows += [
                {"pairs": pairs, "tolerance": tolerance, "order": order, "share": float(share.get(order, 0))}
                for order in _ORDERS
            ]
    chance = pd.concat([_of_two(hierarchy(alignment, each)) for each in dealt])
    return pd.DataFrame(rows), hierarchy(alignment, neurons), _mean(chance.inclusion)


def _of_two(edges: pd.DataFrame) -> pd.DataFrame:
    """The edges that have two living neurons."""
    return edges[(edges.parent_neuron != edges.child_neuron) & (edges.order != "unavailable")]


def _mean(values: Any) -> Any:
    return float(np.mean(values)) if len(values) else pd.NA


def _orders(edges: pd.DataFrame) -> pd.Series:
    """The order of each edge; one neuron for both is no order, whatever else it is."""
    both = (edges.parent_neuron == edges.child_neuron) & (edges.order != "unavailable")
    return edges.order.mask(both, "one neuron")


def _off_the_data(
    sae: SAE, gate: str, edges: pd.DataFrame, cloud: np.ndarray, settings: Families
) -> dict[str, Any]:
    """What becomes of the edges away from the data, and how parallel the encoder's directions are."""
    from saelib import ActivationSets
    from saelib.geometry import Neuron
    from saelib.phenomena import outside_point, parallel_chains
    from saelib.sae import SAE

    two = _of_two(edges)
    above, below = two.parent_neuron.to_numpy(), two.child_neuron.to_numpy()
    active = ActivationSets.from_sae(sae, cloud, progress=False).membership.toarray()
    fires, both = active[:, below].sum(axis=0), (active[:, below] & active[:, above]).sum(axis=0)
    W = sae.W_enc.detach().double().numpy()
    b = sae.b_enc.detach().double().numpy() - sae.b_dec.detach().double().numpy() @ W
    everywhere: Any = pd.NA
    if gate == "ReLU":
        everywhere = sum(
            outside_point(Neuron(W[:, child], b[child]), Neuron(W[:, parent], b[parent])) is None
            for parent, child in zip(above, below, strict=True)
        )
    unit = W / np.maximum(np.linalg.norm(W, axis=0), 1e-30)
    untrained = SAE(sae.d_in, sae.d_sae, sae.gate, seed=0).W_enc.detach().double().numpy()
    row = {
        "n_edges": len(edges),
        "n_pairs": len(two),
        "n_nested_everywhere": everywhere,
        "on_data": _mean(two.inclusion),
        "on_gaussian": _mean(both[fires > 0] / fires[fires > 0]),
        "edge_cosine": _mean((unit[:, above] * unit[:, below]).sum(axis=0)),
    }
    for cosine in settings.cosines:
        row[f"parallel_{cosine}"] = len(parallel_chains(W, b, cosine=cosine))
        row[f"parallel_random_{cosine}"] = len(parallel_chains(untrained, b, cosine=cosine))
    return row


def _budget(alignment: Alignment) -> dict[str, float]:
    """The floor of T5d, and what the best one-to-one assignment misses at each level."""
    from saelib.geometry.bounds import sparsity_budget

    concepts = alignment.concepts
    budget = sparsity_budget(alignment)
    given = budget.assignment
    held = np.where(given >= 0, alignment.counts[given, np.arange(concepts.n_concepts)], 0)
    missed = concepts.sizes - held
    row = {"floor": budget.floor_mass, "t5d_violations": int(budget.violated)}
    for level in np.unique(concepts.levels):
        row[f"missed_{level}"] = float(missed[concepts.levels == level].sum() / concepts.n_points)
        row[f"held_{level}"] = float(concepts.sizes[concepts.levels == level].sum() / concepts.n_points)
    return row


def _families(
    active: ActivationSets,
    targets: tuple[list[str], np.ndarray],
    settings: Families,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Families of the activation sets, explained where they can be, and the counts beside those of chance."""
    from saelib import ActivationSets
    from saelib.phenomena import families

    names, columns = targets
    sets = {"": active, "_chance": ActivationSets(rng.permuted(active.membership.toarray(), axis=0))}
    row: dict[str, Any] = {}
    tables = []
    for suffix, each in sets.items():
        found = families(each, min_support=_least(settings))
        complete = found.attrs["complete"]
        which, jaccard = _best(each, found, columns)
        found = found.assign(concept=[names[i] for i in which], jaccard=jaccard)
        row["families" + suffix] = len(found)
        row["clear" + suffix] = int((found.lift >= settings.clear_lift).sum())
        row["explained" + suffix] = int((jaccard >= settings.least_jaccard).sum())
        row["complete" + suffix] = complete
        tables.append(found)
    clear = tables[0][tables[0].lift >= settings.clear_lift]
    member = pd.Series([j for neurons in clear.neurons for j in neurons], dtype=np.int64).value_counts()
    row |= {"in_families": len(member), "in_several": int((member > 1).sum())}
    return tables[0], row


def _least(settings: Families) -> int:
    """Fewest points in a family's region."""
    return max(1, round(settings.min_share * settings.n_test))


def _targets(concepts: ConceptSet, settings: Families) -> tuple[list[str], np.ndarray]:
    """Every concept, and every meet of two that is no concept and large enough to matter, as columns."""
    held = concepts.membership.toarray().astype(np.float32)  # counts below 2^24 are exact
    together = held.T @ held
    one, two = np.nonzero(np.triu(together >= _least(settings) / 2, k=1))
    nested = together[one, two] == np.minimum(concepts.sizes[one], concepts.sizes[two])
    one, two = one[~nested], two[~nested]
    names = [f"{concepts.names[i]} and {concepts.names[j]}" for i, j in zip(one, two, strict=True)]
    return [*concepts.names, *names], np.hstack([held, held[:, one] * held[:, two]])


def _best(active: ActivationSets, found: pd.DataFrame, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each family the target whose points are most like its region, and their Jaccard index."""
    fires = active.membership.toarray()
    which, best = np.zeros(len(found), dtype=np.int64), np.zeros(len(found))
    for start in range(0, len(found), 256):
        part = found.neurons.iloc[start : start + 256]
        regions = np.column_stack([fires[:, list(neurons)].all(axis=1) for neurons in part])
        both = regions.T.astype(np.float32) @ targets  # whole numbers below 2^24, exact in float32
        union = regions.sum(axis=0)[:, None] + targets.sum(axis=0) - both
        jaccard = both / union
        which[start : start + 256] = jaccard.argmax(axis=1)
        best[start : start + 256] = jaccard.max(axis=1)
    return which, best


def _clusters(active: ActivationSets, found: pd.DataFrame, settings: Families) -> pd.DataFrame:
    """What co-occurrence clustering makes of the same dictionary."""
    from saelib.phenomena import co_occurrence_clusters

    clear = found[found.lift >= settings.clear_lift]
    rows = []
    for threshold in settings.thresholds:
        clusters = co_occurrence_clusters(active, threshold=threshold)
        of = {neuron: at for at, neurons in enumerate(clusters.neurons) for neuron in neurons}
        inside = sum(len({of.get(j, -1 - j) for j in neurons}) == 1 for neurons in clear.neurons)
        rows.append(
            {
                "threshold": threshold,
                "clusters": len(clusters),
                "without_region": int((clusters.support < _least(settings)).sum()),
                "largest": int(clusters["size"].max()) if len(clusters) else 0,
                "clear": len(clear),
                "families_inside": inside,
            }
        )
    return pd.DataFrame(rows)
