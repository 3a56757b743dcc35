"""What is asked of Top-K SAEs on nouns beyond single neurons: splitting, absorption, families, lattices.

Neurons, names and thresholds are chosen on one half of the nouns; whatever is reported is counted on the
other, unless a column says *chosen*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.data.language import Nouns
    from saelib.sae import SAE
    from saelib.study.settings.nouns import Nouns as Settings
    from saelib.study.settings.nouns_phenomena import NounsPhenomena
    from saelib.study.sweeps.nouns_halves import TwoHalves

PHENOMENA_TABLES = (
    "nouns_edges",
    "nouns_absorption",
    "nouns_published",
    "nouns_units",
    "nouns_agreement",
    "nouns_order",
    "nouns_families",
    "nouns_flow",
    "nouns_flow_examples",
    "nouns_subtree",
)
TRAINED, DEALT, RANDOM = "trained", "labels dealt out", "random directions"
SINGLE = "trained, single words"
EDGE_COLUMNS = (
    "parent", "child", "parent_neuron", "child_neuron", "n_parent", "n_child", "on_rest", "on_child", "hit",
    "n_absorbed", "rate", "implication", "order", "probe_found", "naive", "own", "probe", "both",
    "rest", "chance",
)  # fmt: skip


def phenomena(
    saes: dict[int, SAE],
    points: npt.NDArray[np.float32],
    halves: npt.NDArray[np.bool_],
    nouns: Nouns,
    settings: Settings,
    seed: int,
    k: int,
) -> dict[str, pd.DataFrame]:
    """Measure the SAEs of one sparsity and one seed, of all sizes, and their nulls.

    Parameters
    ----------
    saes : dict of int to SAE
        Top-K SAEs by their number of neurons.
    points : ndarray [n, d_in]
        Normalised activations, one row a noun.
    halves : ndarray of bool [n]
        The half to choose on (True), and the half to judge on.
    nouns : Nouns
        The nouns with their concepts.
    settings : Nouns
        Those of the sweep; its ``phenomena`` and ``most``.
    seed, k : int
        Which cell this is; the seed draws all nulls too.

    Returns
    -------
    dict of str to DataFrame
        All begin with ``k``, ``seed`` and ``d_sae``. *Kind* is ``trained``, ``labels dealt out`` (memberships
        of whole nouns permuted within each half, everything chosen and judged anew) or ``random directions``
        (an untrained dictionary of the same size and k). A concept is *asked* if both halves have a noun of
        it.

        ``nouns_absorption``, one row a dictionary, kind (also ``trained, single words``: chosen as ever,
        judged on single words alone) and ``share``: of ``edges`` of the forest (all; ``asked`` of them with
        both concepts asked), ``pairs`` (parent and child have different best neurons, both alive on the
        judging half), ``naive`` (the child's neuron fires on at least this share of the child, and on at
        least this share of those nouns the parent's neuron is silent), ``own`` (naive, and the parent's
        neuron has the parent as its best concept), ``probe`` (naive, and a linear probe for the parent finds
        at least this share of the nouns on which the parent's neuron is silent and the child's fires),
        ``both``, and ``rest`` (both, and the parent's neuron fires on at least this share of the rest of the
        parent, so that its silence on the child is an exception). For labels dealt out the means over
        ``draws`` permutations. E9's quantity is ``both`` of *trained* minus ``both`` of *labels dealt out* at
        ``share`` = settings.phenomena.share (rows with ``decides``).

        ``nouns_edges``, one row a trained dictionary and edge (both asked): ``parent``, ``child``,
        ``parent_neuron``, ``child_neuron``, ``n_parent``, ``n_child``, ``on_rest``, ``on_child``, ``hit``
        (nouns of the child on which its neuron fires), ``n_absorbed``, ``rate``, ``implication`` (as
        :func:`saelib.phenomena.absorption`), ``order`` (as :func:`saelib.phenomena.hierarchy`),
        ``probe_found`` (of the absorbed nouns, those that the parent's probe finds), ``naive``, ``own``,
        ``probe``, ``both``, ``rest`` (at the deciding share), and ``chance``, the share of all nouns on
        which the parent's neuron fires: what ``implication`` would be if it cared for nothing.

        ``nouns_published``, one row a dictionary and one of a few edges: ``parent``, ``child``, ``n`` (nouns
        of the child that the parent's probe finds), ``fraction`` and ``full``, means of SAEBench's measure
        over them, with the parent's best neuron as its split set; unavailable without such nouns.

        ``nouns_units``, one row a dictionary and asked concept (every ``read``-th): ``concept``, ``n``
        (judging half); ``best``, ``or_five``: F1 of the best neuron at its best level, and of the best OR of
        at most ``settings.most`` neurons at any levels, chosen on the choosing half (greedily), with
        ``best_chosen``, ``or_five_chosen`` there and ``neurons``, how many the OR takes; ``best_firing``,
        that of a neuron that counts wherever it fires; ``dealt_best``, ``dealt_or`` for labels dealt out and
        ``random_best``, ``random_or`` for random directions (every few concepts, unavailable elsewhere);
        ``best_single``, ``or_single``: ``best`` and ``or_five`` judged on single words alone, unavailable
        where there is none; ``needs``, neurons of the smallest OR found within Jaccard distance η on the
        choosing half (unavailable if none was found), and ``needs_jaccard``, its Jaccard index on the judging
        half. E9's quantity is the share of rows with ``or_five - best >= 0.1``.

        ``nouns_agreement``, one row a dictionary, kind, ``score`` (of learning) and ``interpret_score``:
        ``learned`` concepts with a best neuron, ``agree`` (the neuron's best concept is the concept),
        ``kin`` (it is an ancestor or a descendant); ``across``: agree if the neuron is chosen on the choosing
        half; ``inside``, ``inside_apart``: pairs within both radii of T12b and those of them that do not
        agree (Jaccard index both ways only). Counted on the judging half. Disagreement is
        ``1 - agree / learned``, beyond kin ``1 - (agree + kin) / learned``, as in E6.

        ``nouns_order``, one row a dictionary, kind (also ``neurons dealt out``: among the concepts of a
        level) and ``order``, as :func:`saelib.phenomena.hierarchy`: ``edges``, how many.

        ``nouns_families``, one row a dictionary and kind (*trained*, *random directions*, or *points drawn
        anew*: every neuron on as many nouns as before, but any): ``families``, ``complete``, ``largest``
        (neurons), ``twice`` (families of lift at least 2), ``looked_at`` (the ones of largest lift) and
        ``explained`` (those of them whose region has Jaccard index ≥ 0.5 with a concept), ``pairs`` (families
        of two), ``clusters``, ``clustered`` (neurons in them), ``no_point`` (clusters without a common noun).

        ``nouns_flow``, one row an ordered pair of sizes (``d_sae`` < ``to``) and kind: ``alive``, coarse
        neurons; of them ``kept`` (a fine one has Jaccard index ≥ 0.5), ``split`` (two or more fine ones lie
        inside by half), ``gone`` (none does); ``fine_alive``, ``new`` (inside no coarse one); ``named``
        pairs of a coarse neuron and its part that both have a name, and of them ``same``, ``narrower``,
        ``wider``, ``unrelated``; with ``dealt_`` the means over fine names dealt out anew.

        ``nouns_flow_examples``, of the neurons whose name is an ``example`` concept or below it: one row a
        part, ``coarse`` of ``d_sae`` and ``fine`` of the next size ``to``, with ``n_coarse``, ``n_fine``,
        ``n_both``, ``coarse_name``, ``fine_name``, ``coarse_jaccard`` and ``fine_jaccard`` (of the name, on
        the judging half); one for a coarse neuron without parts among them, and one for a fine neuron that is
        part of none of them, the other side being unavailable.

        ``nouns_subtree``, one row a dictionary, ``half`` (*choosing*, *judging*), ``part`` (*concept* or
        *neuron*) and distinct set of the subtree's largest concepts that hold for a noun of it, or of their
        best neurons that fire: ``pattern``, names separated by ``|`` (neurons by the concept that they stand
        for), and ``nouns``, how many.

    Examples
    --------
    >>> PHENOMENA_TABLES[:2]
    ('nouns_edges', 'nouns_absorption')
    """
    from saelib.study.sweeps.nouns_absorption import dealt_out
    from saelib.study.sweeps.nouns_halves import two_halves
    from saelib.study.sweeps.nouns_subtree import subtree_patterns
    from saelib.study.sweeps.nouns_units import units
    from saelib.study.sweeps.nulls import random_dictionary

    ask = settings.phenomena
    trained = {d_sae: two_halves(sae, points, halves, nouns.concepts) for d_sae, sae in saes.items()}
    # Another draw for every size: with one seed the smaller would lie in the larger.
    random = {
        d_sae: two_halves(
            random_dictionary(sae, points, seed * 100_003 + d_sae), points, halves, nouns.concepts
        )
        for d_sae, sae in saes.items()
    }
    some = next(iter(trained.values()))
    concepts = some.chosen.concepts, some.judged.concepts
    dealt = dealt_out(concepts, seed)
    relabelled = {d_sae: each.relabelled(dealt) for d_sae, each in trained.items()}
    asked = np.flatnonzero((concepts[0].sizes > 0) & (concepts[1].sizes > 0))
    single = np.flatnonzero(nouns.single[~halves])
    tables = _absorption(saes, trained, random, (points[halves], points[~halves]), single, ask, seed)
    kinds = {TRAINED: trained, DEALT: relabelled, RANDOM: random}
    tables |= _directions(kinds, seed) | _flows(trained, random, ask, seed)
    tables["nouns_families"] = _families(trained, random, ask, seed)
    tables["nouns_units"] = _by_size(
        {
            d_sae: units(
                trained[d_sae], random[d_sae], dealt,
                asked=asked[:: ask.read], single=single, levels=ask.levels, every=ask.every,
                most=settings.most, eta=ask.eta,
            )
            for d_sae in saes
        }
    )  # fmt: skip
    tables["nouns_subtree"] = _by_size(
        {d_sae: subtree_patterns(each, ask.subtree, ask.widest) for d_sae, each in trained.items()}
    )
    found = {}
    for name in PHENOMENA_TABLES:
        frame = tables[name]
        frame.insert(0, "k", k)
        frame.insert(1, "seed", seed)
        found[name] = frame
    return found


def _by_size(frames: dict[int, pd.DataFrame], **labels: str) -> pd.DataFrame:
    """Stack tables of dictionaries under their number of neurons."""
    parts = [
        pd.concat([pd.DataFrame({"d_sae": d_sae, **labels}, index=frame.index), frame], axis=1)
        for d_sae, frame in frames.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _absorption(
    saes: dict[int, SAE],
    trained: dict[int, TwoHalves],
    random: dict[int, TwoHalves],
    points: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
    single: npt.NDArray[np.intp],
    ask: NounsPhenomena,
    seed: int,
) -> dict[str, pd.DataFrame]:
    from saelib.study.sweeps.nouns_absorption import STEPS, dealt_out, judged_edges
    from saelib.study.sweeps.nouns_agreement import order_of
    from saelib.study.sweeps.nouns_probes import RidgeProbes
    from saelib.study.sweeps.nouns_published import probes_for, published

    probes = RidgeProbes(points[0])
    some = next(iter(trained.values()))
    concepts = some.chosen.concepts, some.judged.concepts
    dealt = [dealt_out(concepts, seed * 1_000 + i) for i in range(ask.permutations)]
    shares = (ask.share, *ask.shares)
    counts, edges, scores = [], {}, {}
    few: dict[str, Any] = {}
    for d_sae, each in trained.items():
        found, counted = judged_edges(each, probes, points[1], shares)
        by_chance = [judged_edges(each.relabelled(c), probes, points[1], shares)[1] for c in dealt]
        mean = pd.concat(by_chance).groupby("share", sort=False)[["asked", *STEPS]].mean().reset_index()
        directions = judged_edges(random[d_sae], probes, points[1], shares)[1]
        alone = judged_edges(each.judged_on(single), probes, points[1][single], shares)[1]
        three = ((TRAINED, 1, counted), (SINGLE, 1, alone), (RANDOM, 1, directions))
        for kind, draws, frame in (*three, (DEALT, len(dealt), mean)):
            counts.append(frame.assign(d_sae=d_sae, kind=kind, draws=draws))
        ranked = found[found.parent_neuron >= 0].sort_values("n_child", ascending=False, kind="stable")
        places = np.linspace(0, len(ranked) - 1, min(ask.published, len(ranked))).round().astype(int)
        if not few:
            # The same edges for all sizes, spread over their sizes.
            few = {"edges": ranked.iloc[places][["parent", "child"]]}
            names = list(dict.fromkeys(few["edges"].parent))
            few["probes"] = probes_for(names, points[0], concepts[0], ask.probed, seed)
        chosen = few["edges"].merge(found, on=["parent", "child"])
        scores[d_sae] = published(saes[d_sae], each, points, few["probes"], chosen)
        edges[d_sae] = found.assign(order=order_of(each, found))[list(EDGE_COLUMNS)]
    whole = pd.concat(counts, ignore_index=True)
    whole = whole.assign(edges=int((concepts[0].parents >= 0).sum()), decides=whole.share == ask.share)
    columns = ["d_sae", "kind", "share", "decides", "draws", "edges", "asked", *STEPS]
    return {
        "nouns_absorption": whole[columns].astype(dict.fromkeys(("asked", *STEPS), "float64")),
        "nouns_edges": _by_size(edges),
        "nouns_published": _by_size(scores),
    }


def _directions(kinds: dict[str, dict[int, TwoHalves]], seed: int) -> dict[str, pd.DataFrame]:
    from saelib.study.sweeps.nouns_agreement import both_directions, orders

    agreement, order = [], []
    for kind, dictionaries in kinds.items():
        back = {d_sae: both_directions(each) for d_sae, each in dictionaries.items()}
        agreement.append(_by_size(back, kind=kind))
        order.append(_by_size({d_sae: orders(each) for d_sae, each in dictionaries.items()}, kind=kind))
    moved = {d_sae: orders(each, seed) for d_sae, each in kinds[TRAINED].items()}
    order.append(_by_size(moved, kind="neurons dealt out"))
    return {
        "nouns_agreement": pd.concat(agreement, ignore_index=True),
        "nouns_order": pd.concat(order, ignore_index=True),
    }


def _flows(
    trained: dict[int, TwoHalves], random: dict[int, TwoHalves], ask: NounsPhenomena, seed: int
) -> dict[str, pd.DataFrame]:
    from saelib.study.sweeps.nouns_flow import flows, followed

    sizes = sorted(trained)
    rows = [
        {"d_sae": a, "to": b, "kind": kind, **flows(each[a], each[b], ask.named, seed)}
        for kind, each in ((TRAINED, trained), (RANDOM, random))
        for i, a in enumerate(sizes)
        for b in sizes[i + 1 :]
    ]
    return {
        "nouns_flow": pd.DataFrame(rows),
        "nouns_flow_examples": followed(trained, ask.examples, ask.named),
    }


def _families(
    trained: dict[int, TwoHalves], random: dict[int, TwoHalves], ask: NounsPhenomena, seed: int
) -> pd.DataFrame:
    from saelib.study.sweeps.nouns_families import drawn_anew, family_counts

    rows = []
    for d_sae, each in trained.items():
        sets = each.judged.activations
        of = {
            TRAINED: sets,
            RANDOM: random[d_sae].judged.activations,
            "points drawn anew": drawn_anew(sets, seed),
        }
        for kind, activations in of.items():
            found = family_counts(
                activations, each.judged.concepts, ask.family_share, ask.family_work, ask.cluster
            )
            rows.append({"d_sae": d_sae, "kind": kind, **found})
    return pd.DataFrame(rows)
