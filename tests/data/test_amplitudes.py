"""Amplitude laws: right moments, always positive, parameters one a concept."""

import numpy as np
import pytest
from scipy import stats

from saelib import InputError
from saelib.data.synthetic import Constant, Drawn, FoldedNormal, LogNormal, Ramp, RectifiedNormal, Uniform

RNG = np.random.default_rng


@pytest.mark.parametrize(
    ("law", "truth"),
    [
        (Uniform(1.0, 3.0), stats.uniform(1, 2)),
        (FoldedNormal(0.5, 1.0), stats.foldnorm(0.5)),
        (RectifiedNormal(0.5, 1.0), stats.truncnorm(-0.5, np.inf, loc=0.5)),
        (LogNormal(2.0, 0.5), stats.lognorm(0.5, scale=2.0)),
    ],
)
def test_amplitudes_follow_their_law(law, truth):
    settled = law.settle(1, RNG(0))
    draws = settled.draw(np.zeros(20_000, dtype=np.int64), RNG(1))
    assert (draws > 0).all()
    assert stats.kstest(draws, truth.cdf).pvalue > 1e-4
    if not isinstance(law, RectifiedNormal):
        assert settled.centre[0] == pytest.approx(truth.mean())


def test_a_constant_is_constant():
    assert Constant(2.5).settle(2, RNG(0)).draw(np.array([0, 1, 1]), RNG(0)).tolist() == [2.5] * 3


def test_rectified_normal_says_how_often_it_leaves_a_trace():
    settled = RectifiedNormal((1.0, 1.0), (0.0, 0.5)).settle(2, RNG(0))
    np.testing.assert_allclose(settled.positive, [1.0, stats.norm.cdf(2)])
    assert settled.centre.tolist() == [1.0, 1.0]
    assert settled.draw(np.array([0]), RNG(0)) == pytest.approx(1.0)


def test_rectified_normal_with_far_too_wide_a_spread_stays_positive():
    draws = RectifiedNormal(0.01, 100.0).settle(1, RNG(0)).draw(np.zeros(10_000, dtype=np.int64), RNG(0))
    assert (draws > 0).all()
    assert np.isfinite(draws).all()


def test_parameters_are_one_a_concept():
    settled = Uniform((1.0, 10.0), (1.0, 10.0)).settle(2, RNG(0))
    assert settled.draw(np.array([1, 0, 1]), RNG(0)).tolist() == [10.0, 1.0, 10.0]
    assert RectifiedNormal(Ramp(5.0, 4.0)).settle(3, RNG(0)).first.tolist() == [5.0, 4.5, 4.0]
    drawn = RectifiedNormal(5.0, Drawn(0.5, 0.5)).settle(20_000, RNG(0)).second
    assert stats.kstest(drawn, stats.foldnorm(1.0, scale=0.5).cdf).pvalue > 1e-4


@pytest.mark.parametrize(
    "law",
    [
        Constant(0.0),
        Uniform(0.0, 1.0),
        Uniform(2.0, 1.0),
        FoldedNormal(1.0, 0.0),
        RectifiedNormal(0.0, 1.0),
        RectifiedNormal(1.0, -1.0),
        LogNormal(0.0, 1.0),
        LogNormal(1.0, -1.0),
        Constant((1.0, 2.0)),
        Constant(float("nan")),
        Constant(Ramp(1.0, -1.0)),
    ],
)
def test_parameters_out_of_range_are_refused(law):
    with pytest.raises(InputError, match=type(law).__name__):
        law.settle(3, RNG(0))


def test_a_negative_spread_of_parameters_is_refused():
    with pytest.raises(InputError, match="std"):
        Drawn(0.5, -0.1)
