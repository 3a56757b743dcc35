"""Concepts watched while the dictionary grows, and which neuron became which.

A cell is one gate and one seed: a dictionary of every size on one world of the central experiment, some
sizes twice. Neurons and parts are chosen on training points; what is reported of them is counted on points
that no dictionary was trained on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from saelib.study.frames import labelled

if TYPE_CHECKING:
    from saelib.data.synthetic import ForestSample
    from saelib.sae import SAE
    from saelib.sets import ActivationSets, ConceptSet
    from saelib.study.settings.splitting import Splitting

TABLES = {
    "splitting": ["gate", "seed", "d_sae", "twin"],
    "splitting_concepts": ["gate", "seed", "d_sae"],
    "splitting_gaps": ["gate", "seed", "d_sae"],
    "splitting_flows": ["gate", "seed", "kind", "d_coarse"],
    "splitting_nodes": ["gate", "d_sae", "neuron"],
    "splitting_links": ["gate", "d_coarse", "coarse", "fine"],
}
GATES = ("ReLU", "TopK")
_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on
_TWIN = 2_000_000  # added to a seed for the start and the batches of a second training
_LEAVES = 2  # their level, below which concepts have parts of their own


def cells(settings: Splitting) -> list[str]:
    """One id a cell: gate and seed.

    Examples
    --------
    >>> from saelib.study.settings.splitting import Splitting
    >>> cells(Splitting(seeds=(0, 1)))
    ['ReLU-0', 'ReLU-1', 'TopK-0', 'TopK-1']
    """
    return [f"{gate}-{seed}" for gate in GATES for seed in settings.seeds]


@dataclass(frozen=True)
class _Trained:
    """A dictionary and where its neurons fire on the points to choose on and on the points to judge on."""

    sae: SAE
    choice: ActivationSets
    held_out: ActivationSets


def run_cell(settings: Splitting, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train the dictionaries of one cell and follow every concept and every neuron through them.

    Returns
    -------
    dict of str to DataFrame
        ``splitting``: one row a dictionary (``twin`` for a second training): explained_variance, l0, n_dead.

        ``splitting_concepts``: one row a dictionary and concept: all roots and children, and the first leaf
        of every child. ``single`` and ``unit``: held-out Jaccard index of the neuron and of the OR-unit that
        were chosen on training points, ``n_unit`` its neurons. ``inside``: neurons that lie inside the
        concept (tolerances' part_precision and part_recall, on training points and held out);
        ``inside_share``: share of the concept they cover together. ``at_least``, ``at_most``, ``status``: the
        splitting number within η on training points, for roots with the relaxation below. ``errors``,
        ``bound``, ``overlap``, ``largest``, ``largest_bound``, ``violated``: T8a for the OR-unit, held out.

        ``splitting_gaps``: one row a pair of parts of a root or child whose OR-unit has several, the columns
        of :func:`saelib.phenomena.splitting_gap`; for some roots also ``cut_half_distance``: half the
        distance for a cut of the same points across a random direction, and ``shuffled``: verdict on the same
        points dealt at random; ``<NA>`` for the others.

        ``splitting_flows``: one row a pair of dictionaries, counts of neurons that fire at all: ``n_coarse``,
        ``n_split`` (two parts or more), ``n_kept`` (exactly one), ``n_fine``, ``n_new`` (no coarse neuron to
        flow from). ``kind``: *growth* to the next size, *twin* to a second training at the same size,
        *shuffled* to the next size with points permuted.

        ``splitting_nodes``, ``splitting_links``: of the first seed, the neurons with at least half of their
        firing in the root with most held-out points (part_inside; they cover part_recall of it), and the
        flows between them. ``concept``: the member of the root's family whose Jaccard index with the neuron
        is best; ``branch``: the root's child that this belongs to, or the root.

    Examples
    --------
    >>> from saelib.study.settings.splitting import Splitting
    >>> few = {"n_train": 400, "n_test": 300, "n_choice": 300, "n_search": 100, "steps": 3}
    >>> tiny = Splitting(sizes=(8, 16), twins=(8,), **few)
    >>> frames = run_cell(tiny, "TopK-0")
    >>> len(frames["splitting"]), len(frames["splitting_concepts"]), frames["splitting_flows"].kind.tolist()
    (3, 84, ['growth', 'shuffled', 'twin'])
    """
    from saelib.data.synthetic import concept_forest
    from saelib.sae import quality
    from saelib.study.settings.size_and_sparsity import SizeAndSparsity
    from saelib.study.sweeps.size_and_sparsity import world

    gate, seed = cell_id.split("-")[0], int(cell_id.split("-")[1])
    config = world(SizeAndSparsity(), seed)
    sample = concept_forest(config, settings.n_train, seed)
    held_out = concept_forest(config, settings.n_test, seed + _TEST)
    choice = sample.concepts.take_points(np.arange(min(settings.n_choice, settings.n_train)))
    watched = _watched(held_out.concepts)
    rng = np.random.default_rng(seed)
    saes: list[dict[str, object]] = []
    concepts: list[pd.DataFrame] = []
    gaps: list[pd.DataFrame] = []
    grown: dict[int, _Trained] = {}
    twins: dict[int, _Trained] = {}
    for d_sae in settings.sizes:
        for start in [seed, seed + _TWIN] if d_sae in settings.twins else [seed]:
            this = _train(settings, gate, d_sae, start, sample.points, held_out.points)
            (grown if start == seed else twins)[d_sae] = this
            q = quality(this.sae, held_out.points)
            row = {"explained_variance": q.explained_variance, "l0": q.l0, "n_dead": q.n_dead}
            saes.append({"gate": gate, "seed": seed, "d_sae": d_sae, "twin": start != seed} | row)
        of_concepts, parts = _by_concept(
            settings, grown[d_sae], choice.select(watched), held_out.concepts.select(watched)
        )
        of_gaps = _by_gap(settings, grown[d_sae], parts, held_out, rng)
        for frame, whole in ((of_concepts, concepts), (of_gaps, gaps)):
            whole.append(labelled(frame, {"gate": gate, "seed": seed, "d_sae": d_sae}))
    frames = {
        "splitting": pd.DataFrame(saes),
        "splitting_concepts": pd.concat(concepts, ignore_index=True),
        "splitting_gaps": pd.concat(gaps, ignore_index=True),
        "splitting_flows": labelled(_flows(settings, grown, twins, rng), {"gate": gate, "seed": seed}),
    }
    if seed == settings.seeds[0]:
        nodes, links = _family(settings, grown, choice, held_out.concepts)
        frames["splitting_nodes"] = labelled(nodes, {"gate": gate})
        frames["splitting_links"] = labelled(links, {"gate": gate})
    return frames


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as six tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({key: [0] for keys in TABLES.values() for key in keys})
    >>> len(gather([dict.fromkeys(TABLES, frame), dict.fromkeys(TABLES, frame)])["splitting"])
    2
    """
    tables = {}
    for name, key in TABLES.items():
        whole = pd.concat([frame[name] for frame in frames if name in frame], ignore_index=True)
        tables[name] = whole.sort_values(key, kind="stable", ignore_index=True)
    return tables


def _watched(concepts: ConceptSet) -> list[int]:
    """Roots and children all, and the first leaf of every child: most concepts are leaves, all alike."""
    parents = concepts.parents.tolist()
    first = {parent: i for i, parent in reversed(list(enumerate(parents)))}
    levels = concepts.levels
    return [i for i, parent in enumerate(parents) if levels[i] < _LEAVES or first[parent] == i]


def _train(
    settings: Splitting, gate: str, d_sae: int, seed: int, points: np.ndarray, held_out: np.ndarray
) -> _Trained:
    from saelib.sae import ReLU, SAEConfig, TopK, train
    from saelib.sets import ActivationSets

    config = SAEConfig(
        d_sae=d_sae,
        gate=TopK(min(settings.k, d_sae)),
        steps=settings.steps,
        batch_size=settings.batch_size,
        seed=seed,
        lr=settings.lr,
    )
    if gate == "ReLU":
        config = replace(config, gate=ReLU(), l1_coefficient=settings.l1_coefficient)
    sae = train(points, config, progress=False).sae
    over = [ActivationSets.from_sae(sae, x, progress=False) for x in (points[: settings.n_choice], held_out)]
    return _Trained(sae, *over)


def _by_concept(
    settings: Splitting, this: _Trained, choice: ConceptSet, held_out: ConceptSet
) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """One row a concept, and the parts of its OR-unit, the one with most of the concept first."""
    from saelib.alignment import align
    from saelib.phenomena import splitting, splitting_bound
    from saelib.units import or_unit

    seen, judged = align(this.choice, choice), align(this.held_out, held_out)
    lies_inside = _inside(settings, seen) & _inside(settings, judged)
    single, jaccard, recall = seen.jaccard.argmax(axis=0), judged.jaccard, seen.recall
    fewer = np.arange(min(settings.n_search, choice.n_points))
    few, sets = choice.take_points(fewer), this.choice.take_points(fewer)
    searches = {
        search: np.flatnonzero((choice.levels == 0) == (search == "lp")) for search in ("lp", "greedy")
    }
    numbers = pd.concat(
        splitting(sets, few.select(chosen), settings.eta, search=search, progress=False).set_index(chosen)
        for search, chosen in searches.items()
    ).sort_index()
    rows, parts = [], {}
    for i, name in enumerate(held_out.names):
        unit = or_unit(this.choice, (choice, i), objective="jaccard")
        chosen = np.array(unit.neurons)
        parts[name] = chosen[np.argsort(-recall[chosen, i], kind="stable")].tolist()
        own = np.flatnonzero(lies_inside[:, i])
        covered = this.held_out.membership[held_out.extent(i)][:, own].sum(axis=1) > 0
        rows.append(
            {
                "level": int(held_out.levels[i]),
                "single": float(jaccard[single[i], i]),
                "unit": unit.scored_on(this.held_out, (held_out, i)).jaccard,
                "n_unit": len(unit.neurons),
                "inside": len(own),
                "inside_share": float(covered.mean()) if covered.size else 0.0,
            }
        )
    found = splitting_bound(this.held_out, held_out, parts).drop(columns="n_parts")
    wanted = numbers[["status", "at_least", "at_most"]]
    pieces = [found[["concept"]], pd.DataFrame(rows), wanted, found.drop(columns="concept")]
    return pd.concat(pieces, axis=1), parts


def _inside(settings: Splitting, a: Any) -> np.ndarray:
    tolerances = settings.tolerances
    return (a.precision >= tolerances.part_precision) & (a.recall >= tolerances.part_recall)


def _by_gap(
    settings: Splitting,
    this: _Trained,
    parts: dict[str, list[int]],
    held_out: ForestSample,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Gaps between the largest parts of roots and children, each beside a random cut of the same points."""
    from saelib.phenomena import splitting_gap

    concepts = held_out.concepts
    shown = {
        name: parts[name][: settings.most_parts]
        for name, level in zip(concepts.names, concepts.levels, strict=True)
        if level < _LEAVES and len(parts[name]) > 1
    }
    x = held_out.points.astype(np.float64)
    w, b_enc, b_dec = (
        getattr(this.sae, name).detach().double().numpy() for name in ("W_enc", "b_enc", "b_dec")
    )
    found = splitting_gap(this.held_out, concepts, shown, x, w, b_enc - b_dec @ w)
    level = [int(concepts.levels[concepts.index(name)]) for name in found.concept]
    cut_too = [name for name in shown if concepts.levels[concepts.index(name)] == 0][: settings.n_cut]
    nulls = [
        _cuts(this.held_out, concepts, row, x, rng) if row.concept in cut_too else (pd.NA, pd.NA)
        for row in found.itertuples()
    ]
    cut, shuffled = zip(*nulls, strict=True) if nulls else ((), ())
    found = found.assign(level=level, cut_half_distance=list(cut), shuffled=list(shuffled))
    return found.astype({"cut_half_distance": "Float64", "shuffled": "string"})


