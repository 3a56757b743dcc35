"""Families against brute force and at planted rates; clusters against their definition."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import matthews_corrcoef

from saelib import ActivationSets, ConceptSet, InputError
from saelib.phenomena import co_occurrence_clusters, families, planted

COLUMNS = [
    "neurons",
    "size",
    "support",
    "share",
    "lift",
    "overlap",
    "delta",
    "stability_low",
    "stability_high",
]

dictionaries = st.tuples(st.integers(1, 10), st.integers(0, 6)).flatmap(lambda shape: arrays(bool, shape))


def disjoint(parts: int = 5, each: int = 20) -> ConceptSet:
    """Concepts of equal size without a common point, and as many points that are in none."""
    membership = np.kron(np.eye(parts + 1, parts, dtype=int), np.ones((each, 1), dtype=int))
    return ConceptSet(membership, names=[f"c{i}" for i in range(parts)])


def subsets(items: range | tuple[int, ...], least: int = 0) -> chain:
    return chain.from_iterable(combinations(items, size) for size in range(least, len(items) + 1))


# --- what is planted is what is found --------------------------------------------------------------------


def test_a_faithful_dictionary_of_disjoint_concepts_has_no_family() -> None:
    found = families(planted(disjoint()), min_support=1, min_lift=0)
    assert found.empty
    assert list(found.columns) == COLUMNS
    assert found.attrs == {"complete": True, "stopped": "", "searched": (0, 1, 2, 3, 4)}


def test_the_planted_family_is_found_with_its_support_and_lift() -> None:
    concepts = disjoint()
    # The first 24 points: all 20 of c0 and the first 4 of c1.
    activations = planted(concepts, families={("c1", "c3", "c4"): 0.2})
    found = families(activations, min_support=21)
    assert found.neurons.tolist() == [(1, 3, 4)]
    row = found.iloc[0]
    assert (row["size"], row.support, row.share) == (3, 24, 0.2)
    # |θ_1| = 20 + 20, |θ_3| = |θ_4| = 20 + 24, of 120 points.
    assert row.lift == float(Fraction(24, 120) / (Fraction(40, 120) * Fraction(44, 120) ** 2))
    assert row.overlap == 24 / 40
    assert row.delta == 24 - 20  # without the four points of c1 the neuron of c0 is common as well


@pytest.mark.parametrize("seed", range(5))
def test_two_planted_families_are_found_at_their_rates(seed: int) -> None:
    concepts = disjoint(parts=6, each=50)
    rates = {("c0", "c1"): 0.1, ("c2", "c3", "c4"): 0.2}
    rng = np.random.default_rng(seed)
    activations = planted(concepts, families=rates, rng=rng)
    found = families(activations, min_support=35, min_lift=1.2)
    common = {(0, 1): 35, (2, 3, 4): 70}
    assert set(found.neurons) >= set(common)
    for neurons, support, lift in zip(found.neurons, found.support, found.lift, strict=True):
        region = set.intersection(*(set(activations.extent(j).tolist()) for j in neurons))
        assert support == len(region) >= common.get(neurons, 35)
        sizes = [len(activations.extent(j)) for j in neurons]
        assert lift == float(Fraction(support, 350) / prod(Fraction(size, 350) for size in sizes))


def test_a_nested_pair_is_a_family_whose_overlap_is_whole() -> None:
    concepts = ConceptSet([[1, 1], [1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, 0])
    found = families(planted(concepts), min_support=1)
    assert found[["neurons", "support", "overlap"]].to_numpy().tolist() == [[(0, 1), 2, 1.0]]
    assert families(planted(concepts, absorbed={"dog": 1.0}), min_support=1).empty


def test_a_neuron_may_be_in_many_families_but_in_one_cluster() -> None:
    active = np.zeros((40, 3), dtype=bool)
    active[:10, [0, 1]] = active[10:20, [0, 2]] = True
    found = families(ActivationSets(active), min_support=1)
    assert sorted(found.neurons) == [(0, 1), (0, 2)]
    clusters = co_occurrence_clusters(ActivationSets(active), threshold=0.5)
    assert clusters.neurons.tolist() == [(0, 1, 2)]
    assert clusters.support.tolist() == [0]


def test_a_neuron_that_always_fires_joins_every_family_and_changes_no_lift() -> None:
    active = np.zeros((12, 3), dtype=bool)
    active[:, 2] = active[:3, :2] = True
    found = families(ActivationSets(active), min_support=1)
    assert found[["neurons", "lift"]].to_numpy().tolist() == [[(0, 1, 2), 4.0]]
    active[3, 0] = True
    found = families(ActivationSets(active), min_support=1)
    assert found[["neurons", "lift"]].to_numpy().tolist() == [[(0, 1, 2), 3.0], [(0, 2), 1.0]]
    assert families(ActivationSets(active), min_support=1, min_lift=1.01).neurons.tolist() == [(0, 1, 2)]


# --- against brute force ---------------------------------------------------------------------------------


@given(dictionaries, st.integers(1, 3))
def test_families_are_the_maximal_sets_of_neurons_of_every_common_region(active, min_support) -> None:
    n, d = active.shape
    regions: dict[bytes, set[int]] = {}
    for neurons in subsets(range(d), least=1):
        region = active[:, list(neurons)].all(axis=1)
        regions.setdefault(region.tobytes(), set()).update(neurons)
    expected = {}
    for region, neurons in regions.items():
        inside = np.frombuffer(region, dtype=bool)
        if len(neurons) >= 2 and inside.sum() >= min_support:
            expected[tuple(sorted(neurons))] = inside
    found = families(ActivationSets(active), min_support=min_support, min_lift=0)
    assert sorted(found.neurons) == sorted(expected)
    for row in found.itertuples():
        inside = expected[row.neurons]
        sizes = [Fraction(int(active[:, j].sum()), n) for j in row.neurons]
        assert (row.size, row.support) == (len(row.neurons), inside.sum())
        assert row.share == inside.sum() / n
        assert row.lift == float(Fraction(int(inside.sum()), n) / prod(sizes))
        assert row.overlap == float(Fraction(int(inside.sum()), n) / min(sizes))
        points = tuple(np.flatnonzero(inside).tolist())
        others = [j for j in range(d) if j not in row.neurons]
        assert row.delta == min((sum(not active[p, j] for p in points) for j in others), default=len(points))
        steady = sum(
            not active[list(some)][:, others].all(axis=0).any() for some in subsets(points)
        ) / 2 ** len(points)
        assert row.stability_low - 1e-12 <= steady <= row.stability_high + 1e-12


@given(dictionaries, st.integers(2, 4), st.integers(0, 2), st.floats(0, 4))
def test_limits_on_size_and_lift_are_filters(active, least, more, min_lift) -> None:
    activations = ActivationSets(active)
    every = families(activations, min_support=1, min_lift=0)
    some = families(activations, min_support=1, min_size=least, max_size=least + more, min_lift=min_lift)
    kept = every[every["size"].between(least, least + more) & (every.lift >= min_lift)]
    assert some.equals(kept.reset_index(drop=True))


@given(dictionaries)
def test_families_come_by_falling_lift_steadiness_and_support(active) -> None:
    found = families(ActivationSets(active), min_support=1, min_lift=0)
    keys = list(zip(-found.lift, -found.delta, -found.support, found.neurons, strict=True))
    assert keys == sorted(keys)


def test_a_search_that_is_cut_says_so_and_keeps_what_it_has() -> None:
    rng = np.random.default_rng(0)
    activations = ActivationSets(rng.random((200, 12)) < 0.4)
    whole = families(activations, min_support=2, min_lift=0)
    for cut in ({"max_concepts": 50}, {"max_work": 20_000}):
        part = families(activations, min_support=2, min_lift=0, **cut)
        assert not part.attrs["complete"]
        assert next(iter(cut)) in part.attrs["stopped"]
        assert 0 < len(part) < len(whole)
        assert set(part.neurons) <= set(whole.neurons)
        searched = set(part.attrs["searched"])
        assert {n for n in whole.neurons if set(n) <= searched} <= set(part.neurons)
    assert whole.attrs["complete"]


def test_a_lift_beyond_the_largest_float_is_infinite() -> None:
    active = np.zeros((10_000, 100), dtype=bool)
    active[0] = True
    found = families(ActivationSets(active), min_support=1)
    assert found.lift.tolist() == [np.inf]
    assert found["size"].tolist() == [100]


# --- clusters --------------------------------------------------------------------------------------------


def pair_score(active: np.ndarray, i: int, j: int, score: str) -> float:
    one, two = active[:, i], active[:, j]
    return (one & two).sum() / (one | two).sum() if score == "jaccard" else matthews_corrcoef(one, two)


@pytest.mark.parametrize("score", ["jaccard", "phi"])
@settings(max_examples=40)
@given(active=dictionaries, threshold=st.sampled_from([0.123, 0.321, 0.617]))
def test_clusters_are_the_components_of_the_graph_of_scores(score, active, threshold) -> None:
    n, d = active.shape
    sizes = active.sum(axis=0)
    left = {j for j in range(d) if 0 < sizes[j] < n + (score == "jaccard")}
    expected = []
    while left:
        cluster, border = set(), {min(left)}
        while border:
            cluster |= border
            left -= border
            border = {j for j in left for i in border if pair_score(active, i, j, score) >= threshold}
        if len(cluster) > 1:
            expected.append(tuple(sorted(cluster)))
    found = co_occurrence_clusters(ActivationSets(active), threshold=threshold, score=score)
    assert sorted(found.neurons) == sorted(expected)
    for row in found.itertuples():
        pairs = [pair_score(active, i, j, score) for i, j in combinations(row.neurons, 2)]
        assert row.size == len(row.neurons)
        assert row.support == active[:, list(row.neurons)].all(axis=1).sum()
        assert row.mean_score == pytest.approx(np.mean(pairs))


@settings(max_examples=40)
@given(active=dictionaries, threshold=st.sampled_from([0.123, 0.321, 0.617]))
def test_average_clusters_have_mean_scores_that_reach_the_threshold_in_pairs(active, threshold) -> None:
    activations = ActivationSets(active)
    found = co_occurrence_clusters(activations, threshold=threshold, linkage="average")
    single = co_occurrence_clusters(activations, threshold=threshold)
    for row in found.itertuples():
        if row.size == 2:
            assert row.mean_score >= threshold - 1e-12
        assert any(set(row.neurons) <= set(whole) for whole in single.neurons)
    members = [j for neurons in found.neurons for j in neurons]
    assert len(members) == len(set(members))


def test_average_linkage_does_not_chain() -> None:
    # Each neuron shares half of its points with the next one only.
    active = np.zeros((60, 5), dtype=bool)
    for j in range(5):
        active[10 * j : 10 * j + 20, j] = True
    chained = co_occurrence_clusters(ActivationSets(active), threshold=0.3)
    assert chained.neurons.tolist() == [(0, 1, 2, 3, 4)]
    averaged = co_occurrence_clusters(ActivationSets(active), threshold=0.3, linkage="average")
    assert averaged["size"].max() == 2


def test_a_planted_family_is_a_cluster_only_if_its_neurons_do_little_else() -> None:
    concepts = disjoint()
    activations = planted(concepts, families={("c3", "c4"): 0.05})
    assert families(activations, min_support=6, min_lift=1.0).neurons.tolist() == [(0, 3, 4)]
    assert co_occurrence_clusters(activations, threshold=0.5).empty


# --- input that is refused -------------------------------------------------------------------------------

GOOD = ActivationSets([[1, 1], [1, 0]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_support": 0}, "min_support is 0"),
        ({"min_support": 1.5}, "min_support is 1.5"),
        ({"min_support": True}, "min_support is True"),
        ({"min_support": 1, "min_size": 1}, "min_size is 1"),
        ({"min_support": 1, "max_size": 1}, "max_size is 1"),
        ({"min_support": 1, "min_size": 4, "max_size": 3}, "max_size is 3"),
        ({"min_support": 1, "min_lift": -0.1}, "min_lift is -0.1"),
        ({"min_support": 1, "min_lift": float("nan")}, "min_lift is nan"),
        ({"min_support": 1, "max_concepts": 0}, "max_concepts is 0"),
        ({"min_support": 1, "max_work": 0}, "max_work is 0"),
    ],
)
def test_options_of_families_are_checked(options: dict, message: str) -> None:
    with pytest.raises(InputError, match="^" + message):
        families(GOOD, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 0.0}, "threshold is 0.0"),
        ({"threshold": 1.1}, "threshold is 1.1"),
        ({"threshold": True}, "threshold is True"),
        ({"threshold": float("nan")}, "threshold is nan"),
        ({"threshold": 0.5, "score": "cosine"}, "score is 'cosine'"),
        ({"threshold": 0.5, "linkage": "complete"}, "linkage is 'complete'"),
        ({"threshold": 0.5, "min_size": 1}, "min_size is 1"),
    ],
)
def test_options_of_clusters_are_checked(options: dict, message: str) -> None:
    with pytest.raises(InputError, match="^" + message):
        co_occurrence_clusters(GOOD, **options)


@pytest.mark.parametrize("read", [families, co_occurrence_clusters])
@pytest.mark.parametrize(
    ("activations", "message"),
    [(np.eye(2), "activations is a ndarray"), (ActivationSets(np.zeros((0, 2))), "activations covers no")],
)
def test_activations_that_hold_nothing_are_refused(read, activations, message) -> None:
    with pytest.raises(InputError, match="^" + message):
        read(activations, **({"min_support": 1} if read is families else {"threshold": 0.5}))


@pytest.mark.parametrize("active", [np.zeros((3, 0)), np.zeros((3, 1)), np.zeros((3, 4)), np.ones((3, 1))])
def test_dictionaries_without_pairs_have_neither(active: np.ndarray) -> None:
    activations = ActivationSets(active)
    assert families(activations, min_support=1).empty
    for options in ({}, {"score": "phi"}, {"linkage": "average"}):
        found = co_occurrence_clusters(activations, threshold=0.5, **options)
        assert found.empty
        assert list(found.columns) == ["neurons", "size", "support", "mean_score"]


def test_copies_of_one_neuron_are_one_family_and_one_cluster() -> None:
    activations = ActivationSets(np.ones((8, 3)) * (np.arange(8) < 2)[:, None])
    assert families(activations, min_support=2)[["neurons", "support", "lift"]].to_numpy().tolist() == [
        [(0, 1, 2), 2, 16.0]
    ]
    clusters = co_occurrence_clusters(activations, threshold=1.0)
    assert clusters.to_numpy().tolist() == [[(0, 1, 2), 3, 2, 1.0]]
