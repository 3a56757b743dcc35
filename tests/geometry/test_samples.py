"""T7c: the bands against exact binomial probabilities, and the sample sizes against their definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from saelib.errors import InputError
from saelib.geometry import bounds

share = st.floats(0.0, 1.0)
level = st.sampled_from([0.5, 0.9, 0.95, 0.999])


def test_by_hand():
    assert bounds.sample_band(1000) == pytest.approx(np.sqrt(np.log(40) / 2000))
    assert bounds.sample_band([0, 1]).tolist() == [1.0, 1.0]
    assert bounds.samples_needed(0.1) == 185  # ln(40)/0.02 = 184.44
    low, high = bounds.exact_band(8, 10)  # a textbook example of Clopper and Pearson's interval
    assert (low.round(4), high.round(4)) == (0.4439, 0.9748)
    assert bounds.exact_band(0, 0) == (0.0, 1.0)


@given(
    n=st.integers(1, 200),
    p=st.integers(0, 1000).map(lambda k: k / 1000),
    confidence=level,
    pairs=st.integers(1, 1000),
)
@settings(deadline=None)
def test_no_share_leaves_either_band_more_often_than_its_part_of_alpha(n, p, confidence, pairs):
    k = np.arange(n + 1)
    chance = binom.pmf(k, n, p)
    alpha = (1 - confidence) / pairs
    outside = np.abs(k / n - p) > bounds.sample_band(n, pairs, confidence) + 1e-12
    assert chance[outside].sum() <= alpha * (1 + 1e-9)
    low, high = bounds.exact_band(k, n, pairs, confidence)
    assert chance[(p < low - 1e-12) | (p > high + 1e-12)].sum() <= alpha * (1 + 1e-9)


@given(tolerance=st.floats(0.001, 0.9), pairs=st.integers(1, 10**9), confidence=level)
def test_the_samples_needed_are_the_least_that_do(tolerance, pairs, confidence):
    n = int(bounds.samples_needed(tolerance, pairs, confidence))
    assert bounds.sample_band(n, pairs, confidence) <= tolerance * (1 + 1e-12)
    if n > 1:
        assert bounds.sample_band(n - 1, pairs, confidence) > tolerance * (1 - 1e-12)


@given(wanted=st.integers(1, 300), pi=st.floats(0.01, 0.99), concepts=st.integers(1, 1000), confidence=level)
def test_the_points_needed_are_the_least_that_do(wanted, pi, concepts, confidence):
    n = int(bounds.points_needed(wanted, pi, concepts, confidence))
    fail = (1 - confidence) / concepts
    assert binom.cdf(wanted - 1, n, pi) <= fail * (1 + 1e-9)
    if n > wanted:
        assert binom.cdf(wanted - 1, n - 1, pi) > fail * (1 - 1e-9)


@given(n=st.integers(1, 5000), hits=st.integers(0, 5000), pairs=st.integers(1, 10**6))
def test_the_exact_band_holds_what_was_measured_and_is_narrower_at_the_ends(n, hits, pairs):
    hits = min(hits, n)
    low, high = bounds.exact_band(hits, n, pairs)
    assert 0 <= low <= hits / n <= high <= 1
    at_zero = bounds.exact_band(0, n, pairs)[1]
    assert at_zero <= bounds.sample_band(n, pairs) + 1e-12


frequency = st.floats(0.01, 0.99)


@given(rho=st.tuples(share, share), lam=st.tuples(share, share), pi=st.tuples(frequency, frequency),
       at=st.tuples(share, share, share))  # fmt: skip
def test_the_jaccard_band_holds_every_index_its_bands_allow(rho, lam, pi, at):
    rho, lam, pi = (tuple(sorted(each)) for each in (rho, lam, pi))
    low, high = bounds.jaccard_band(rho, lam, pi)
    recall, leak, f = (a + t * (b - a) for (a, b), t in zip((rho, lam, pi), at, strict=True))
    jaccard = recall / (1 + leak * (1 - f) / f)
    assert low - 1e-9 <= jaccard <= high + 1e-9


def test_the_ends_of_the_jaccard_band_are_attained():
    low, high = bounds.jaccard_band((0.5, 0.8), (0.1, 0.2), (0.2, 0.4))
    assert low == pytest.approx(0.5 / (1 + 0.2 * 4))
    assert high == pytest.approx(0.8 / (1 + 0.1 * 1.5))
    assert bounds.jaccard_band((0.5, 0.8), (0.1, 0.2), 0.2)[0] == pytest.approx(low)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: bounds.sample_band(-1), "n"),
        (lambda: bounds.sample_band(10, 0), "n_pairs"),
        (lambda: bounds.sample_band(10, 1, 1.0), "confidence"),
        (lambda: bounds.samples_needed(0), "tolerance"),
        (lambda: bounds.samples_needed(0.1, np.nan), "n_pairs"),
        (lambda: bounds.samples_needed(1e-12), "tolerance asks for more than"),
        (lambda: bounds.samples_needed([0.1, 1e-200]), "tolerance asks for more than"),
        (lambda: bounds.exact_band(3, 2), "hits"),
        (lambda: bounds.exact_band(-1, 2), "hits"),
        (lambda: bounds.points_needed(0, 0.1), "n_in_concept"),
        (lambda: bounds.points_needed(5, 0.0), "frequency"),
        (lambda: bounds.points_needed(1, 1e-17), "frequency asks for more than"),
        (lambda: bounds.points_needed([1, 2], [0.5, 1e-300]), "frequency asks for more than"),
        (lambda: bounds.points_needed(5, 0.1, 0), "n_concepts"),
        (lambda: bounds.points_needed(5, 0.1, 1, "sure"), "confidence"),
        (lambda: bounds.jaccard_band(0.5, (0, 1), 0.1), "recall"),
        (lambda: bounds.jaccard_band((0.5, 0.4), (0, 1), 0.1), "recall"),
        (lambda: bounds.jaccard_band((0.5, 0.6), (0, 1.5), 0.1), "leak"),
        (lambda: bounds.jaccard_band((0.5, 0.6), (0, 1), 0.0), "frequency"),
    ],
)
def test_nonsense_is_refused_by_name(call, argument):
    with pytest.raises(InputError, match=rf"^{argument} .*: give "):
        call()


# ------------------------------------------------------------------------- repeated samples and trials

WORLD = {"coherence": 0.1, "n_active": 3, "a_min": 1.0, "a_max": 1.0, "tau": 0.55, "sigma": 0.3}


def test_in_the_worst_case_the_trials_lie_on_the_bound_and_otherwise_below():
    settings_ = pd.DataFrame([{"world": world, **WORLD} for world in ("worst case", "mixed signs")])
    trials = bounds.noise_trials(settings_, 40_000, np.random.default_rng(0))
    assert not trials.violated.any()
    gaussian = trials[trials.law == "T7a"].set_index(["world", "error"])
    for error in ("miss", "leak"):
        worst, mixed = gaussian.loc[("worst case", error)], gaussian.loc[("mixed signs", error)]
        assert worst.low <= worst.bound <= worst.high
        assert mixed.high < mixed.bound
    assert set(trials[trials.world == "mixed signs"].law) == {"T7a", "T7b", "mixed signs"}


def test_a_bound_that_understates_the_noise_would_be_caught(monkeypatch):
    from saelib.geometry.bounds import trials_of_noise

    real = trials_of_noise.noise_miss_ceiling
    monkeypatch.setattr(
        trials_of_noise, "noise_miss_ceiling", lambda *world: real(*world[:-1], world[-1] / 2)
    )
    trials = bounds.noise_trials(
        pd.DataFrame([{"world": "worst case", **WORLD}]), 40_000, np.random.default_rng(0)
    )
    assert trials.violated.tolist() == [True, False, False, False]


def test_star_directions_have_the_cosines_asked_for():
    v = bounds.star_directions([0.5, -0.5, 0.25])
    np.testing.assert_allclose((v @ v.T)[0], [1, 0.5, -0.5, 0.25], atol=1e-15)
    np.testing.assert_allclose((v**2).sum(axis=1), 1.0)


def test_bands_hold_in_repeated_samples_and_uncorrected_intervals_do_not():
    rng = np.random.default_rng(0)
    member = rng.random((5_000, 6)) < 0.2
    active = (member[:, rng.integers(0, 6, 20)] ^ (rng.random((5_000, 20)) < 0.1)).astype(bool)
    trials = bounds.band_trials(active, member, 400, 200, rng)
    assert len(trials) == 200
    assert trials.hoeffding.mean() <= 0.05
    assert trials.exact.mean() <= 0.09  # 0.05 and three standard errors
    assert trials.jaccard.mean() <= 0.05
    assert trials.uncorrected.mean() > 0.5
    assert (trials.exact <= trials.uncorrected).all()
    assert (trials.hoeffding == (trials.used > 1)).all()


def test_the_exact_test_of_the_trials_is_the_exact_band():
    from saelib.geometry.bounds.trials_of_bands import _smaller_tail

    n, alpha = 40, 0.05
    k = np.repeat(np.arange(n + 1.0), 99)
    p = np.tile(np.arange(1, 100) / 100, n + 1)
    low, high = bounds.exact_band(k, n, 1, 1 - alpha)
    outside = (p < low) | (p > high)
    assert (outside == (_smaller_tail(k, np.float64(n), p) < alpha / 2)).all()


@pytest.mark.parametrize(("rho", "leak", "pi"), [(0.9, 0.02, 0.05), (0.5, 0.3, 0.4), (1.0, 0.001, 0.01)])
def test_every_way_to_the_jaccard_index_holds_and_counting_directly_is_narrower(rho, leak, pi):
    rng = np.random.default_rng(0)
    truth = rho / (1 + leak * (1 - pi) / pi)
    missed = dict.fromkeys(("through recall and leak", "direct, Hoeffding", "direct, exact"), 0)
    width = dict(missed)
    for _ in range(200):
        inside = int(rng.binomial(3_000, pi))
        hits, outside = int(rng.binomial(inside, rho)), int(rng.binomial(3_000 - inside, leak))
        ways = bounds.bands_on_jaccard(hits, inside, hits + outside, 3_000).set_index("band")
        for way, row in ways.iterrows():
            missed[way] += not row.low <= truth <= row.high
            width[way] += row.high - row.low
    assert max(missed.values()) <= 20  # 10 are allowed on average, and their standard deviation is 3
    assert width["direct, exact"] < width["direct, Hoeffding"]
    assert width["direct, exact"] < width["through recall and leak"]


def test_moments_bound_the_errors_of_the_other_half():
    rng = np.random.default_rng(1)
    member = rng.random((4_000, 3)) < 0.3
    pre_acts = member @ rng.normal(1, 0.5, (3, 8)) - 0.8 + 0.4 * rng.standard_normal((4_000, 8))
    trials = bounds.moment_trials(pre_acts, member)
    assert len(trials) > 4
    assert not trials.violated.any()
    one = trials.iloc[0]
    on = pre_acts[:2_000, one.neuron][member[:2_000, one.concept]]
    assert one.bound == pytest.approx(float(bounds.cantelli_miss(on.mean(), on.std(), 0.0)))
    off = pre_acts[2_000:, one.neuron][member[2_000:, one.concept]]
    assert one.measured == pytest.approx((off <= 0).mean())


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: bounds.star_directions([[0.5]]), "cosines"),
        (lambda: bounds.star_directions([1.5]), "cosines"),
        (lambda: bounds.noise_trials(pd.DataFrame({"world": ["x"]}), 10, None), "settings"),
        (lambda: bounds.noise_trials(pd.DataFrame([{"world": "x", **WORLD}]), 10, None), "settings.world"),
        (lambda: bounds.noise_trials(pd.DataFrame([{"world": "x", **WORLD}]), 1, None), "n_points"),
        (lambda: bounds.band_trials(np.ones((4, 1)), np.eye(4, dtype=bool), 3, 3, None), "active"),
        (lambda: bounds.band_trials(np.eye(4, dtype=bool), np.eye(3, dtype=bool), 3, 3, None), "member"),
        (lambda: bounds.band_trials(np.eye(4) > 0, np.ones((4, 1), bool), 3, 3, None), "member"),
        (lambda: bounds.band_trials(np.eye(4) > 0, np.eye(4) > 0, 0, 3, None), "n_points"),
        (lambda: bounds.bands_on_jaccard(5, 4, 9, 20), "hits"),
        (lambda: bounds.bands_on_jaccard(1, 8, 9, 10), "hits"),
        (lambda: bounds.bands_on_jaccard(0, 0, 0, 10), "n_concept"),
        (lambda: bounds.bands_on_jaccard(1, 2, 2.0, 10), "n_neuron"),
        (lambda: bounds.moment_trials([1.0, 2.0], np.eye(2) > 0), "pre_acts"),
        (lambda: bounds.moment_trials([[np.nan]], [[True]]), "pre_acts"),
        (lambda: bounds.moment_trials(np.ones((4, 1)), np.ones((3, 1), bool)), "member"),
        (lambda: bounds.moment_trials(np.ones((4, 1)), np.ones((4, 1), bool)), "member"),
    ],
)
def test_trials_refuse_nonsense_by_name(call, argument):
    with pytest.raises(InputError, match=rf"^{argument} .*: (give|leave|sample) "):
        call()
