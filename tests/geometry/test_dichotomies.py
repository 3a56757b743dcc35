"""The subsets that one neuron cuts out: three ways to list them, and the formula that counts them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib.errors import InputError
from saelib.geometry import arrangements
from saelib.geometry.bounds import separable_subsets
from saelib.geometry.dichotomies import linear_dichotomies


@st.composite
def in_general_position(draw):
    d = draw(st.integers(1, 3))
    n = draw(st.integers(d + 1, (8, 7, 6)[d - 1]))
    points = draw(arrays(np.int64, (n, d), elements=st.integers(-50, 50)))
    try:
        return points, linear_dichotomies(points)
    except InputError:
        assume(False)


@given(in_general_position())
@settings(max_examples=40, deadline=None)
def test_there_are_as_many_as_cover_says(drawn) -> None:
    points, subsets = drawn
    assert len(subsets) == separable_subsets(*points.shape)


@given(in_general_position())
@settings(max_examples=25, deadline=None)
def test_they_are_the_cells_of_the_dual_arrangement(drawn) -> None:
    """A neuron (w, b) is a point, a data point x the hyperplane of the neurons with ⟨w, x⟩ + b = 0."""
    points, subsets = drawn
    forms = np.column_stack([points, np.ones(len(points))]).T
    cells = arrangements.arrangement_cells(forms, np.zeros(len(points))).fires
    assert np.array_equal(subsets, cells[np.lexsort(cells.T[::-1])])


@given(in_general_position())
@settings(max_examples=25, deadline=None)
def test_the_complement_of_each_is_among_them_and_none_comes_twice(drawn) -> None:
    _, subsets = drawn
    rows = {row.tobytes() for row in subsets}
    assert len(rows) == len(subsets)
    assert {(~row).tobytes() for row in subsets} == rows


def test_on_the_line_they_are_the_two_kinds_of_rays() -> None:
    subsets = linear_dichotomies([[3.0], [1.0], [2.0]])
    in_order = {tuple(row[[1, 2, 0]].tolist()) for row in subsets}
    rays = {tuple(i < k for i in range(3)) for k in range(4)} | {
        tuple(i >= k for i in range(3)) for k in range(4)
    }
    assert in_order == rays


def test_every_labelling_of_a_simplex_is_among_them() -> None:
    simplex = np.vstack([np.zeros(4), np.eye(4)])
    assert linear_dichotomies(simplex).tolist() == [list(row) for row in product((False, True), repeat=5)]


def test_points_that_floats_cannot_tell_from_collinear_ones_are_told_apart() -> None:
    step = 2.0**-50
    nearly = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0 + 2 * step], [3.0, -7.0]]
    assert len(linear_dichotomies(nearly)) == 14


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[0, 0], [1, 1], [2, 2], [0, 5]], "points 0, 1, 2 lie in one hyperplane"),
        ([[0, 0], [1, 1], [1, 1], [0, 5]], "lie in one hyperplane"),
        ([[0, 0], [1, 1]], "has 2 points"),
        (np.zeros((21, 2)), "has 21 points"),
        (np.zeros((9, 7)), "has d_in 7"),
        ([1.0, 2.0], "has shape"),
        ([[0.0], [np.nan]], "is not finite"),
        ([[0.0, 1.0], [2.0]], "is ragged"),
        ([["a"], ["b"]], "dtype"),
    ],
)
def test_it_says_what_is_wrong(points, message: str) -> None:
    with pytest.raises(InputError, match=message):
        linear_dichotomies(points)
