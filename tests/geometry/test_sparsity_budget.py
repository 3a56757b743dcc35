"""T5d: the floor, the best assignment, and what happens on the edges."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from saelib import ActivationSets, ConceptSet, align
from saelib.errors import InputError
from saelib.geometry import bounds


def families(max_points: int = 8, max_concepts: int = 4, max_neurons: int = 5):
    def both(shape):
        n, c, d = shape
        return st.tuples(hnp.arrays(bool, (n, c)), hnp.arrays(bool, (n, d)))

    sizes = st.tuples(st.integers(1, max_points), st.integers(1, max_concepts), st.integers(1, max_neurons))
    return sizes.flatmap(both)


def least_missed(concepts: np.ndarray, neurons: np.ndarray) -> int:
    """Misses of the best one-to-one assignment, by trying all; silent neurons pad a small dictionary."""
    n_concepts = concepts.shape[1]
    padded = np.hstack([neurons, np.zeros((len(neurons), n_concepts), dtype=bool)])
    return min(
        int((concepts & ~padded[:, list(chosen)]).sum())
        for chosen in permutations(range(padded.shape[1]), n_concepts)
    )


@given(families(max_neurons=3, max_concepts=3))
def test_the_assignment_found_is_the_best_of_all_and_respects_the_floor(pair):
    concepts, neurons = pair
    budget = bounds.sparsity_budget(align(ActivationSets(neurons), ConceptSet(concepts)))
    assert budget.missed == least_missed(concepts, neurons)
    short = concepts.sum(axis=1) - neurons.sum(axis=1)
    assert budget.floor == sum(max(int(each), 0) for each in short)
    assert budget.missed >= budget.floor
    assert not budget.violated
    assert budget.slack == budget.missed - budget.floor


@given(families())
def test_the_assignment_is_one_to_one_and_misses_what_it_says(pair):
    concepts, neurons = pair
    budget = bounds.sparsity_budget(align(ActivationSets(neurons), ConceptSet(concepts)))
    given_one = budget.assignment[budget.assignment >= 0]
    assert len(set(given_one)) == len(given_one) == min(concepts.shape[1], neurons.shape[1])
    missed = sum(
        int((concepts[:, i] & ~neurons[:, j]).sum()) if j >= 0 else int(concepts[:, i].sum())
        for i, j in enumerate(budget.assignment)
    )
    assert budget.missed == missed
    assert budget.memberships == concepts.sum()


@given(families())
def test_the_order_of_points_concepts_and_neurons_does_not_matter(pair):
    concepts, neurons = pair
    before = bounds.sparsity_budget(align(ActivationSets(neurons), ConceptSet(concepts)))
    after = bounds.sparsity_budget(
        align(ActivationSets(neurons[::-1, ::-1]), ConceptSet(concepts[::-1, ::-1]))
    )
    assert (before.floor, before.missed) == (after.floor, after.missed)


@given(families())
def test_copying_every_concept_attains_a_floor_of_zero(pair):
    concepts, _ = pair
    budget = bounds.sparsity_budget(align(ActivationSets(concepts), ConceptSet(concepts)))
    assert budget.floor == budget.missed == 0


@given(families(), st.integers(1, 4))
def test_the_budget_k_of_a_top_k_dictionary_is_a_weaker_floor(pair, k):
    concepts, neurons = pair
    kept = neurons & (neurons.cumsum(axis=1) <= k)
    s = concepts.sum(axis=1)
    assert bounds.sparsity_floor(s, k) <= bounds.sparsity_floor(s, kept.sum(axis=1))


def test_masses_are_shares_of_the_points():
    concepts = ConceptSet([[1, 1], [1, 0], [0, 0], [0, 0]])
    budget = bounds.sparsity_budget(align(ActivationSets([[0], [1], [0], [0]]), concepts))
    # Point 0 lies in two concepts and nothing fires; the one neuron serves the first concept on point 1.
    assert (budget.floor, budget.missed, budget.floor_mass, budget.missed_mass) == (2, 2, 0.5, 0.5)
    np.testing.assert_array_equal(budget.assignment, [0, -1])


def test_a_dead_dictionary_misses_everything():
    budget = bounds.sparsity_budget(
        align(ActivationSets(np.zeros((3, 2), bool)), ConceptSet([[1], [1], [0]]))
    )
    assert budget.floor == budget.missed == 2


def test_it_is_fast_enough_to_check_on_every_sae_of_a_sweep():
    import time

    rng = np.random.default_rng(0)
    concepts = ConceptSet(rng.random((50_000, 84)) < 0.03)
    alignment = align(ActivationSets(rng.random((50_000, 512)) < 0.03), concepts)
    start = time.process_time()
    bounds.sparsity_budget(alignment)
    bounds.jaccard_budget(alignment)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("s", "l0", "argument"),
    [
        ([[1, 2]], 1, "concepts_per_point"),
        ([0.5], 1, "concepts_per_point"),
        ([1, -2], 1, "concepts_per_point"),
        ([1, 2], [1], "active_per_point"),
        ([1, 2], -1, "active_per_point"),
        ([1, 2], 1.5, "active_per_point"),
    ],
)
def test_counts_that_are_none_are_refused(s, l0, argument):
    with pytest.raises(InputError, match=f"^{argument} "):
        bounds.sparsity_floor(s, l0)


@pytest.mark.parametrize("budget", [bounds.sparsity_budget, bounds.jaccard_budget])
def test_only_an_unweighted_alignment_has_a_budget(budget):
    activations, concepts = ActivationSets([[1], [0]]), ConceptSet([[1], [1]])
    with pytest.raises(InputError, match=r"^alignment is weighted"):
        budget(align(activations, concepts, weights=[0.5, 0.5]))
    with pytest.raises(InputError, match=r"^alignment is a ConceptSet"):
        budget(concepts)
