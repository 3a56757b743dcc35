"""T8a and T8b measured: against sets written out, against distances known in closed form, and unrefuted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError
from saelib.phenomena import planted, splitting_bound, splitting_gap


def family(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n, d = int(rng.integers(4, 30)), int(rng.integers(1, 6))
    return rng.random((n, d)) < rng.random(d), rng.random((n, 1)) < 0.5


# --- the error of the parts together -----------------------------------------------------------------------


@given(seed=st.integers(0, 10_000))
def test_counts_against_sets_written_out(seed: int) -> None:
    active, held = family(np.random.default_rng(seed))
    parts = list(range(active.shape[1]))
    row = splitting_bound(ActivationSets(active), ConceptSet(held, names=["c"]), {"c": parts}).iloc[0]
    inside = held[:, 0]
    assert row.errors == (active.any(axis=1) ^ inside).sum()
    assert row.overlap == np.maximum(active.sum(axis=1) - 1, 0).sum()
    assert row.bound == row.errors + row.overlap
    assert row.largest == max((active[:, j] & inside).sum() for j in parts)
    assert row.largest <= row.largest_bound
    assert not row.violated


@given(seed=st.integers(0, 10_000))
def test_no_other_partition_promises_less(seed: int) -> None:
    rng = np.random.default_rng(seed)
    active, held = family(rng)
    inside, d = held[:, 0], active.shape[1]
    row = splitting_bound(ActivationSets(active), ConceptSet(held, names=["c"]), {"c": range(d)}).iloc[0]
    owner = rng.integers(d, size=len(inside))
    own = (owner[:, None] == np.arange(d)) & inside[:, None]
    assert (active ^ own).sum() >= row.bound >= row.errors


@pytest.mark.parametrize("parts", [2, 3, 7])
def test_planted_parts_make_no_error_and_hold_their_share(parts: int) -> None:
    concepts = ConceptSet([[1]] * 42 + [[0]] * 8, names=["animal"])
    dictionary = planted(concepts, split={"animal": parts}, rng=np.random.default_rng(0))
    row = splitting_bound(dictionary, concepts, {"animal": list(range(parts))}).iloc[0]
    assert (row.n_parts, row.errors, row.bound, row.overlap) == (parts, 0, 0, 0)
    assert row.largest == row.largest_bound == 42 // parts


def test_the_faithful_dictionary_is_one_part() -> None:
    concepts = ConceptSet([[1], [1], [0]], names=["animal"])
    row = splitting_bound(planted(concepts), concepts, {"animal": [0]}).iloc[0]
    assert (row.n_parts, row.errors, row.bound, row.largest) == (1, 0, 0, 2)


# --- the gap between two parts -----------------------------------------------------------------------------


def gap(active, points, W_enc, b, held=None) -> pd.Series:
    held = np.ones((len(points), 1), dtype=bool) if held is None else held
    parts = {"c": list(range(np.shape(active)[1]))}
    return splitting_gap(ActivationSets(active), ConceptSet(held, names=["c"]), parts, points, W_enc, b).iloc[
        0
    ]


def test_two_squares_three_apart() -> None:
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    points = np.concatenate([square, square + np.array([4.0, 0.0])])
    active = np.column_stack([points[:, 0] < 2, points[:, 0] > 2])
    # p = 4 − 2x and 2x − 4 of weights of length 2: both neurons have the best hyperplane but for a shift.
    row = gap(active, points, [[-2.0, 2.0], [0.0, 0.0]], [4.0, -4.0])
    assert (row.verdict, row.n_1, row.n_2, row.n_shared) == ("apart", 4, 4, 0)
    assert row.half_distance == 1.5
    assert (row.margin, row.alone_1, row.alone_2) == (1.0, 1.0, 1.0)
    assert not row.violated


def test_points_that_both_parts_fire_on_belong_to_neither() -> None:
    points = [[-2.0], [-0.1], [0.1], [2.0], [9.0]]
    held = [[1], [1], [1], [1], [0]]
    row = gap([[1, 0], [1, 1], [1, 1], [0, 1], [0, 1]], points, [[-1.0, 1.0]], [0.5, 0.5], held)
    assert (row.n_1, row.n_2, row.n_shared) == (1, 1, 2)
    assert row.half_distance == 2.0  # the point at 9 is not in the concept


def test_hulls_that_meet_are_found_and_break_what_a_gate_must_obey() -> None:
    cross = [[0.0, 0.0], [2.0, 2.0], [0.0, 2.0], [2.0, 0.0]]
    active = [[1, 0], [1, 0], [0, 1], [0, 1]]
    row = gap(active, cross, np.eye(2), [0.0, 0.0])
    assert row.verdict == "meet"
    assert row.half_distance is pd.NA
    assert row.margin < 0
    assert not row.violated  # the neurons do not tell them apart, so nothing contradicts the theorem


def test_a_part_without_points_of_its_own_has_no_gap() -> None:
    row = gap([[1, 0], [1, 1]], [[0.0], [1.0]], [[1.0, 1.0]], [1.0, 0.0])
    assert row.verdict == "empty"
    assert row[["half_distance", "margin", "alone_1", "alone_2"]].isna().all()


def test_equal_weights_have_no_direction() -> None:
    row = gap([[1, 0], [0, 1]], [[0.0], [1.0]], [[1.0, 1.0]], [0.0, 0.0])
    assert row.margin is pd.NA
    assert row.verdict == "apart"


def top_k(p: np.ndarray, k: int) -> np.ndarray:
    rank = (-p).argsort(axis=1).argsort(axis=1)
    return (rank < k) & (p > 0)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 4))
def test_no_gate_that_respects_order_breaks_the_bound(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    d_in, d_sae = int(rng.integers(1, 4)), 4
    points, w, b = rng.normal(size=(40, d_in)), rng.normal(size=(d_in, d_sae)), rng.normal(size=d_sae)
    p = points @ w + b
    concepts = ConceptSet(rng.random((40, 1)) < 0.8, names=["c"])
    for active in (p > 0, top_k(p, k)):
        found = splitting_gap(ActivationSets(active), concepts, {"c": [0, 1, 2, 3]}, points, w, b)
        assert len(found) == 6
        assert not found.violated.any()
        assert found.verdict.isin(["apart", "empty"]).all()
        assert (found.margin.dropna() > 0).all()


def test_under_top_k_a_half_space_alone_may_err_where_the_difference_does_not() -> None:
    # Both neurons are positive at both points; each wins at one.
    points, w, b = [[1.0], [2.0]], [[1.0, 2.0]], [1.0, -0.5]
    p = np.array(points) @ np.array(w) + b
    row = gap(top_k(p, 1), points, w, b)
    assert row.alone_1 < 0 < row.margin
    assert not row.violated


# --- what is refused ---------------------------------------------------------------------------------------

CONCEPTS = ConceptSet([[1], [1]], names=["c"])
ACTIVATIONS = ActivationSets([[1, 0], [0, 1]])


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"d": [0]}, "parts names 'd'"),
        ({"c": []}, r"parts gives 'c' \[\]"),
        ({"c": [0, 0]}, "give distinct numbers from 0 to 1"),
        ({"c": [2]}, "give distinct numbers from 0 to 1"),
        ({"c": [0.5]}, "give the numbers of its neurons"),
        ([0, 1], "parts is a list"),
    ],
)
def test_parts_that_are_none_are_refused(parts, message: str) -> None:
    with pytest.raises(InputError, match=message):
        splitting_bound(ACTIVATIONS, CONCEPTS, parts)
    with pytest.raises(InputError, match=message):
        splitting_gap(ACTIVATIONS, CONCEPTS, parts, np.zeros((2, 1)), np.zeros((1, 2)), np.zeros(2))


@pytest.mark.parametrize(
    ("points", "W_enc", "b", "message"),
    [
        ([[0.0]], [[1.0, 1.0]], [0.0, 0.0], r"points has shape \(1, 1\)"),
        ([[0.0], [np.nan]], [[1.0, 1.0]], [0.0, 0.0], r"points is not finite at \(1, 0\)"),
        ([[0.0], [1.0]], [[1.0]], [0.0, 0.0], r"W_enc has shape \(1, 1\)"),
        ([[0.0], [1.0]], [[1.0, 1.0]], [0.0], r"b has shape \(1,\)"),
        ([["a"], ["b"]], [[1.0, 1.0]], [0.0, 0.0], "points is no array of numbers"),
    ],
)
def test_points_and_weights_that_do_not_fit_are_refused(points, W_enc, b, message: str) -> None:
    with pytest.raises(InputError, match=message):
        splitting_gap(ACTIVATIONS, CONCEPTS, {"c": [0, 1]}, points, W_enc, b)


def test_other_points_are_refused() -> None:
    with pytest.raises(InputError, match="concepts covers 3 points and activations 2"):
        splitting_bound(ACTIVATIONS, ConceptSet([[1]] * 3, names=["c"]), {"c": [0]})


def test_nothing_asked_is_an_empty_frame() -> None:
    assert splitting_bound(ACTIVATIONS, CONCEPTS, {}).empty
    found = splitting_gap(ACTIVATIONS, CONCEPTS, {"c": [0]}, [[0.0], [1.0]], [[1.0, 1.0]], [0.0, 0.0])
    assert found.empty
    assert "half_distance" in found