def _cuts(
    activations: ActivationSets, concepts: ConceptSet, row: Any, x: np.ndarray, rng: np.random.Generator
) -> tuple[object, str]:
    """Half the gap of a random cut of the same points, and the verdict on them dealt at random."""
    from saelib.geometry import Separation, separate

    if row.verdict == "empty":
        return pd.NA, "empty"
    inside = concepts.extent(row.concept)
    fires = activations.membership[inside][:, [row.part_1, row.part_2]].toarray()
    own = x[inside][fires[:, 0] ^ fires[:, 1]]
    along = own[np.argsort(own @ rng.normal(size=own.shape[1]), kind="stable")]
    cut = separate(along[: row.n_1], along[row.n_1 :])
    dealt = rng.permutation(own)
    shuffled = separate(dealt[: row.n_1], dealt[row.n_1 :]).separable
    verdict = {True: "apart", False: "meet", None: "undecided"}[shuffled]
    return cut.margin_bound if isinstance(cut, Separation) else pd.NA, verdict


def _flows(
    settings: Splitting, grown: dict[int, _Trained], twins: dict[int, _Trained], rng: np.random.Generator
) -> pd.DataFrame:
    rows = []
    for d_coarse, d_fine in pairwise(settings.sizes):
        coarse, fine = grown[d_coarse], grown[d_fine]
        dealt = replace(
            fine,
            choice=fine.choice.take_points(rng.permutation(fine.choice.n_points)),
            held_out=fine.held_out.take_points(rng.permutation(fine.held_out.n_points)),
        )
        for kind, other in (("growth", fine), ("shuffled", dealt)):
            rows.append(_counted(settings, kind, coarse, other))
    rows += [_counted(settings, "twin", grown[d_sae], twin) for d_sae, twin in twins.items()]
    return pd.DataFrame(rows)


