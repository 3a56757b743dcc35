"""T5a, T5b, T5c and Welch's cap: closed forms against brute force, hand-worked values and each other."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from saelib.errors import InputError
from saelib.geometry import bounds


def cells_by_lp(forms: np.ndarray) -> int:
    """Sign vectors of open cells by a linear program each: is there x with every form on its side?"""
    w, b = forms[:, :-1].astype(float), forms[:, -1].astype(float)
    real = np.abs(w).sum(axis=1) > 0
    w, b = w[real], b[real]
    found = 0
    for signs in product((-1.0, 1.0), repeat=len(w)):
        side = np.array(signs)
        # The largest t with side·(w x + b) ≥ t, t ≤ 1.
        answer = linprog(
            np.r_[np.zeros(w.shape[1]), -1.0],
            A_ub=np.c_[-side[:, None] * w, np.ones(len(w))],
            b_ub=side * b,
            bounds=[(None, None)] * w.shape[1] + [(None, 1.0)],
        )
        found += -answer.fun > 1e-7
    return found


# ------------------------------------------------------------------------------------------------- T5a


def test_pattern_ceiling_is_the_sum_of_binomials():
    for d, n in product(range(12), range(14)):
        assert bounds.pattern_ceiling(d, n) == sum(math.comb(d, i) for i in range(n + 1))


def test_pattern_ceiling_is_exact_far_beyond_floating_point():
    assert bounds.pattern_ceiling(1000, 1000) == 2**1000
    assert bounds.pattern_ceiling(1000, 999) == 2**1000 - 1
    assert bounds.pattern_ceiling(10**6, 2) == 1 + 10**6 + 10**6 * (10**6 - 1) // 2


@given(d=st.integers(1, 60), n=st.integers(1, 60))
def test_a_new_neuron_adds_at_most_the_patterns_on_its_hyperplane(d, n):
    assert bounds.pattern_ceiling(d, n) == bounds.pattern_ceiling(d - 1, n) + bounds.pattern_ceiling(
        d - 1, n - 1
    )


def test_cells_by_hand():
    triangle = [[1, 0, 0], [0, 1, 0], [1, 1, -1]]
    assert bounds.count_cells(triangle) == 7
    assert bounds.count_cells([[1, 0, 0], [2, 0, 0], [-1, 0, 0]]) == 2  # one line, three times
    assert bounds.count_cells([[1, 0], [1, 0], [1, -1]]) == 3  # two points on a line
    assert bounds.count_cells([[0, 0, 5], [0, 0, 0]]) == 1  # no hyperplane at all
    assert bounds.count_cells(np.zeros((0, 3), dtype=int)) == 1
    grid = [[1, 0, -i] for i in range(4)] + [[0, 1, -i] for i in range(3)]
    assert bounds.count_cells(grid) == 5 * 4
    cube = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert bounds.count_cells(cube) == 8


@given(hnp.arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(2, 4)), elements=st.integers(-2, 2)))
@settings(max_examples=40, deadline=None)
def test_cells_are_those_a_linear_program_finds(forms):
    assert bounds.count_cells(forms) == cells_by_lp(forms)


@given(hnp.arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(2, 4)), elements=st.integers(-2, 2)))
@settings(deadline=None)
def test_cells_are_those_that_are_listed_one_by_one(forms):
    from saelib.geometry.arrangements import activation_patterns, arrangement_cells

    w, b = forms[:, :-1].T.astype(float), forms[:, -1].astype(float)
    assert bounds.count_cells(forms) == len(arrangement_cells(w, b))
    assert len(activation_patterns(w, b)) <= bounds.pattern_ceiling(len(forms), len(w))


@given(
    forms=hnp.arrays(np.int64, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(-3, 3)),
    seed=st.integers(0, 2**32 - 1),
)
def test_cells_do_not_depend_on_order_orientation_or_scale(forms, seed):
    rng = np.random.default_rng(seed)
    turned = rng.permutation(forms) * rng.choice([-2, -1, 1, 3], (len(forms), 1))
    assert bounds.count_cells(forms) == bounds.count_cells(turned)


def test_patterns_of_points_on_hyperplanes_keep_to_the_ceiling():
    """Two opposite neurons on one hyperplane: the point on it makes a third pattern, and that is allowed."""
    patterns = {(x > 0, -x > 0) for x in (-1, 0, 1)}
    assert len(patterns) == bounds.pattern_ceiling(2, 1) == 3
    assert bounds.count_cells([[1, 0], [-1, 0]]) == 2


def test_many_arrangements_are_counted_at_once_and_large_numbers_exactly_or_not_at_all():
    forms = np.random.default_rng(0).integers(-3, 4, (2, 5, 6, 3))
    together = bounds.count_cells(forms)
    assert together.shape == (2, 5)
    assert all(together[i, j] == bounds.count_cells(forms[i, j]) for i, j in product(range(2), range(5)))
    huge = np.array([[2**40, 0, 2**41], [2**40, 0, 2**40], [0, 2**40, 0]])  # a common factor is divided out
    assert bounds.count_cells(huge) == 6
    with pytest.raises(InputError, match=r"^forms has too large coefficients"):
        bounds.count_cells([[2**40 + 1, 3, 1], [1, 2**40 + 5, 7]])


# ------------------------------------------------------------------------------------------------- T5b


@given(m=st.integers(1, 10**9), k=st.integers(1, 8))
def test_the_least_dictionary_is_the_least_and_lies_in_its_bracket(m, k):
    d = bounds.least_dictionary(m, k)
    assert math.comb(d, k) >= m
    assert d == k or math.comb(d - 1, k) < m
    assert d**k >= math.factorial(k) * m  # the closed form, in whole numbers
    assert (2 * d - k + 1) ** k >= 2**k * math.factorial(k) * m  # and its sharper brother
    floor = bounds.dictionary_floor(m, k)
    low, high = bounds.dictionary_bracket(m, k)
    assert floor <= low <= d * (1 + 1e-12)
    assert d < high * (1 + 1e-12)


@given(d=st.integers(1, 300), k=st.integers(1, 8))
def test_every_unit_used_once_attains_it(d, k):
    if k <= d:
        assert bounds.least_dictionary(math.comb(d, k), k) == d
        assert bounds.least_dictionary(math.comb(d, k) + 1, k) == d + 1


def test_single_neurons_need_as_many_as_there_are_concepts():
    assert bounds.least_dictionary(12_345, 1) == 12_345
    assert bounds.dictionary_floor(12_345, 1) == 12_345.0


def test_least_dictionary_is_exact_for_numbers_beyond_floats():
    m = math.comb(10**12, 3)
    assert bounds.least_dictionary(m, 3) == 10**12
    assert bounds.least_dictionary(m + 1, 3) == 10**12 + 1


# ------------------------------------------------------------------------------------------------- T5c


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_cover_counts_the_subsets_that_a_neuron_cuts_out_of_general_points(n, size):
    """Brute force over all subsets, each by a linear program for a strictly separating neuron."""
    t = np.arange(size) - size // 2
    x = t[:, None].astype(float) ** np.arange(1, n + 1)
    found = 0
    for signs in product((-1.0, 1.0), repeat=size):
        side = np.array(signs)
        a = -side[:, None] * np.c_[x, np.ones(size)]
        found += linprog(np.zeros(n + 1), A_ub=a, b_ub=-np.ones(size), bounds=(None, None)).status == 0
    assert found == bounds.separable_subsets(size, n)


def test_cover_by_hand():
    assert [bounds.separable_subsets(4, n) for n in (0, 1, 2, 3)] == [2, 8, 14, 16]


@given(n=st.integers(0, 40), size=st.integers(1, 90))
def test_the_fraction_is_the_count_over_all_subsets(n, size):
    exact = bounds.separable_subsets(size, n) / 2**size
    assert bounds.separable_fraction(size, n) == pytest.approx(exact, rel=1e-11)


def test_the_fraction_is_one_half_at_twice_the_parameters_and_never_overflows():
    n = np.array([0, 1, 2, 10, 1000, 10**6])
    np.testing.assert_allclose(bounds.separable_fraction(2 * (n + 1), n), 0.5, rtol=1e-9)
    assert bounds.separable_fraction(10**7, 10) == 0.0
    assert bounds.separable_fraction(11, 10) == 1.0


# ------------------------------------------------------------------------------------------------ Welch


def test_the_cap_inverts_welchs_bound():
    for n in (2, 3, 7, 64):
        for q in (n + 1, n + 5, n * n):
            assert bounds.concept_cap(n, bounds.welch_bound(q, n)) == pytest.approx(q)


def test_the_cap_says_nothing_from_one_over_root_n_on():
    assert bounds.concept_cap(4, 0.5) == np.inf
    assert bounds.concept_cap([4, 4], [0.6, 0.0]).tolist() == [np.inf, 4.0]


def test_equiangular_tight_frames_attain_welch():
    golden = (1 + 5**0.5) / 2
    icosahedron = np.array([[0, 1, golden], [0, 1, -golden], [1, golden, 0], [1, -golden, 0],
                            [golden, 0, 1], [-golden, 0, 1]])  # fmt: skip
    lines = np.array([[-3 if i in pair else 1 for i in range(8)] for pair in combinations(range(8), 2)])
    for v, n in ((icosahedron, 3), (lines, 7), (3 * np.eye(3) - 1, 2)):
        unit = v / np.linalg.norm(v, axis=1, keepdims=True)
        gram = np.abs(unit @ unit.T - np.eye(len(unit)))
        assert gram.max() == pytest.approx(bounds.welch_bound(len(v), n), abs=1e-12)
        assert bounds.concept_cap(n, gram.max()) == pytest.approx(len(v))


# ------------------------------------------------------------------------------- the companion of T5d


@given(sizes=st.lists(st.integers(0, 50), min_size=1, max_size=6), d=st.integers(0, 8))
def test_the_size_floor_is_the_least_that_any_choice_of_concepts_leaves_out(sizes, d):
    kept = min(d, len(sizes))
    best = max(sum(chosen) for chosen in combinations(sizes, kept))
    assert bounds.size_floor(sizes, d) == sum(sizes) - best


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: bounds.pattern_ceiling(-1, 2), "n_neurons"),
        (lambda: bounds.pattern_ceiling(3, 2.0), "d_in"),
        (lambda: bounds.pattern_ceiling(True, 2), "n_neurons"),
        (lambda: bounds.count_cells([[1.5, 0.0]]), "forms"),
        (lambda: bounds.count_cells([1, 2, 3]), "forms"),
        (lambda: bounds.least_dictionary(0, 1), "n_concepts"),
        (lambda: bounds.least_dictionary(5, 0), "k"),
        (lambda: bounds.dictionary_floor([3, np.nan], 1), "n_concepts"),
        (lambda: bounds.dictionary_bracket(3, 0), "k"),
        (lambda: bounds.separable_subsets(0, 2), "n_points"),
        (lambda: bounds.separable_subsets(3, -1), "d_in"),
        (lambda: bounds.separable_fraction([3.5], 1), "n_points"),
        (lambda: bounds.separable_fraction(3, [-1]), "d_in"),
        (lambda: bounds.separable_fraction([3, 4], [1, 2, 3]), "d_in"),
        (lambda: bounds.concept_cap(0, 0.1), "d_in"),
        (lambda: bounds.concept_cap(3, 1.1), "coherence"),
        (lambda: bounds.concept_cap(3, "wide"), "coherence"),
        (lambda: bounds.size_floor([[1]], 1), "concept_sizes"),
        (lambda: bounds.size_floor([1, 2], -1), "n_neurons"),
    ],
)
def test_nonsense_is_refused_by_name(call, argument):
    with pytest.raises(InputError, match=rf"^{argument} .*: give "):
        call()
