"""Splitting, absorption with controls, families and lattices on nouns: by hand, and all of it once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from saelib import ActivationSets, ConceptSet, align
from saelib.data.language import Nouns
from saelib.errors import InputError
from saelib.phenomena.probing import best_threshold
from saelib.sae import SAE, TopK
from saelib.study.settings.nouns import QUICK
from saelib.study.sweeps.nouns_absorption import dealt_out, judged_edges
from saelib.study.sweeps.nouns_agreement import both_directions, order_of, orders
from saelib.study.sweeps.nouns_families import drawn_anew, family_counts
from saelib.study.sweeps.nouns_flow import RELATIONS, flows, followed
from saelib.study.sweeps.nouns_halves import TwoHalves, levelled, two_halves
from saelib.study.sweeps.nouns_phenomena import EDGE_COLUMNS, PHENOMENA_TABLES, phenomena
from saelib.study.sweeps.nouns_probes import RidgeProbes
from saelib.study.sweeps.nouns_subtree import context_of, patterns, subtree
from saelib.study.sweeps.nouns_units import f1_of, needed, or_of_five

TABLES = hnp.arrays(np.bool_, st.tuples(st.integers(2, 9), st.integers(1, 5)))


def same_halves(fires: npt.ArrayLike, concepts: ConceptSet) -> TwoHalves:
    """A dictionary that does the same on both halves."""
    numbers = sparse.csr_array(np.asarray(fires, dtype=np.float32))
    a = align(ActivationSets(numbers > 0), concepts)
    return TwoHalves((numbers, numbers), a, a)


# ---------------------------------------------------------------------- absorption and its controls

#: Eight nouns: two animals that are no dogs, four dogs, two that are neither.
ANIMALS = ConceptSet(
    [[1, 0]] * 2 + [[1, 1]] * 4 + [[0, 0]] * 2, names=["animal", "dog"], parents=[-1, "animal"]
)
LINE = np.array([[1.0], [1.1], [1.2], [1.3], [1.1], [1.2], [0.0], [0.1]])  # animals to the right


def funnel(fires: npt.ArrayLike, line: npt.NDArray[np.float64] = LINE) -> dict[str, int]:
    counts = judged_edges(same_halves(fires, ANIMALS), RidgeProbes(line), line, (0.5,))[1]
    return {str(name): int(counts[name].iloc[0]) for name in counts if name != "share"}


# Neuron 0 is the best for animals: it fires on the others and one dog; neuron 1 on three dogs.
ABSORBING = [[1, 0]] * 2 + [[1, 0]] + [[0, 1]] * 2 + [[1, 0]] + [[0, 0]] * 2


def test_an_absorbed_child_passes_all_controls() -> None:
    assert funnel(ABSORBING) == {
        "asked": 1, "pairs": 1, "naive": 1, "own": 1, "probe": 1, "both": 1, "rest": 1,
    }  # fmt: skip


def test_a_neuron_that_fires_on_the_child_as_well_is_not_even_naive() -> None:
    assert funnel([[1, 0]] * 2 + [[1, 1]] * 4 + [[0, 0]] * 2)["naive"] == 0


def test_what_the_network_does_not_take_for_the_parent_fails_the_probe() -> None:
    # The dogs that the neuron leaves out lie beyond many nouns that are no animals.
    concepts = ConceptSet(
        [[1, 0]] * 2 + [[1, 1]] * 4 + [[0, 0]] * 12, names=["animal", "dog"], parents=[-1, 0]
    )
    line = np.array([[1.0], [1.1], [1.2], [-1.0], [-1.1], [1.2]] + [[0.1 * i / 12] for i in range(12)])
    dictionary = same_halves(ABSORBING + [[0, 0]] * 10, concepts)
    found = judged_edges(dictionary, RidgeProbes(line), line, (0.5,))[1].iloc[0]
    assert (found.naive, found.own, found.probe, found["both"]) == (1, 1, 0, 0)


def test_a_neuron_with_another_best_concept_fails_the_first_control() -> None:
    # The best neuron for animals is one for pets, half of which are animals.
    concepts = ConceptSet(
        [[1, 0, 1], [1, 0, 1], [1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]],
        names=["animal", "dog", "pet"],
        parents=[-1, 0, -1],
    )
    fires = [[1, 0], [1, 0], [0, 1], [0, 1], [1, 0], [0, 0]]
    line = np.array([[1.0], [1.0], [1.0], [1.0], [0.0], [0.0]])
    edges, counts = judged_edges(same_halves(fires, concepts), RidgeProbes(line), line, (0.5,))
    # neuron 1 is as good for dogs as for nothing else, and better for animals (1/2) than neuron 0 (2/5)
    assert counts.pairs.tolist() == [0]
    fires[3] = [0, 0]
    edges, counts = judged_edges(same_halves(fires, concepts), RidgeProbes(line), line, (0.5,))
    assert edges.parent_neuron.tolist() == [0]
    assert counts[["naive", "own", "probe", "both"]].to_numpy().tolist() == [[1, 0, 1, 0]]


@given(TABLES, st.integers(0, 10))
@settings(max_examples=25, deadline=None)
def test_every_control_takes_pairs_away(fires: npt.NDArray[np.bool_], seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = rng.random((len(fires), 1)) < 0.7
    concepts = ConceptSet(np.hstack([inside, inside & (rng.random(inside.shape) < 0.5)]), parents=[-1, 0])
    x = rng.normal(size=(len(fires), 2))
    counts = judged_edges(same_halves(fires, concepts), RidgeProbes(x), x, (0.5, 0.2))[1]
    order = ["asked", "pairs", "naive", "own", "probe", "both", "rest"]
    for asked, pairs, naive, own, probe, both, rest in counts[order].to_numpy(dtype=np.int64).tolist():
        assert asked >= pairs >= naive >= max(own, probe)
        assert min(own, probe) >= both >= max(rest, own + probe - naive)


def test_dealing_out_keeps_sizes_and_the_forest_on_either_half() -> None:
    dealt = dealt_out((ANIMALS, ANIMALS.take_points([0, 2, 6])), 3)
    assert [each.sizes.tolist() for each in dealt] == [[6, 4], [2, 1]]
    assert all(each.parents.tolist() == [-1, 0] for each in dealt)


# ------------------------------------------------------------------------------------------ probes


def test_the_threshold_is_that_of_predictions_made_without_the_point_itself() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 3)), np.arange(12) % 3 == 0
    penalty = 0.1 * np.trace((x - x.mean(0)).T @ (x - x.mean(0))) / 3
    left_out = np.zeros(12)
    for i in range(12):
        rest = np.arange(12) != i
        # Ridge regression with a constant that costs nothing, on all points but one.
        design = np.hstack([x[rest], np.ones((11, 1))])
        cost = np.diag([penalty] * 3 + [0.0])
        weights = np.linalg.solve(design.T @ design + cost, design.T @ y[rest])
        left_out[i] = np.append(x[i], 1.0) @ weights
    design = np.hstack([x, np.ones((12, 1))])
    weights = np.linalg.solve(design.T @ design + np.diag([penalty] * 3 + [0.0]), design.T @ y)
    others = rng.normal(size=(40, 3))
    expected = np.hstack([others, np.ones((40, 1))]) @ weights > best_threshold(left_out, y)
    assert RidgeProbes(x, 0.1).found(y[:, None], others).ravel().tolist() == expected.tolist()


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=8))
def test_no_threshold_has_a_better_f1(pairs: list[tuple[int, bool]]) -> None:
    scores, inside = np.array([float(a) for a, _ in pairs]), np.array([b for _, b in pairs])

    def f1(threshold: float) -> float:
        fires = scores > threshold
        return 2 * (fires & inside).sum() / max(fires.sum() + inside.sum(), 1)

    best = best_threshold(scores, inside)
    assert f1(best) == max(f1(t) for t in [*(scores - 0.5), np.inf])


def test_malformed_input_of_a_probe_is_refused_in_one_line() -> None:
    for points, penalty in ((np.zeros((0, 2)), 0.1), (np.full((2, 2), np.nan), 0.1), (np.eye(2), 0.0)):
        with pytest.raises(InputError):
            RidgeProbes(points, penalty)
    with pytest.raises(InputError, match="labels"):
        RidgeProbes(np.eye(2)).found(np.zeros((3, 1)), np.eye(2))


# ------------------------------------------------------------------------------------------- units


@given(hnp.arrays(np.float32, (6, 3), elements=st.integers(0, 5).map(float)))
@settings(deadline=None)
def test_levels_are_quantiles_of_the_positive_activations(acts: npt.NDArray[np.float32]) -> None:
    one = sparse.csr_array(acts)
    fires = levelled((one, one), (0.0, 0.5))[1].membership.toarray()
    for j in range(3):
        positive = acts[:, j][acts[:, j] > 0]
        assert fires[:, 2 * j].tolist() == (acts[:, j] > 0).tolist()
        median = np.median(positive) if positive.size else np.inf
        assert fires[:, 2 * j + 1].tolist() == (acts[:, j] > median).tolist()


@given(TABLES, st.data())
@settings(max_examples=40, deadline=None)
def test_where_it_is_chosen_an_or_is_no_worse_than_a_neuron(
    fires: npt.NDArray[np.bool_], data: st.DataObject
) -> None:
    inside = data.draw(hnp.arrays(np.bool_, (len(fires), 1)).filter(lambda c: c.any()))
    sets, concepts = ActivationSets(fires), ConceptSet(inside)
    found = or_of_five((sets, sets), (concepts, concepts), np.array([0])).iloc[0]
    single = [f1_of(sets, [j], concepts.extent(0)) for j in range(fires.shape[1])]
    assert found.best == pytest.approx(max(single))
    assert found.or_five >= found.best - 1e-12
    assert found.neurons <= 5


def test_the_choice_is_made_on_one_half_only() -> None:
    concepts = ConceptSet([[1], [0]])
    chosen, other = ActivationSets([[1, 0], [0, 1]]), ActivationSets([[0, 1], [1, 0]])
    found = or_of_five((chosen, other), (concepts, concepts), np.array([0])).iloc[0]
    assert (found.best_chosen, found.best, found.or_five) == (1.0, 0.0, 0.0)
    row = needed((chosen, other), (concepts, concepts), np.array([0]), 0.5).iloc[0]
    assert (row.needs, row.needs_jaccard) == (1, 0.0)


def test_what_no_or_comes_near_is_unavailable() -> None:
    sets, concepts = ActivationSets([[0], [0], [1]]), ConceptSet([[1], [1], [0]])
    row = needed((sets, sets), (concepts, concepts), np.array([0]), 0.5)
    assert row[["needs", "needs_jaccard"]].isna().all(axis=None)


# --------------------------------------------------------------------- directions, order, flow


def test_both_directions_count_kin_apart() -> None:
    concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    # one neuron on the dogs is the best for both concepts, and means the dogs
    found = both_directions(same_halves([[1], [1], [0], [0]], concepts)).iloc[0]
    assert (found.learned, found.agree, found.kin, found.across) == (2, 1, 1, 1)


def test_orders_count_every_edge_once_and_edges_say_the_same() -> None:
    dictionary = same_halves(ABSORBING, ANIMALS)
    assert orders(dictionary).edges.sum() == orders(dictionary, seed=0).edges.sum() == 1
    edges = pd.DataFrame({"parent": ["animal"], "child": ["dog"]})
    assert order_of(dictionary, edges).tolist() == ["apart"]


def test_a_neuron_is_followed_into_its_parts() -> None:
    coarse = same_halves([[1]] * 6 + [[0]] * 2, ANIMALS)
    fine = same_halves([[1, 0, 0]] * 2 + [[0, 1, 0]] * 4 + [[0, 0, 1]] * 2, ANIMALS)
    found = flows(coarse, fine, 0.5, 0)
    # the third fine neuron is new; that of the dogs has index 4/6 with the coarse one
    assert [found[name] for name in ("alive", "kept", "split", "gone", "new")] == [1, 1, 1, 0, 1]
    assert [found[name] for name in ("named", *RELATIONS)] == [1, 0, 1, 0, 0]
    links = followed({1: coarse, 3: fine}, ("animal",), 0.5)
    # the fine neuron on two other animals has index 2/6 with animals: no name, and not followed
    assert links[["coarse", "fine", "n_coarse", "n_both"]].to_numpy().tolist() == [[0, 1, 6, 4]]
    assert links[["coarse_name", "fine_name"]].to_numpy().tolist() == [["animal", "dog"]]


def test_neurons_without_parts_and_parts_of_none_are_listed_too() -> None:
    coarse = same_halves([[1]] * 2 + [[1]] * 2 + [[0]] * 4, ANIMALS)
    fine = same_halves([[0]] * 4 + [[1]] * 2 + [[0]] * 2, ANIMALS)
    links = followed({1: coarse, 2: fine}, ("animal",), 0.3)
    assert links.coarse.isna().tolist() in ([False, True], [True, False])
    assert links.coarse.isna().tolist() == links.fine.notna().tolist() == links.n_coarse.isna().tolist()


# ------------------------------------------------------------------------------ families, subtree


def test_families_are_counted_and_held_against_the_concepts() -> None:
    sets = ActivationSets([[1, 1, 0]] * 3 + [[0, 0, 1]] * 3 + [[0, 1, 1]])
    found = family_counts(sets, ConceptSet([[1]] * 3 + [[0]] * 4), 0.1, 1_000_000, 0.5)
    assert (found["families"], found["complete"], found["explained"]) == (1, True, 1)
    assert (found["clusters"], found["clustered"], found["no_point"]) == (1, 2, 0)


@given(TABLES, st.integers(0, 5))
def test_points_drawn_anew_keep_how_often_a_neuron_fires(fires: npt.NDArray[np.bool_], seed: int) -> None:
    sets = ActivationSets(fires)
    assert drawn_anew(sets, seed).sizes.tolist() == sets.sizes.tolist()


def test_a_subtree_comes_back_from_its_patterns() -> None:
    dictionary = same_halves(ABSORBING, ANIMALS)
    which = subtree(ANIMALS, "animal", 5)
    assert which.tolist() == [0, 1]
    frame = patterns(dictionary.judged, which, np.array([0, 1]))
    names = ["animal", "dog"]
    for part, expected in (
        ("concept", ANIMALS.membership[:6].toarray()),
        ("neuron", np.array(ABSORBING)[:6]),
    ):
        table = context_of(frame[frame.part == part], names).incidence.toarray()
        assert sorted(table.tolist()) == sorted(expected.astype(bool).tolist())


# ---------------------------------------------------------------------------------- all of it once


EVERY = replace(QUICK, most=3, phenomena=replace(QUICK.phenomena, read=1, every=2))
World = tuple[dict[int, SAE], npt.NDArray[np.float32], npt.NDArray[np.bool_], Nouns]


@pytest.fixture(scope="module")
def world() -> World:
    rng = np.random.default_rng(0)
    group = rng.integers(0, 4, 240)
    points = (np.eye(4)[group] * 3 + rng.normal(size=(240, 4)) * 0.4).astype(np.float32)
    names = ["animal", "bird", "musical instrument", "mammal", "never"]
    table = np.stack([group < 3, group == 0, group == 3, group == 1, np.zeros(240, bool)], axis=1)
    words = tuple(f"word{i}" for i in range(240))
    nouns = Nouns(words, words, np.ones(240, bool), ConceptSet(table, names, [-1, 0, -1, 0, 0]))
    saes = {d_sae: SAE(4, d_sae, TopK(2), seed=0) for d_sae in (6, 12)}
    return saes, points, np.arange(240) % 2 == 0, nouns


def test_single_words_are_judged_by_themselves_with_the_same_choice() -> None:
    dictionary = same_halves(ABSORBING, ANIMALS)
    fewer = dictionary.judged_on(np.array([0, 3, 6]))
    assert fewer.chosen is dictionary.chosen
    assert fewer.judged.counts.tolist() == [[1, 0], [1, 1]]
    sets = dictionary.judged.activations
    both = (sets, sets), (ANIMALS, ANIMALS)
    row = or_of_five(*both, np.array([0]), 5, np.array([2, 3, 6])).iloc[0]
    # neurons 0 and 1 together are the animals; the best alone, neuron 0, has one of two single ones
    assert (row.or_single, row.best_single) == (1.0, pytest.approx(2 / 3))


@pytest.fixture(scope="module")
def tables(world: World) -> dict[str, pd.DataFrame]:
    return phenomena(*world, EVERY, 7, 2)


def test_all_tables_are_there_under_their_keys(tables: dict[str, pd.DataFrame]) -> None:
    assert tuple(tables) == PHENOMENA_TABLES
    for frame in tables.values():
        assert frame.columns[:3].tolist() == ["k", "seed", "d_sae"]
        assert set(frame.k) <= {2}
        assert set(frame.seed) <= {7}
    assert set(tables["nouns_absorption"].d_sae) == {6, 12}
    assert tables["nouns_edges"].columns[3:].tolist() == list(EDGE_COLUMNS)


def test_a_concept_without_nouns_is_not_asked(tables: dict[str, pd.DataFrame]) -> None:
    assert "never" not in set(tables["nouns_units"].concept) | set(tables["nouns_edges"].child)
    assert len(tables["nouns_units"]) == 2 * 4
    counted = tables["nouns_absorption"]
    assert set(counted.edges) == {3}
    assert set(counted.asked) == {2.0}


def test_the_counts_are_those_of_the_edges(tables: dict[str, pd.DataFrame]) -> None:
    counted = tables["nouns_absorption"].query("decides and kind == 'trained'").set_index("d_sae")
    edges = tables["nouns_edges"].groupby("d_sae")[["naive", "own", "probe", "both", "rest"]].sum()
    assert (counted[edges.columns] == edges).all(axis=None)


def test_every_null_is_there(tables: dict[str, pd.DataFrame]) -> None:
    three = {"trained", "labels dealt out", "random directions"}
    assert set(tables["nouns_absorption"].kind) == three | {"trained, single words"}
    assert set(tables["nouns_agreement"].kind) == three
    assert set(tables["nouns_order"].kind) == three | {"neurons dealt out"}
    assert set(tables["nouns_flow"].kind) == {"trained", "random directions"}
    assert tables["nouns_units"][["dealt_or", "random_or"]].notna().any().all()


def test_the_same_seed_gives_the_same_tables(world: World, tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in phenomena(*world, EVERY, 7, 2).items():
        pd.testing.assert_frame_equal(frame, tables[name])


def test_activations_are_encoded_for_either_half_by_itself(world: World) -> None:
    saes, points, halves, nouns = world
    both = two_halves(saes[6], points, halves, nouns.concepts)
    dense = saes[6].encode(points).detach().numpy()
    assert (both.acts[0].toarray() == dense[halves]).all()
    assert (both.judged.neuron_sizes == (dense[~halves] > 0).sum(axis=0)).all()