def _counted(settings: Splitting, kind: str, coarse: _Trained, fine: _Trained) -> dict[str, object]:
    pairs = _pairs(settings, coarse, fine)
    parts = pairs.groupby("coarse").size()
    n_fine = int((fine.choice.sizes > 0).sum())
    return {
        "kind": kind,
        "d_coarse": coarse.choice.d_sae,
        "d_fine": fine.choice.d_sae,
        "n_coarse": int((coarse.choice.sizes > 0).sum()),
        "n_split": int((parts > 1).sum()),
        "n_kept": int((parts == 1).sum()),
        "n_fine": n_fine,
        "n_new": n_fine - int(pairs.fine.nunique()),
    }


def _pairs(settings: Splitting, coarse: _Trained, fine: _Trained) -> pd.DataFrame:
    """Which fine neuron is a part of which coarse one: on training points, and on held-out ones too."""
    from saelib.phenomena import flow

    def parts(of: ActivationSets, into: ActivationSets) -> pd.DataFrame:
        found = flow(of, into, least=settings.part_inside)
        # Inside a neuron that fires on half of all points lies, in this sense, nearly everything.
        lift = found.inside * of.n_points / found.n_coarse
        return found[(found.covered >= settings.tolerances.part_recall) & (lift >= settings.part_lift)]

    seen, judged = parts(coarse.choice, fine.choice), parts(coarse.held_out, fine.held_out)
    return judged.merge(seen[["coarse", "fine"]], on=["coarse", "fine"])


