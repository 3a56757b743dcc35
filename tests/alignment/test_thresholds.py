"""Neurons with thresholds: against trying every neuron and every threshold, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.alignment import (
    above,
    activation_quantiles,
    best_of_counts,
    best_with_threshold,
    counts_above,
)

LEVELS = (0.0, 0.25, 0.5, 0.9)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    n, d, m = (draw(st.integers(1, most)) for most in (12, 5, 4))
    acts = draw(st.lists(st.integers(0, 4), min_size=n * d, max_size=n * d))
    held = draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))
    return np.array(acts, dtype=float).reshape(n, d) / 2, np.array(held).reshape(n, m)


def f1_by_hand(fires: np.ndarray, inside: np.ndarray) -> float:
    total = fires.sum() + inside.sum()
    return 2 * (fires & inside).sum() / total if total else 0.0


def threshold_by_hand(column: np.ndarray, level: float) -> float:
    rising = np.sort(column[column > 0])
    rank = int(np.ceil(level * len(rising) - 1e-9))
    return float(rising[rank - 1]) if rank else 0.0


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_the_choice_is_the_best_of_all_neurons_and_thresholds(world: tuple[np.ndarray, np.ndarray]) -> None:
    acts, held = world
    found = best_with_threshold(acts, ConceptSet(held), LEVELS)
    for i in range(held.shape[1]):
        tried = [
            f1_by_hand(acts[:, j] > threshold_by_hand(acts[:, j], level), held[:, i])
            for level in LEVELS
            for j in range(acts.shape[1])
        ]
        assert found.f1[i] == pytest.approx(max(tried))
        if found.neurons[i] >= 0:
            fires = acts[:, found.neurons[i]] > found.thresholds[i]
            assert f1_by_hand(fires, held[:, i]) == found.f1[i]
        else:
            assert max(tried) == 0


@given(worlds())
@settings(max_examples=50, deadline=None)
def test_scored_on_the_same_points_the_counts_are_the_same(world: tuple[np.ndarray, np.ndarray]) -> None:
    acts, held = world
    found = best_with_threshold(acts, ConceptSet(held), LEVELS)
    again = found.scored_on(sparse.csr_array(acts), ConceptSet(held))
    assert again.sizes.tolist() == found.sizes.tolist()
    assert again.both.tolist() == found.both.tolist()


@given(worlds())
@settings(max_examples=50, deadline=None)
def test_without_thresholds_it_is_learning_by_jaccard_index(world: tuple[np.ndarray, np.ndarray]) -> None:
    acts, held = world
    concepts = ConceptSet(held)
    a = align(ActivationSets.from_array(acts), concepts)
    found = best_with_threshold(acts, concepts, [0.0])
    assert found.neurons.tolist() == a.learn("jaccard").tolist()
    column = np.flatnonzero(found.neurons >= 0)
    assert found.jaccard[column] == pytest.approx(a.jaccard[found.neurons[column], column])


def test_quantiles_are_activations_that_occur_with_the_promised_number_above() -> None:
    acts = np.arange(11, dtype=float)[:, None]
    for level in (0.0, 0.2, 0.5, 0.9):
        threshold = activation_quantiles(acts, [level])[0, 0]
        assert (acts > threshold).sum() == 10 - round(level * 10)


def test_counts_are_those_of_the_sets_above_each_threshold() -> None:
    rng = np.random.default_rng(0)
    acts, held = rng.random((30, 4)), rng.random((30, 3)) < 0.4
    limits = activation_quantiles(acts, LEVELS)
    sizes, both = counts_above(acts, ConceptSet(held), limits)
    for level, row in enumerate(limits):
        fires = acts > row
        assert sizes[level].tolist() == fires.sum(axis=0).tolist()
        assert both[level].tolist() == (fires.T.astype(int) @ held).tolist()


def test_a_neuron_chosen_on_one_half_is_judged_with_its_threshold_on_the_other() -> None:
    found = best_with_threshold([[1.0], [2.0], [3.0]], ConceptSet([[0], [1], [1]]), [0.0, 0.3])
    other = found.scored_on([[0.5], [1.5], [5.0]], ConceptSet([[1], [0], [1]]))
    assert found.thresholds.tolist() == [1.0]
    assert (other.sizes.tolist(), other.both.tolist()) == ([2], [1])
    assert other.f1.tolist() == [0.5]


def test_dead_dictionaries_and_empty_concepts_have_no_neuron() -> None:
    found = best_with_threshold(np.zeros((3, 2)), ConceptSet([[1, 0], [0, 0], [1, 0]]), LEVELS)
    assert found.neurons.tolist() == [-1, -1]
    assert found.f1.tolist() == [0.0, 0.0]
    assert found.fires(np.ones((2, 2))).nnz == 0


@pytest.mark.parametrize("levels", [[], [1.0], [-0.1], [0.5, 0.2], [[0.1]]])
def test_quantiles_out_of_range_are_refused(levels: list[float]) -> None:
    with pytest.raises(InputError, match="quantiles"):
        activation_quantiles([[1.0]], levels)


@pytest.mark.parametrize("acts", [[[np.nan]], [[-1.0]], [["a"]], [[np.inf]]])
def test_activations_that_are_none_are_refused(acts: list[list[object]]) -> None:
    with pytest.raises(InputError, match="acts"):
        best_with_threshold(acts, ConceptSet([[1]]), [0.0])


def test_what_does_not_fit_is_refused() -> None:
    found = best_with_threshold([[0.0, 1.0]], ConceptSet([[1]]), [0.0])
    with pytest.raises(InputError, match="concepts"):
        best_with_threshold([[1.0]], ConceptSet([[1], [0]]), [0.0])
    with pytest.raises(InputError, match="acts"):
        found.fires([[1.0]])
    with pytest.raises(InputError, match="concepts"):
        found.scored_on([[1.0, 1.0]], ConceptSet([[1, 0]]))
    with pytest.raises(InputError, match="thresholds"):
        counts_above([[1.0]], ConceptSet([[1]]), np.array([[-1.0]]))
    with pytest.raises(InputError, match="thresholds"):
        above(sparse.csr_array([[1.0, 2.0]]), [0.5])
    with pytest.raises(InputError, match="matrix"):
        above([[1.0]], [0.5])


@pytest.mark.parametrize(
    ("place", "wrong", "named"),
    [
        (0, [[1, 2, 3]], "sizes"),
        (1, [[1.5]], "both"),
        (1, [[1], [2, 3]], "both"),
        (2, [0.0, 0.0], "thresholds"),
        (3, [3, 3], "concept_sizes"),
    ],
)
def test_counts_that_do_not_fit_one_another_are_refused(place: int, wrong: object, named: str) -> None:
    counts: list[object] = [[[2, 4]], [[[1], [3]]], [[0.0, 0.5]], [3]]
    assert best_of_counts(*counts).neurons.tolist() == [1]
    counts[place] = wrong
    with pytest.raises(InputError, match=named):
        best_of_counts(*counts)
