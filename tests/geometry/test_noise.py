"""T7a and T7b: signs, strictness, and what attains the bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom, norm

from saelib.errors import InputError
from saelib.geometry import Neuron, bounds

amplitude = st.floats(0.1, 5.0)
pairs = st.tuples(amplitude, amplitude).map(sorted)
cosine = st.floats(0.0, 1.0)


def star(kappa: float, s: int) -> np.ndarray:
    """v_0, then s − 1 directions with cosine −κ to it and s with cosine κ; no two have a larger cosine."""
    signs = np.r_[-np.ones(s - 1), np.ones(s)]
    v = np.zeros((2 * s, 2 * s))
    v[0, 0] = 1.0
    v[1:, 0] = kappa * signs
    v[np.arange(1, 2 * s), np.arange(1, 2 * s)] = np.sqrt(1 - kappa**2)
    return v


@given(kappa=st.floats(0.0, 0.99), s=st.integers(1, 6), range_=pairs)
def test_the_star_has_its_coherence_and_the_extreme_signals(kappa, s, range_):
    low, high = range_
    v = star(kappa, s)
    gram = v @ v.T
    np.testing.assert_allclose(np.diag(gram), 1.0, atol=1e-12)
    assert np.abs(gram - np.eye(2 * s)).max() <= kappa + 1e-12
    present, absent = low * v[0] + high * v[1:s].sum(axis=0), high * v[s:].sum(axis=0)
    tau = (low + kappa * high) / 2
    for x, law, sign in ((present, bounds.noise_miss_ceiling, -1), (absent, bounds.noise_leak_ceiling, 1)):
        truth = norm.cdf(sign * (v[0] @ x - tau) / 0.3)
        assert law(kappa, s, low, high, tau, 0.3) == pytest.approx(truth, abs=1e-9)


@given(kappa=cosine, s=st.integers(1, 9), range_=pairs, sigma=st.floats(0.01, 3), tau=st.floats(-5, 5))
def test_miss_grows_with_the_threshold_and_leak_falls(kappa, s, range_, sigma, tau):
    world = (kappa, s, *range_)
    miss = [bounds.noise_miss_ceiling(*world, t, sigma) for t in (tau, tau + 0.5)]
    leak = [bounds.noise_leak_ceiling(*world, t, sigma) for t in (tau, tau + 0.5)]
    assert 0 <= miss[0] <= miss[1] <= 1
    assert 1 >= leak[0] >= leak[1] >= 0


def test_by_hand():
    # Strength 1 to 2, three at a time, cosines to 0.05: signal at least 1 − 2·0.05·2 = 0.8, interference 0.3.
    assert bounds.noise_miss_ceiling(0.05, 3, 1, 2, 0.5, 0.1) == pytest.approx(norm.sf(3.0))
    assert bounds.noise_leak_ceiling(0.05, 3, 1, 2, 0.5, 0.1) == pytest.approx(norm.sf(2.0))
    assert bounds.coherence_limit(3, 1, 2) == pytest.approx(0.1)


def test_without_noise_errors_vanish_exactly_between_interference_and_signal():
    world = (0.1, 2, 1, 1)  # signal ≥ 0.9, interference ≤ 0.2
    tau = np.array([0.1, 0.2, 0.5, 0.8999, 0.9, 1.0])
    assert bounds.noise_miss_ceiling(*world, tau, 0).tolist() == [0, 0, 0, 0, 1, 1]
    assert bounds.noise_leak_ceiling(*world, tau, 0).tolist() == [1, 0, 0, 0, 0, 0]


@given(s=st.integers(1, 8), range_=pairs, share=st.floats(0.01, 0.999))
def test_below_the_limit_the_star_is_separated_and_at_the_limit_it_is_not(s, range_, share):
    low, high = range_
    limit = float(bounds.coherence_limit(s, low, high))
    v = star(share * limit, s)
    tau = float(bounds.noise_threshold(share * limit, s, low, high))
    neuron = Neuron(v[0], -tau)
    x = np.stack([low * v[0] + high * v[1:s].sum(axis=0), high * v[s:].sum(axis=0)])
    assert neuron.fires(x).tolist() == [True, False]
    v = star(min(limit * 1.001, 1.0), s)
    if limit * 1.001 <= 1:
        signals = [low + high * (v[1:s] @ v[0]).sum(), high * (v[s:] @ v[0]).sum()]
        assert signals[0] < signals[1]  # whatever τ: who is present stands below who is absent


@given(kappa=st.floats(0.0, 0.3), range_=pairs, sigma=st.floats(0.05, 2), pi=st.floats(0.001, 0.999))
def test_no_other_threshold_has_a_smaller_total(kappa, range_, sigma, pi):
    world = (kappa, 1, *range_)
    if kappa >= bounds.coherence_limit(*world[1:]) * 0.99:
        return

    def total(tau):
        return pi * bounds.noise_miss_ceiling(*world, tau, sigma) + (1 - pi) * bounds.noise_leak_ceiling(
            *world, tau, sigma
        )

    best = bounds.noise_threshold(*world, sigma, pi)
    grid = best + np.linspace(-5, 5, 201)
    assert total(best) <= total(grid).min() + 1e-12


def test_at_even_odds_the_best_threshold_makes_both_bounds_equal():
    world = (0.05, 4, 1.0, 2.0)
    tau = bounds.noise_threshold(*world, sigma=0.3)
    assert tau == pytest.approx((1 + 0.05 * 2) / 2)
    miss, leak = bounds.noise_miss_ceiling(*world, tau, 0.3), bounds.noise_leak_ceiling(*world, tau, 0.3)
    assert miss == pytest.approx(leak)


def test_a_threshold_is_refused_where_there_is_none():
    with pytest.raises(InputError, match=r"^coherence is not below its limit"):
        bounds.noise_threshold(0.34, 2, 1, 1)


@given(kappa=cosine, others=st.integers(0, 6), low=st.floats(0.2, 1.0), margin=st.floats(0.01, 2))
def test_interference_of_mixed_signs_keeps_below_its_bound(kappa, others, low, margin):
    """All draws of so many of twelve cosines, half κ and half −κ, each strength at its end: exact tails."""
    drawn = hypergeom(12, 6, others)
    up = np.arange(others + 1)
    for high in (low, 1.0):
        interference = kappa * high * (2 * up - others)
        tail = drawn.pmf(up)[interference >= margin - 1e-12].sum()
        assert tail <= bounds.mixed_signs_ceiling(kappa, others, 1.0, margin, 0.0) + 1e-12


def test_mixed_signs_by_hand():
    assert bounds.mixed_signs_ceiling(0.0, 5, 1, 1.0, 0.0) == 0.0
    assert bounds.mixed_signs_ceiling(0.0, 5, 1, 1.0, 0.5) == pytest.approx(np.exp(-2.0))
    assert bounds.mixed_signs_ceiling(0.1, 25, 2, 1.0, 0.0) == pytest.approx(np.exp(-0.5))
    assert bounds.mixed_signs_ceiling(0.1, 25, 2, [0.0, -1.0], 0.0).tolist() == [1.0, 1.0]


# ---------------------------------------------------------------------------------------------- T7b

laws = st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 50)), min_size=1, max_size=6)


@given(law=laws, tau=st.integers(-10, 10))
def test_no_law_errs_more_than_its_moments_allow(law, tau):
    value, weight = (np.array(each, dtype=float) for each in zip(*law, strict=True))
    mean = np.average(value, weights=weight)
    std = np.sqrt(np.average((value - mean) ** 2, weights=weight))
    miss = weight[value <= tau].sum() / weight.sum()
    leak = weight[value > tau].sum() / weight.sum()
    assert miss <= bounds.cantelli_miss(mean, std, tau) + 1e-12
    assert leak <= bounds.cantelli_leak(mean, std, tau) + 1e-12


@given(mean=st.floats(-5, 5), std=st.floats(0.01, 5), margin=st.floats(0.01, 5))
def test_two_values_attain_the_miss_and_come_as_near_as_wanted_to_the_leak(mean, std, margin):
    share = bounds.cantelli_miss(mean, std, mean - margin)
    values, weights = np.array([-margin, std**2 / margin]), np.array([share, 1 - share])
    assert weights @ values == pytest.approx(0, abs=1e-9)
    assert weights @ values**2 == pytest.approx(std**2)
    # Turned round, the upper value lies on the threshold; just below it, the neuron fires there.
    below = mean + margin * (1 - 1e-9)
    assert bounds.cantelli_leak(mean, std, below) == pytest.approx(share, rel=1e-6)


def test_beyond_the_mean_the_bound_is_one_and_the_formula_would_be_false():
    assert (
        bounds.cantelli_miss(0.0, 1.0, 3.0) == 1.0
    )  # s²/(s² + 9) = 0.1, while nearly all points are below 3
    assert bounds.cantelli_leak(0.0, 1.0, -3.0) == 1.0


def test_a_constant_pre_activation_never_errs_on_its_side():
    assert bounds.cantelli_miss(1.0, 0.0, 0.0) == 0.0
    assert bounds.cantelli_leak(-1.0, 0.0, 0.0) == 0.0
    assert bounds.cantelli_miss(0.0, 0.0, 0.0) == 1.0


def test_very_large_and_very_small_numbers_neither_overflow_nor_vanish():
    assert bounds.cantelli_miss(1e200, 1e200, 0) == pytest.approx(0.5)
    assert bounds.cantelli_miss(1e-200, 1e-200, 0) == pytest.approx(0.5)
    with np.errstate(over="ignore"):
        assert bounds.cantelli_miss(1e-200, 1e200, 0) == 1.0


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: bounds.noise_miss_ceiling(1.1, 2, 1, 1, 0, 1), "coherence"),
        (lambda: bounds.noise_miss_ceiling(0.1, 0, 1, 1, 0, 1), "n_active"),
        (lambda: bounds.noise_miss_ceiling(0.1, 2, 0, 1, 0, 1), "a_min"),
        (lambda: bounds.noise_miss_ceiling(0.1, 2, 2, 1, 0, 1), "a_min"),
        (lambda: bounds.noise_leak_ceiling(0.1, 2, 1, np.inf, 0, 1), "a_max"),
        (lambda: bounds.noise_leak_ceiling(0.1, 2, 1, 1, np.nan, 1), "tau"),
        (lambda: bounds.noise_leak_ceiling(0.1, 2, 1, 1, 0, -1), "sigma"),
        (lambda: bounds.noise_threshold(0.1, 2, 1, 1, 0.1, 0.0), "frequency"),
        (lambda: bounds.coherence_limit("two", 1, 1), "n_active"),
        (lambda: bounds.mixed_signs_ceiling(-0.1, 1, 1, 1, 1), "coherence"),
        (lambda: bounds.mixed_signs_ceiling(0.1, -1, 1, 1, 1), "n_others"),
        (lambda: bounds.mixed_signs_ceiling(0.1, 1, 1, np.nan, 1), "margin"),
        (lambda: bounds.cantelli_miss(np.nan, 1, 0), "mean"),
        (lambda: bounds.cantelli_leak(0, -1, 0), "std"),
        (lambda: bounds.cantelli_leak(0, 1, "half"), "tau"),
    ],
)
def test_nonsense_is_refused_by_name(call, argument):
    with pytest.raises(InputError, match=rf"^{argument} .*: give "):
        call()
