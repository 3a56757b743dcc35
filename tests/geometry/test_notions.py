"""T1: the closed forms against exact fractions and against every pair of sets over a few points."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib.errors import InputError
from saelib.geometry import bounds

N = 5
SUBSETS = [frozenset(i for i in range(N) if bits >> i & 1) for bits in range(2**N)]


def rates(theta: frozenset[int], concept: frozenset[int]) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Frequency, recall, leak and Jaccard distance, straight from their definitions."""
    rest = frozenset(range(N)) - concept
    return (
        Fraction(len(concept), N),
        Fraction(len(theta & concept), len(concept)),
        Fraction(len(theta - concept), len(rest)),
        Fraction(len(theta ^ concept), len(theta | concept)),
    )


def exact_leak_ceiling(eta: Fraction, frequency: Fraction) -> Fraction:
    return min(Fraction(1), eta / (1 - eta) * frequency / (1 - frequency))


def exact_distance_ceiling(delta: Fraction, epsilon: Fraction, frequency: Fraction) -> Fraction:
    r = (1 - frequency) / frequency
    return (delta + epsilon * r) / (1 + epsilon * r)


def test_all_bounds_hold_for_every_pair_of_subsets_of_five_points_and_are_attained():
    attained = {"recall": 0, "leak": 0}
    for theta, concept in product(SUBSETS, SUBSETS):
        if not 0 < len(concept) < N:
            continue
        frequency, recall, leak, distance = rates(theta, concept)
        assert distance == exact_distance_ceiling(1 - recall, leak, frequency)  # T1c at its own tolerances
        if distance < 1:
            assert recall >= 1 - distance
            assert leak <= exact_leak_ceiling(distance, frequency)
            attained["recall"] += recall == 1 - distance
            attained["leak"] += leak == exact_leak_ceiling(distance, frequency)
        if recall == 1:
            for eta in (Fraction(k, 12) for k in range(12)):
                assert (distance <= eta) == (leak <= exact_leak_ceiling(eta, frequency))  # T1d, both ways
    assert min(attained.values()) > 100


def test_bounds_by_hand():
    # A concept on 2 of 10 points; the neuron fires on both and on 2 others: J = 1/2, leak = 2/8.
    assert bounds.leak_ceiling(0.5, 0.2) == pytest.approx(0.25)
    assert bounds.recall_floor(0.5) == 0.5
    # The neuron misses one of the two and leaks to two: J = 1/4; δ = 1/2, ε = 1/4, r = 4.
    assert bounds.distance_ceiling(0.5, 0.25, 0.2) == pytest.approx(0.75)


def test_the_tolerated_leak_shrinks_in_proportion_to_the_odds():
    ceilings = bounds.leak_ceiling(0.1, np.array([1e-2, 1e-3, 1e-4]))
    odds = np.array([1 / 99, 1 / 999, 1 / 9999])
    np.testing.assert_allclose(ceilings, odds / 9, rtol=1e-12)


def test_a_leak_is_never_allowed_above_one():
    assert bounds.leak_ceiling(0.99, 0.9) == 1.0


def _fraction(pair: tuple[int, int]) -> Fraction:
    return Fraction(min(pair), max(*pair, 1))


# Drawn from two counts: st.fractions is ten times slower.
fractions = st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(_fraction)
inner = st.integers(1, 999).map(lambda count: Fraction(count, 1000))


@given(eta=fractions.filter(lambda q: q < 1), delta=fractions, epsilon=fractions, frequency=inner)
def test_closed_forms_equal_exact_fractions(eta, delta, epsilon, frequency):
    assert bounds.recall_floor(float(eta)) == pytest.approx(float(1 - eta), abs=1e-15)
    exact = float(exact_leak_ceiling(eta, frequency))
    assert bounds.leak_ceiling(float(eta), float(frequency)) == pytest.approx(exact, rel=1e-10)
    exact = float(exact_distance_ceiling(delta, epsilon, frequency))
    assert bounds.distance_ceiling(float(delta), float(epsilon), float(frequency)) == pytest.approx(
        exact, rel=1e-10
    )


@given(delta=fractions, epsilon=fractions, more=fractions, frequency=inner)
def test_the_distance_ceiling_grows_with_either_tolerance(delta, epsilon, more, frequency):
    here = exact_distance_ceiling(delta, epsilon, frequency)
    assert here <= exact_distance_ceiling(max(delta, more), epsilon, frequency)
    assert here <= exact_distance_ceiling(delta, max(epsilon, more), frequency)
    assert here <= 1


@given(eta=fractions.filter(lambda q: q < 1), frequency=inner)
def test_b_and_c_undo_each_other_at_full_recall(eta, frequency):
    leak = exact_leak_ceiling(eta, frequency)
    assert exact_distance_ceiling(Fraction(0), leak, frequency) == min(eta, 1 - frequency)


def test_arguments_broadcast():
    assert bounds.leak_ceiling([[0.1], [0.5]], [0.1, 0.2, 0.3]).shape == (2, 3)
    assert bounds.distance_ceiling(0.1, [0.1, 0.2], 0.5).shape == (2,)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: bounds.recall_floor(1.0), "eta"),
        (lambda: bounds.recall_floor(-0.1), "eta"),
        (lambda: bounds.recall_floor(np.nan), "eta"),
        (lambda: bounds.recall_floor("half"), "eta"),
        (lambda: bounds.leak_ceiling(0.5, 0.0), "frequency"),
        (lambda: bounds.leak_ceiling(0.5, [0.5, 1.0]), "frequency"),
        (lambda: bounds.distance_ceiling(1.1, 0.0, 0.5), "delta"),
        (lambda: bounds.distance_ceiling(0.0, np.nan, 0.5), "epsilon"),
    ],
)
def test_numbers_outside_their_range_are_refused_by_name(call, argument):
    with pytest.raises(InputError, match=rf"^{argument} .*give numbers|^{argument} .*give a number"):
        call()
