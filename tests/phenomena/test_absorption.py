from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.data.synthetic import ForestConfig, LevelFiring, concept_forest
from saelib.phenomena import absorption, planted


def forest(n_points: int = 400, seed: int = 0) -> ConceptSet:
    """Two roots with two children each; a child is a tenth, two, three, four tenths of its parent."""
    rng = np.random.default_rng(seed)
    roots = rng.random((n_points, 2)) < 0.5
    roots[:40] = True
    part = rng.integers(0, 10, (n_points, 2))
    children = [roots[:, k] & np.isin(part[:, k], span) for k in (0, 1) for span in ([0], [1, 2])]
    names = ["animal", "plant", "dog", "cat", "tree", "herb"]
    return ConceptSet(np.column_stack([roots, *children]), names=names, parents=[-1, -1, 0, 0, 1, 1])


def own_neurons(concepts: ConceptSet) -> np.ndarray:
    return np.arange(concepts.n_concepts)


def test_a_faithful_dictionary_absorbs_nothing() -> None:
    concepts = forest()
    edges = absorption(align(planted(concepts), concepts))
    assert len(edges) == 4
    assert (edges.n_absorbed == 0).all()
    assert (edges.rate == 0.0).all()
    assert (edges.gap == 0.0).all()
    assert (edges.implication == 1.0).all()
    assert not edges.absorbed.any()


@given(
    seed=st.integers(0, 10_000),
    rates=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=4, max_size=4),
)
def test_the_planted_rate_comes_back_to_the_point(seed: int, rates: list[float]) -> None:
    concepts = forest(seed=seed)
    wanted = dict(zip(("dog", "cat", "tree", "herb"), rates, strict=True))
    dictionary = planted(concepts, absorbed=wanted, rng=np.random.default_rng(seed))
    edges = absorption(align(dictionary, concepts), own_neurons(concepts)).set_index("child")
    sizes = dict(zip(concepts.names, concepts.sizes.tolist(), strict=True))
    silent = {child: round(rate * sizes[child]) for child, rate in wanted.items()}
    for child, sibling in (("dog", "cat"), ("cat", "dog"), ("tree", "herb"), ("herb", "tree")):
        row = edges.loc[child]
        assert row.n_absorbed == silent[child]
        assert row.rate == silent[child] / sizes[child]
        # The rest of the parent contains the sibling, whose own absorption lowers it too.
        assert row.on_rest == row.n_rest - silent[sibling]
        assert row.implication == pytest.approx(1 - silent[child] / sizes[child], abs=1e-15)
        mostly_silent = sizes[child] - silent[child] <= 0.1 * sizes[child]
        assert row.absorbed == (mostly_silent and silent[sibling] <= 0.1 * row.n_rest)


def test_against_sets_written_out() -> None:
    rng = np.random.default_rng(1)
    concepts = forest(60)
    activations = ActivationSets(rng.random((60, 5)) < 0.4)
    neurons = rng.integers(-1, 5, 6)
    edges = absorption(align(activations, concepts), neurons)
    active, held = activations.active.toarray(), concepts.membership.toarray()
    for row in edges.itertuples():
        parent, child = concepts.index(row.parent), concepts.index(row.child)
        c, d = set(np.flatnonzero(held[:, parent])), set(np.flatnonzero(held[:, child]))
        fires_c = set(np.flatnonzero(active[:, neurons[parent]])) if neurons[parent] >= 0 else set()
        fires_d = set(np.flatnonzero(active[:, neurons[child]])) if neurons[child] >= 0 else set()
        assert (row.n_parent, row.n_child, row.n_rest) == (len(c), len(d), len(c - d))
        assert (row.on_rest, row.on_child) == (len((c - d) & fires_c), len(d & fires_c))
        assert row.n_absorbed == len((d & fires_d) - fires_c)
        if neurons[parent] < 0:
            assert row.gap is pd.NA
        if neurons[parent] < 0 or neurons[child] < 0:
            assert row.rate is pd.NA
            assert row.implication is pd.NA


def test_what_has_no_denominator_is_unavailable_and_never_nan() -> None:
    held = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]], dtype=bool)
    concepts = ConceptSet(held, names=["all", "same", "never"], parents=[-1, 0, 0])
    edges = absorption(align(planted(concepts), concepts), np.arange(3)).set_index("child")
    assert edges.loc["same", "gap"] is pd.NA  # no point of the parent is outside the child
    assert edges.loc["never", "rate"] is pd.NA
    assert edges.loc["never", "gap"] is pd.NA
    assert edges.loc["never", "implication"] is pd.NA  # its neuron is dead
    assert edges.loc["same", "rate"] == 0.0
    assert not any(isinstance(v, float) and np.isnan(v) for v in edges.rate)


def test_permuting_points_changes_nothing() -> None:
    concepts = forest()
    dictionary = planted(concepts, absorbed={"dog": 0.5, "herb": 1.0})
    order = np.random.default_rng(0).permutation(concepts.n_points)
    one = absorption(align(dictionary, concepts))
    two = absorption(align(dictionary.take_points(order), concepts.take_points(order)))
    pd.testing.assert_frame_equal(one, two)


def test_edges_of_a_generated_forest_are_all_there() -> None:
    config = ForestConfig(d_in=8, branching=(2, 2, 2), firing=LevelFiring((0.4, 0.5, 0.5)))
    sample = concept_forest(config, 500, seed=0)
    edges = absorption(align(planted(sample.concepts), sample.concepts))
    assert len(edges) == (sample.concepts.parents >= 0).sum()


@pytest.mark.parametrize(
    ("neurons", "message"),
    [
        (np.zeros(3, dtype=int), "neurons has shape"),
        (np.zeros(6), "neurons has shape .* and type float64"),
        (np.array([0, 0, 0, 9, 0, 0]), "neurons has 9 at 3"),
        (np.array([0, -2, 0, 0, 0, 0]), "neurons has -2 at 1"),
    ],
)
def test_an_assignment_that_does_not_fit_is_refused(neurons: np.ndarray, message: str) -> None:
    concepts = forest()
    with pytest.raises(InputError, match=message):
        absorption(align(planted(concepts), concepts), neurons)


def test_tolerances_and_measures_are_checked() -> None:
    concepts = forest()
    with pytest.raises(InputError, match="delta_child is 2"):
        absorption(align(planted(concepts), concepts), delta_child=2)
    with pytest.raises(InputError, match="alignment is on the ambient space"):
        absorption(align(planted(concepts), concepts, measure="ambient"))
