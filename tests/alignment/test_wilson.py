"""Wilson intervals against published values, their defining equation, and their coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.alignment import wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_values_are_reproduced(successes, trials, low, high):
    assert np.round(wilson_interval(successes, trials), 4).tolist() == [low, high]


def test_one_success_in_two_is_as_worked_by_hand():
    # z = 2 at this confidence: centre (1/2 + 4/4)/(1 + 2) = 1/2, half 2/3·sqrt(1/8 + 1/4) = 1/sqrt(6).
    low, high = wilson_interval(1, 2, confidence=0.9544997361036416)
    assert [low, high] == pytest.approx([0.5 - 6**-0.5, 0.5 + 6**-0.5], abs=1e-12)


@given(st.integers(1, 10**6), st.floats(0, 1), st.floats(0.5, 0.999))
def test_the_ends_solve_the_score_equation_and_hold_the_rate(trials, share, confidence):
    from scipy.stats import norm

    successes = round(share * trials)
    z = norm.ppf((1 + confidence) / 2)
    low, high = wilson_interval(successes, trials, confidence)
    rate = successes / trials
    assert 0 <= low <= rate <= high <= 1
    for end in (low, high):
        assert (rate - end) ** 2 == pytest.approx(z**2 * end * (1 - end) / trials, rel=1e-6, abs=1e-12)


@given(st.integers(0, 100), st.integers(0, 100))
def test_success_and_failure_are_mirror_images(hits, misses):
    low, high = wilson_interval(hits, hits + misses)
    mirrored = wilson_interval(misses, hits + misses)
    assert [1 - high, 1 - low] == pytest.approx(list(mirrored), abs=1e-12)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 0.9])
def test_the_interval_covers_the_truth_as_often_as_it_says(rate):
    trials, repeats = 200, 20_000
    successes = np.random.default_rng(1).binomial(trials, rate, repeats)
    low, high = wilson_interval(successes, trials, confidence=0.95)
    # Counts are discrete, so coverage swings around 0.95 by about two points at this size.
    assert np.mean((low <= rate) & (rate <= high)) == pytest.approx(0.95, abs=0.025)


def test_without_trials_nothing_is_known():
    low, high = wilson_interval([0, 0], [0, 5])
    assert (low[0], high[0]) == (0, 1)
    assert high[1] < 1


def test_intervals_of_rates_have_the_points_of_the_denominator_as_trials():
    fires, concept = np.array([[1, 1, 1, 0, 0, 0]]).T, np.array([[1, 1, 0, 1, 0, 0]]).T
    alignment = align(ActivationSets(fires), ConceptSet(concept))
    for rate, successes, trials in [("recall", 2, 3), ("leak", 1, 3), ("precision", 2, 3), ("jaccard", 2, 4)]:
        low, high = alignment.interval(rate, confidence=0.9)
        assert low.shape == high.shape == (1, 1)
        assert [low.item(), high.item()] == [end.item() for end in wilson_interval(successes, trials, 0.9)]


def test_intervals_of_sampled_recalls_cover_the_population():
    rng = np.random.default_rng(0)
    fires, concept = rng.random((5000, 20)) < 0.3, rng.random((5000, 5)) < 0.5
    activations, concepts = ActivationSets(fires), ConceptSet(concept)
    truth = align(activations, concepts).recall
    covered = []
    for _ in range(100):
        rows = rng.integers(0, 5000, 300)
        low, high = align(activations.take_points(rows), concepts.take_points(rows)).interval("recall")
        covered.append((low <= truth) & (truth <= high))
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 2), r"^successes holds a negative or infinite count"),
        ((1, np.inf), r"^trials holds a negative or infinite count"),
        ((np.nan, 2), r"^successes holds"),
        ((3, 2), r"^successes exceed the trials"),
        (("a", 2), r"^successes and trials are not arrays of counts that fit"),
        (([1, 2], [3, 4, 5]), r"^successes and trials are not arrays of counts that fit"),
        ((1, 2, 0), r"^confidence is 0"),
        ((1, 2, 1.0), r"^confidence is 1.0"),
        ((1, 2, "95%"), r"^confidence is '95%'"),
    ],
)
def test_what_is_no_proportion_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        wilson_interval(*arguments)


def test_intervals_are_refused_for_weighted_counts_and_unknown_rates():
    activations, concepts = ActivationSets([[1]]), ConceptSet([[1]])
    with pytest.raises(InputError, match=r"^quantity is 'lift'"):
        align(activations, concepts).interval("lift")
    with pytest.raises(InputError, match=r"^quantity comes from weighted counts: align without weights"):
        align(activations, concepts, weights=[2.0]).interval("recall")
    with pytest.raises(InputError, match=r"^confidence is 2"):
        align(activations, concepts).interval("recall", 2)
