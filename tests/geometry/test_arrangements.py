"""Cells and activation patterns: hand-worked counts, Whitney's theorem, linear programs, grids, bad input."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from saelib.errors import InputError
from saelib.geometry.arrangements import activation_patterns, arrangement_cells, sampled_patterns
from saelib.geometry.bounds import count_cells


def ceiling(d: int, n: int) -> int:
    return sum(math.comb(d, i) for i in range(n + 1))


def rank(rows: list[list[int]]) -> int:
    """Rank of a matrix of integers, by elimination in fractions."""
    table, found = [[Fraction(v) for v in row] for row in rows], 0
    for column in range(len(table[0]) if table else 0):
        pivot = next((r for r in range(found, len(table)) if table[r][column]), None)
        if pivot is None:
            continue
        table[found], table[pivot] = table[pivot], table[found]
        for r in range(found + 1, len(table)):
            factor = table[r][column] / table[found][column]
            table[r] = [a - factor * b for a, b in zip(table[r], table[found], strict=True)]
        found += 1
    return found


def whitney(W: np.ndarray, b: np.ndarray) -> int:
    """Number of cells as the sum of (-1)^(|B| - rank B) over the subsets B with a common point."""
    distinct = {tuple(hyperplane(*column)) for column in zip(W.T.tolist(), b.tolist(), strict=True)}
    rows = [list(row) for row in distinct if any(row[:-1])]
    total = 0
    for size in range(len(rows) + 1):
        for chosen in itertools.combinations(rows, size):
            directions = rank([row[:-1] for row in chosen])
            if directions == rank(list(chosen)):
                total += (-1) ** (size - directions)
    return total


def hyperplane(w: list[int], b: int) -> list[Fraction]:
    lead = next((v for v in w if v), 1)
    return [Fraction(v, lead) for v in [*w, b]]


def by_linear_programs(W: np.ndarray, b: np.ndarray, *, open_cells: bool) -> set[tuple[bool, ...]]:
    """Every sign vector tried, each by its own linear program: max s with p ≥ s where it fires."""
    n, d = W.shape
    found = set()
    for pattern in itertools.product([False, True], repeat=d):
        sign = np.where(pattern, -1.0, 1.0)
        slack = np.where(np.array(pattern) | open_cells, 1.0, 0.0)
        answer = linprog(
            [0.0] * n + [-1.0],
            A_ub=np.column_stack([sign[:, None] * W.T, slack]),
            b_ub=-sign * b,
            bounds=[(-1e4, 1e4)] * n + [(None, 1.0)],
        )
        if answer.status == 0 and -answer.fun > 1e-7:
            found.add(pattern)
    return found


def as_set(fires: np.ndarray) -> set[tuple[bool, ...]]:
    return set(map(tuple, fires.tolist()))


whole_numbers = st.integers(-3, 3)


@st.composite
def dictionaries(draw, largest_d=6, largest_n=3):
    n, d = draw(st.integers(1, largest_n)), draw(st.integers(1, largest_d))
    W = draw(st.lists(st.lists(whole_numbers, min_size=d, max_size=d), min_size=n, max_size=n))
    return np.array(W), np.array(draw(st.lists(whole_numbers, min_size=d, max_size=d)))


# --- counts worked out by hand ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("W", "b", "cells", "patterns"),
    [
        ([[1, 0, 1], [0, 1, 1]], [0, 0, -1], 7, 7),  # three lines in general position
        ([[1, 1, 1], [0, 0, 0]], [0, -1, -2], 4, 4),  # three parallel ones
        ([[1, 0, 1], [0, 1, 1]], [0, 0, 0], 6, 6),  # through one point
        ([[1, 0, -1], [0, 1, -1]], [0, 0, 0], 6, 7),  # the same lines, turned so that all can be silent at 0
        ([[1, 1, 0], [0, 0, 1]], [0, -1, 0], 6, 6),  # two parallel, one across
        ([[1, 1], [0, 0]], [1, 1], 2, 2),  # the same neuron twice
        ([[1, 2], [0, 0]], [1, 2], 2, 2),  # and at another scale
        ([[1, -1], [0, 0]], [0, 0], 2, 3),  # back to back: on the line both are silent
        ([[1, -1], [0, 0]], [1, 1], 3, 3),  # overlapping
        ([[1, -1], [0, 0]], [-1, -1], 3, 3),  # apart
        ([[0], [0]], [0], 1, 1),  # no hyperplane
        ([[0, 1], [0, 0]], [5, 0], 2, 2),
    ],
)
def test_counts_worked_out_by_hand(W, b, cells, patterns):
    assert len(arrangement_cells(W, b)) == cells
    assert len(activation_patterns(W, b)) == patterns


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_coordinate_hyperplanes_make_all_sign_vectors(n):
    assert len(arrangement_cells(np.eye(n), np.zeros(n))) == 2**n


@pytest.mark.parametrize("m", [2, 3, 4])
def test_the_braid_arrangement_has_a_cell_for_every_order(m):
    pairs = list(itertools.combinations(range(m), 2))
    W = np.array([[(i == a) - (i == b) for a, b in pairs] for i in range(m)])
    assert len(arrangement_cells(W, np.zeros(len(pairs)))) == math.factorial(m)


@pytest.mark.parametrize(("d", "n"), [(5, 1), (9, 2), (8, 3), (7, 4), (4, 6)])
def test_general_position_attains_the_ceiling(d, n):
    rng = np.random.default_rng(d)
    W, b = rng.standard_normal((n, d)), rng.standard_normal(d)
    assert len(arrangement_cells(W, b)) == len(activation_patterns(W, b)) == ceiling(d, n)


def test_a_cell_thinner_than_any_tolerance_is_found():
    tiny = 2.0**-200
    cells = arrangement_cells([[1, 1]], [0, -tiny])
    assert len(cells) == 3
    heights = [Fraction(*pair) for pair in zip(cells.numerators[:, 0], cells.denominators, strict=True)]
    assert any(0 < height < Fraction(tiny) for height in heights)


# --- independent ways to the same answer -----------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(dictionaries())
def test_whitneys_theorem_counts_the_same_cells(dictionary):
    assert len(arrangement_cells(*dictionary)) == whitney(*dictionary)


@settings(max_examples=60, deadline=None)
@given(dictionaries(largest_d=9))
def test_counting_by_deletion_and_restriction_agrees(dictionary):
    W, b = dictionary
    assert len(arrangement_cells(W, b)) == count_cells(np.column_stack([W.T, b]))


@settings(max_examples=25, deadline=None)
@given(dictionaries(largest_d=5), st.booleans())
def test_linear_programs_find_the_same_sign_vectors(dictionary, open_cells):
    W, b = dictionary
    keep = (W != 0).any(axis=0)
    if not keep.any():
        return
    W, b = W[:, keep], b[keep]
    enumerate_them = arrangement_cells if open_cells else activation_patterns
    assert as_set(enumerate_them(W, b).fires) == by_linear_programs(W, b, open_cells=open_cells)


@settings(max_examples=100, deadline=None)
@given(dictionaries())
def test_every_pattern_is_fired_at_its_witness_and_the_ceiling_holds(dictionary):
    W, b = dictionary
    for found in (arrangement_cells(W, b), activation_patterns(W, b)):
        sums = found.numerators @ W.astype(object) + found.denominators[:, None] * b.astype(object)
        assert ((sums > 0) == found.fires).all()
        assert len(as_set(found.fires)) == len(found) <= ceiling(len(b), len(W))
    assert as_set(arrangement_cells(W, b).fires) <= as_set(activation_patterns(W, b).fires)


@settings(max_examples=50, deadline=None)
@given(dictionaries(largest_n=2))
def test_no_point_of_a_fine_grid_has_a_pattern_that_is_not_listed(dictionary):
    W, b = dictionary
    steps = np.arange(-24, 25) / 4.0  # sums of quarters are exact
    grid = np.array(list(itertools.product(steps, repeat=len(W))))
    assert as_set(np.unique(grid @ W + b > 0, axis=0)) <= as_set(activation_patterns(W, b).fires)


@settings(max_examples=50, deadline=None)
@given(dictionaries(), st.randoms(use_true_random=False))
def test_order_and_scale_of_the_neurons_do_not_matter(dictionary, random):
    W, b = dictionary
    order = random.sample(range(len(b)), len(b))
    scale = np.array([random.choice([0.25, 1.0, 8.0]) for _ in order])
    moved = arrangement_cells(W[:, order] * scale, b[order] * scale)
    assert as_set(moved.fires) == as_set(arrangement_cells(W, b).fires[:, order])


# --- sampling --------------------------------------------------------------------------------------------


def test_sampling_finds_only_patterns_that_exist_and_most_of_them():
    rng = np.random.default_rng(0)
    W, b = rng.standard_normal((3, 8)), rng.standard_normal(8)
    exact = as_set(arrangement_cells(W, b).fires)
    found = sampled_patterns(W, b, 20_000, rng)
    assert as_set(found) <= exact
    assert len(found) > 0.8 * len(exact)


def test_sampling_leaves_out_points_whose_sign_rounding_could_decide():
    W, b = np.array([[1.0, -1.0]]), np.array([0.0, 0.0])
    assert as_set(sampled_patterns(W, b, 2000, np.random.default_rng(0))) == {(True, False), (False, True)}


def test_a_neuron_of_zeros_does_not_spoil_the_sample():
    found = sampled_patterns([[1.0, 0.0]], [0.0, 0.0], 200, np.random.default_rng(0))
    assert as_set(found) == {(True, False), (False, False)}


def test_the_same_seed_samples_the_same_patterns():
    W, b = np.random.default_rng(0).standard_normal((5, 40)), np.zeros(40)
    first, second = (sampled_patterns(W, b, 5000, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_more_dimensions_than_neurons_and_parallel_neurons_can_be_sampled():
    assert len(sampled_patterns(np.eye(6)[:, :2], [0.0, 0.0], 400, np.random.default_rng(0))) == 4
    assert len(sampled_patterns([[1.0, 1.0]], [0.0, -1.0], 400, np.random.default_rng(0))) == 3


# --- malformed input -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [arrangement_cells, activation_patterns])
@pytest.mark.parametrize(
    ("W", "b", "says"),
    [
        ([1.0, 2.0], [0.0], "W_enc has shape"),
        (np.zeros((0, 3)), np.zeros(3), "W_enc has shape"),
        ([[1.0, 2.0]], [0.0], "b_enc has 1 offsets"),
        ([[1.0, np.nan]], [0.0, 0.0], "W_enc has NaN or infinity at .0, 1."),
        ([[1.0, 2.0]], [0.0, np.inf], "b_enc has NaN or infinity"),
        ([["a"]], [0.0], "W_enc is no array"),
        (np.ones((8, 64)), np.ones(64), "W_enc has 64 hyperplanes"),
    ],
)
def test_a_dictionary_that_cannot_be_used_is_named(ask, W, b, says):
    with pytest.raises(InputError, match=says):
        ask(W, b)


def test_other_arguments_that_cannot_be_used_are_named():
    with pytest.raises(InputError, match="at_most is 0"):
        arrangement_cells([[1.0]], [0.0], at_most=0)
    with pytest.raises(InputError, match="n_samples is 0"):
        sampled_patterns([[1.0]], [0.0], 0, np.random.default_rng(0))
    with pytest.raises(InputError, match="rng is a int"):
        sampled_patterns([[1.0]], [0.0], 5, 0)