def _family(
    settings: Splitting, grown: dict[int, _Trained], choice: ConceptSet, held_out: ConceptSet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The neurons of one root at every size, and the flows between them."""
    from saelib.alignment import align

    sizes = np.where(held_out.levels == 0, held_out.sizes, -1)
    root = held_out.names[int(sizes.argmax())]
    kin = [i for i, name in enumerate(held_out.names) if name == root or name.startswith(f"{root}.")]
    own = kin.index(held_out.names.index(root))
    members: dict[int, np.ndarray] = {}
    nodes, links = [], []
    for d_sae, this in grown.items():
        seen, judged = align(this.choice, choice.select(kin)), align(this.held_out, held_out.select(kin))
        inside, covered = settings.part_inside, settings.tolerances.part_recall
        belong = [(a.precision[:, own] >= inside) & (a.recall[:, own] >= covered) for a in (seen, judged)]
        members[d_sae] = chosen = np.flatnonzero(belong[0] & belong[1])
        best = seen.jaccard[chosen].argmax(axis=1)
        columns = {
            "d_sae": d_sae,
            "neuron": chosen,
            "n_points": this.held_out.sizes[chosen],
            "concept": [held_out.names[kin[i]] for i in best],
            "branch": [".".join(held_out.names[kin[i]].split(".")[:2]) for i in best],
            "jaccard": judged.jaccard[chosen, best],
        }
        nodes.append(pd.DataFrame(columns))
    for d_coarse, d_fine in pairwise(settings.sizes):
        pairs = _pairs(settings, grown[d_coarse], grown[d_fine])
        within = pairs.coarse.isin(members[d_coarse]) & pairs.fine.isin(members[d_fine])
        links.append(pairs[within].assign(d_coarse=d_coarse, d_fine=d_fine))
    return pd.concat(nodes, ignore_index=True).assign(root=root), pd.concat(links, ignore_index=True)
