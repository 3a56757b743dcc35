"""T5e: sums of Jaccard indices against the definition, and the convention that the theorem needs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from saelib import ActivationSets, ConceptSet, align
from saelib.geometry import bounds
from saelib.geometry.bounds.exact import sum_exceeds


def jaccard(a: np.ndarray, b: np.ndarray) -> Fraction:
    """Index of two boolean columns, 0 for two empty ones."""
    either = int((a | b).sum())
    return Fraction(int((a & b).sum()), either) if either else Fraction(0)


def families():
    def both(shape):
        n, c, d = shape
        return st.tuples(hnp.arrays(bool, (n, c)), hnp.arrays(bool, (n, d)))

    return st.tuples(st.integers(1, 8), st.integers(1, 5), st.integers(1, 5)).flatmap(both)


@given(families())
def test_sums_means_and_ceilings_follow_the_definition_and_the_theorem(pair):
    concepts, neurons = pair
    budget = bounds.jaccard_budget(align(ActivationSets(neurons), ConceptSet(concepts)))
    s, l0 = concepts.sum(axis=1), neurons.sum(axis=1)
    assert (budget.neuron_ceiling, budget.concept_ceiling) == (s.max(), l0.max())
    for j, theta in enumerate(neurons.T):
        total = sum(jaccard(theta, c) for c in concepts.T)
        mean = Fraction(int(s[theta].sum()), max(int(theta.sum()), 1))
        assert total <= mean <= s.max()
        np.testing.assert_allclose(
            [budget.neuron_sums[j], budget.neuron_means[j]], [float(total), float(mean)]
        )
    for i, c in enumerate(concepts.T):
        total = sum(jaccard(theta, c) for theta in neurons.T)
        mean = Fraction(int(l0[c].sum()), max(int(c.sum()), 1))
        assert total <= mean <= l0.max()
        np.testing.assert_allclose(
            [budget.concept_sums[i], budget.concept_means[i]], [float(total), float(mean)]
        )
    assert budget.violations == 0
    assert not budget.violated
    assert max(budget.neuron_use, budget.concept_use) <= 1 + 1e-12


def test_a_neuron_that_is_a_union_of_disjoint_concepts_uses_its_whole_budget():
    concepts = np.eye(3, dtype=bool).repeat([1, 2, 3], axis=0)
    budget = bounds.jaccard_budget(align(ActivationSets(np.ones((6, 1), bool)), ConceptSet(concepts)))
    # 1/6 + 2/6 + 3/6
    assert budget.neuron_sums.tolist() == [1.0]
    assert (budget.neuron_use, budget.violations) == (1.0, 0)


def test_equal_concepts_attain_the_general_ceiling():
    same = np.array([[1, 1, 1], [1, 1, 1], [0, 0, 0]], dtype=bool)
    budget = bounds.jaccard_budget(align(ActivationSets(same[:, :1]), ConceptSet(same)))
    assert budget.neuron_sums.tolist() == [3.0]
    assert budget.neuron_ceiling == 3


def test_disjoint_concepts_leave_room_for_one_match_above_one_half():
    concepts = np.eye(4, dtype=bool).repeat(5, axis=0)
    for bits in range(16):
        theta = concepts[:, [bool(bits >> i & 1) for i in range(4)]].any(axis=1)
        alignment = align(ActivationSets(theta[:, None]), ConceptSet(concepts))
        assert (alignment.jaccard > 0.5).sum() <= 1
        assert bounds.jaccard_budget(alignment).neuron_ceiling == 1


def test_two_empty_sets_count_nothing_or_the_theorem_would_be_false():
    """Three empty concepts are disjoint, and by convention each has Jaccard index 1 with a dead neuron: 3
    > 1."""
    alignment = align(ActivationSets([[0], [0]]), ConceptSet(np.zeros((2, 3), bool)))
    assert alignment.jaccard.sum() == 3
    budget = bounds.jaccard_budget(alignment)
    assert budget.neuron_sums.tolist() == [0.0]
    assert budget.concept_sums.tolist() == [0.0, 0.0, 0.0]
    assert (budget.violations, budget.neuron_use, budget.concept_use) == (0, 0.0, 0.0)


def test_a_count_over_the_budget_is_found():
    """Counts that no sets could have: the check is able to fail."""
    alignment = align(ActivationSets([[1], [1], [0]]), ConceptSet([[1, 0], [0, 1], [0, 0]]))
    alignment.counts[:] = 2
    assert bounds.jaccard_budget(alignment).violations > 0


small = st.integers(0, 10)
rows = st.lists(st.tuples(small, st.integers(1, 10)), min_size=4, max_size=4)


@given(st.lists(st.tuples(rows, small, st.integers(1, 10)), min_size=1, max_size=20), st.booleans())
def test_sums_of_fractions_are_compared_exactly_whatever_their_denominators(cases, large):
    scale = 10**9 + 7 if large else 1  # beyond what a common 64-bit denominator can hold
    over = np.array([[a for a, _ in row] for row, _, _ in cases]) * scale
    under = np.array([[b * scale + large * k for k, (_, b) in enumerate(row)] for row, _, _ in cases])
    top, bottom = np.array([c for _, c, _ in cases]), np.array([d for _, _, d in cases])
    expected = [
        sum(map(Fraction, a.tolist(), b.tolist())) > Fraction(int(c), int(d))
        for a, b, c, d in zip(over, under, top, bottom, strict=True)
    ]
    np.testing.assert_array_equal(sum_exceeds(over, under, top, bottom), expected)


def test_a_tie_in_fractions_is_no_excess_and_one_part_in_a_trillion_is():
    over, under = np.array([[1, 1, 1]]), np.array([[3, 3, 3]])
    one = np.ones(1, dtype=np.int64)
    assert not sum_exceeds(over, under, one, one)[0]
    trillion = np.array([10**12])
    assert sum_exceeds(over, under, trillion - 1, trillion)[0]
    # Farther apart than the ceiling by less than floating point can see.
    huge = np.array([10**17])
    assert sum_exceeds(np.array([[1, 1]]), np.array([[2, 2]]), huge - 1, huge)[0]
