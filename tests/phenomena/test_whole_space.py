"""Half-spaces under inclusion in the whole space: parallel chains, and a point against all else."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.geometry import Neuron
from saelib.phenomena import nesting_trials, outside_point
from saelib.phenomena.trials_of_nesting import NESTING_KINDS


def value(neuron: Neuron, point: tuple[Fraction, ...]) -> Fraction:
    return sum((Fraction(w) * x for w, x in zip(neuron.w.tolist(), point, strict=True)), Fraction(neuron.b))


whole = st.integers(-3, 3)
planar = st.tuples(whole, whole, whole).filter(lambda row: row[0] or row[1])


def contains_by_corners(inner: tuple[int, int, int], outer: tuple[int, int, int]) -> bool:
    """Whether {a·x + b·y + c > 0} contains another, by points far out and near the lines of the plane."""
    (a, b, c), (d, e, f) = inner, outer
    # Along the inner line both ways, far, and a little inside it: a witness is there if there is any.
    size = a * a + b * b
    for far in (-(10**6), 0, 10**6):
        for depth in (Fraction(1, 10**6), Fraction(1, 3), Fraction(10**9)):
            along = Fraction(depth - c, size)
            x, y = a * along - b * far, b * along + a * far
            if a * x + b * y + c > 0 >= d * x + e * y + f:
                return False
    return True


@given(inner=planar, outer=planar)
def test_the_answer_is_that_of_a_search_in_the_plane(
    inner: tuple[int, int, int], outer: tuple[int, int, int]
) -> None:
    one, two = (Neuron([row[0], row[1]], row[2]) for row in (inner, outer))
    point = outside_point(one, two)
    assert (point is None) == contains_by_corners(inner, outer)
    if point is not None:
        assert value(one, point) > 0 >= value(two, point)


@given(seed=st.integers(0, 10_000), scale=st.integers(-900, 900))
def test_a_positive_factor_changes_no_answer(seed: int, scale: int) -> None:
    rng = np.random.default_rng(seed)
    w, b = rng.normal(size=3), rng.normal()
    neuron = Neuron(w, b)
    scaled = Neuron(np.ldexp(w, scale), np.ldexp(b, scale))
    assert outside_point(neuron, scaled) is None
    assert outside_point(scaled, neuron) is None


def test_directions_that_differ_in_the_last_bit_are_not_parallel() -> None:
    inner = Neuron([1.0, 1.0], 0.0)
    outer = Neuron([1.0, np.nextafter(1.0, 2.0)], 1e300)
    point = outside_point(inner, outer)
    assert point is not None
    assert value(inner, point) > 0 >= value(outer, point)


def test_three_half_spaces_inside_one_another_form_a_chain() -> None:
    chain = [Neuron([1.0, 2.0], -float(b)) for b in range(3)]
    for i, inner in enumerate(chain):
        for j, outer in enumerate(chain):
            assert (outside_point(inner, outer) is None) == (i >= j)


def test_antiparallel_half_spaces_are_never_nested() -> None:
    assert outside_point(Neuron([1.0], -5.0), Neuron([-1.0], 3.0)) is not None


@given(seed=st.integers(0, 1000))
def test_rounding_the_point_to_floats_keeps_it_where_it_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inner, outer = (Neuron(rng.normal(size=5), rng.normal()) for _ in range(2))
    point = outside_point(inner, outer)
    assert point is not None
    rounded = np.array([[float(x) for x in point]])
    assert inner.fires(rounded)[0]
    assert not outer.fires(rounded)[0]


def test_trials_know_every_kind_and_none_refutes_the_theorem() -> None:
    trials = nesting_trials([2, 7], 40, np.random.default_rng(3))
    assert trials.holds.all()
    assert trials.groupby("kind").size().to_dict() == dict.fromkeys(NESTING_KINDS, 80)
    decided = trials.groupby("kind").parallel.mean()
    assert decided[["oblique", "opposite", "almost parallel"]].eq(0).all()
    assert decided[["chain", "chain reversed"]].eq(1).all()


@pytest.mark.parametrize("wrong", [None, (Fraction(0), Fraction(0)), (Fraction(10**9), Fraction(10**9))])
def test_trials_notice_a_wrong_answer(monkeypatch: pytest.MonkeyPatch, wrong: object) -> None:
    monkeypatch.setattr("saelib.phenomena.trials_of_nesting.outside_point", lambda *_: wrong)
    assert not nesting_trials([2], 20, np.random.default_rng(0)).holds.all()


@pytest.mark.parametrize(
    ("inner", "outer", "message"),
    [
        ([1.0], Neuron([1.0], 0.0), "inner is a list"),
        (Neuron([1.0], 0.0), None, "outer is a NoneType"),
        (Neuron([0.0, 0.0], 1.0), Neuron([1.0, 0.0], 0.0), "inner has w = 0"),
        (Neuron([1.0], 0.0), Neuron([1.0, 0.0], 0.0), "outer reads R"),
    ],
)
def test_malformed_neurons_are_refused(inner: object, outer: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        outside_point(inner, outer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dimensions", "n", "message"),
    [([1], 3, "dimensions has 1"), ([2.5], 3, "dimensions has 2.5"), ([2], 0, "n is 0"), ([2], True, "n is")],
)
def test_malformed_trials_are_refused(dimensions: list, n: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        nesting_trials(dimensions, n, np.random.default_rng(0))
