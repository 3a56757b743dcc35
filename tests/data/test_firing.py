"""Rules for firing probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.data.synthetic import ExplicitFiring, LevelFiring, Tree, UniformFiring, ZipfFiring

PAIR = Tree((-1, -1, 0, 0, 1, 1))


def test_zipf_worked_by_hand():
    # 1, 1/2, 1/3, 1/4 stretched so that 1 -> 0.4 and 1/4 -> 0.1: shares 1, 1/3, 1/9, 0 of 0.3.
    p = ZipfFiring(1.0, 0.4, 0.1).resolve(Tree((-1,) * 4))
    np.testing.assert_allclose(p, [0.4, 0.2, 0.1 + 0.3 / 9, 0.1])


@given(st.floats(0.1, 3), st.floats(0.001, 1), st.floats(0.001, 1), st.integers(2, 50))
def test_zipf_falls_from_p_max_to_p_min(exponent, a, b, n):
    p = ZipfFiring(exponent, max(a, b), min(a, b)).resolve(Tree((-1,) * n))
    assert p[0] == pytest.approx(max(a, b))
    assert p[-1] == pytest.approx(min(a, b))
    assert (np.diff(p) <= 1e-15).all()


def test_zipf_among_siblings_starts_anew_in_every_family():
    p = ZipfFiring(1.0, 0.4, 0.1, ranked="siblings").resolve(PAIR)
    np.testing.assert_allclose(p, [0.4, 0.1] * 3)


def test_a_level_has_one_probability():
    np.testing.assert_array_equal(LevelFiring((0.5, 0.2)).resolve(PAIR), [0.5] * 2 + [0.2] * 4)


@pytest.mark.parametrize("p", [0.0, -0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(p):
    for make in (
        lambda: UniformFiring(p),
        lambda: LevelFiring((0.5, p)),
        lambda: ExplicitFiring((0.5, p)),
        lambda: ZipfFiring(1.0, p, 0.1),
        lambda: ZipfFiring(1.0, 0.4, p),
    ):
        with pytest.raises(InputError, match="give"):
            make()


def test_wrong_counts_and_orders_are_refused():
    with pytest.raises(InputError, match="LevelFiring"):
        LevelFiring((0.5,)).resolve(PAIR)
    with pytest.raises(InputError, match="ExplicitFiring"):
        ExplicitFiring((0.5,)).resolve(PAIR)
    with pytest.raises(InputError, match="p_min"):
        ZipfFiring(1.0, 0.1, 0.4)
    with pytest.raises(InputError, match="exponent"):
        ZipfFiring(0.0)
    with pytest.raises(InputError, match="ranked"):
        ZipfFiring(ranked="mood")
