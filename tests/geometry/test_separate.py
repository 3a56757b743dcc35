"""What separate returns holds by substitution, and is the truth wherever the truth is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib.errors import InputError
from saelib.geometry import Certificate, Separation, Undecided, known_instances, separate
from saelib.geometry.exact_programme import hulls_meet
from saelib.geometry.exact_rational import exact_sides
from saelib.geometry.two_sets import _codes


def answer(inside: np.ndarray, outside: np.ndarray) -> bool | None:
    found = separate(inside, outside)
    assert found.verify(inside, outside)
    return found.separable


def run(n: int, seed: int) -> Counter[str]:
    """Wrong, undecided and decided answers among known instances, and the doubt where none is allowed."""
    tally: Counter[str] = Counter()
    for instance in known_instances(n, seed):
        found = separate(instance.inside, instance.outside)
        assert found.verify(instance.inside, instance.outside)
        tally["wide"] += instance.relative_margin >= 1e-6
        if found.separable is None:
            tally["undecided"] += 1
            tally["undecided though wide"] += instance.relative_margin >= 1e-6
        else:
            tally["wrong"] += found.separable != instance.separable
        if isinstance(found, Separation) and np.isfinite(instance.margin):
            # A bound is a bound, and the neuron comes up to it as far as its own digits reach.
            assert found.margin <= instance.margin * (1 + 1e-9) + 1e-15 * instance.diameter
            assert found.margin_bound >= instance.margin * (1 - 1e-4)
        if isinstance(found, Certificate):
            assert found.n_points <= instance.inside.shape[1] + 2
            assert found.residual < 1e-14
    return tally


def test_known_instances_are_answered_rightly() -> None:
    tally = run(480, 1)
    assert tally["wrong"] == 0
    assert tally["undecided though wide"] == 0
    assert tally["undecided"] <= 5


@pytest.mark.slow
def test_ten_thousand_known_instances_are_answered_rightly() -> None:
    tally = run(10_400, 2)
    assert tally["wrong"] == 0
    assert tally["wide"] > 1000
    assert tally["undecided though wide"] < 1e-3 * tally["wide"]


def test_every_labelling_of_points_on_a_line_is_answered_as_by_sorting() -> None:
    points = np.array([-3.0, -1.0, -0.5, 0.0, 2.0, 7.0])
    for size in range(1, len(points)):
        for chosen in combinations(range(len(points)), size):
            label = np.isin(np.arange(len(points)), chosen)
            changes = int((np.diff(label.astype(int)) != 0).sum())
            assert answer(points[label, None], points[~label, None]) == (changes == 1)


def test_every_labelling_of_lattice_points_is_answered_as_by_the_exact_programme() -> None:
    rng = np.random.default_rng(3)
    seen = Counter()
    for _ in range(12):
        points = np.unique(rng.integers(0, 4, (7, 2)), axis=0).astype(float)
        for bits in range(1, 2 ** len(points) - 1, 5):
            label = (bits >> np.arange(len(points))) % 2 == 1
            truth = hulls_meet(points[label], points[~label]).weights is None
            assert answer(points[label], points[~label]) == truth
            seen[truth] += 1
    assert min(seen[True], seen[False]) > 30


def lines_through_pairs(points: np.ndarray) -> set[frozenset[int]]:
    """Subsets of points in general position in the plane that a half-plane cuts off, by turning lines."""
    n, found = len(points), {frozenset(), frozenset(range(len(points)))}
    for i, j in combinations(range(n), 2):
        (ax, ay), (bx, by) = points[i], points[j]
        turn = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x, y in points]
        left = {k for k in range(n) if turn[k] > 0}
        for extra in (set(), {i}, {j}, {i, j}):
            found |= {frozenset(left | extra), frozenset(set(range(n)) - left - extra)}
    return found


def test_subsets_of_the_plane_are_separable_iff_a_turning_line_cuts_them_off() -> None:
    points = [(0, 0), (13, 2), (5, 11), (7, 4), (3, 5), (10, 9), (1, 14)]
    cut_off = lines_through_pairs(points)
    array = np.array(points, dtype=float)
    for bits in range(1, 2 ** len(points) - 1):
        label = (bits >> np.arange(len(points))) % 2 == 1
        assert answer(array[label], array[~label]) == (frozenset(np.flatnonzero(label).tolist()) in cut_off)


# --- hand-worked answers ---------------------------------------------------------------------------------


def test_margin_is_half_the_distance_of_a_point_from_a_segment() -> None:
    found = separate([[0.0, 0.0]], [[3.0, -4.0], [3.0, 4.0], [9.0, 0.0]])
    assert isinstance(found, Separation)
    assert found.margin == found.margin_bound == 1.5
    assert found.neuron.w.tolist() == [-1.0, 0.0]
    assert found.neuron.b == 1.5
    assert found.beta.tolist() == [0.5, 0.5]


def test_a_vertex_on_an_edge_is_certified_in_rationals() -> None:
    found = separate([[1.0, 1.0], [1.0, 9.0]], [[0.0, 0.0], [3.0, 3.0]])
    assert isinstance(found, Certificate)
    assert found.exact
    assert found.exact_alpha == (Fraction(1),)
    assert dict(zip(found.outside_rows, found.exact_beta, strict=True)) == {
        0: Fraction(2, 3),
        1: Fraction(1, 3),
    }
    assert found.point.tolist() == [1.0, 1.0]


def test_the_last_bit_decides() -> None:
    edge = [[0.0, 1.0], [2.0, 1.0]]
    assert answer(np.array([[1.0, 1.0]]), np.array(edge)) is False
    assert answer(np.array([[1.0, np.nextafter(1.0, 2.0)]]), np.array(edge)) is True
    # A tenth of a third is not a thirtieth: the doubles lie beside the segment, and which side is exact.
    point = np.array([[0.1, 0.3]])
    line = np.array([[0.0, 0.0], [1.0, 3.0]])
    truth = hulls_meet(point, line).weights is None
    assert separate(point, line).separable in (truth, None)


def test_more_dimensions_than_points_separate_unless_segments_cross() -> None:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(40, 500))
    found = separate(points[:11], points[11:])
    assert isinstance(found, Separation)
    assert found.margin == pytest.approx(found.margin_bound, rel=1e-9)
    middle, along, across = rng.integers(-9, 10, (3, 500)).astype(float)
    assert (
        answer(np.stack([middle + along, middle - along]), np.stack([middle + across, middle - across]))
        is False
    )


def test_badly_scaled_columns_change_nothing() -> None:
    rng = np.random.default_rng(6)
    points = rng.normal(size=(30, 3))
    scale = 2.0 ** np.array([-300, 0, 300])
    label = points @ [1.0, 2.0, -1.0] > 0
    assert answer(points[label] * scale, points[~label] * scale) is True
    label[:15] = ~label[:15]
    assert answer(points[label] * scale, points[~label] * scale) is False


def test_interior_meeting_at_large_dimension_is_proven_by_an_enclosure() -> None:
    rng = np.random.default_rng(7)
    points = rng.normal(size=(600, 48))
    found = separate(points[:200], points[200:])
    assert isinstance(found, Certificate)
    assert found.proof == "enclosure"
    assert found.n_points == 50
    assert found.verify(points[:200], points[200:])
    alpha, beta = found.alpha, found.beta
    assert alpha.min() > found.radius
    assert beta.min() > found.radius
    assert alpha.sum() == pytest.approx(1)
    meet = alpha @ points[:200][found.inside_rows] - beta @ points[200:][found.outside_rows]
    assert np.abs(meet).max() < 1e-14


def test_a_certificate_of_a_part_holds_for_the_whole() -> None:
    rng = np.random.default_rng(8)
    points = rng.normal(size=(200, 3))
    found = separate(points[:50], points[100:150])
    assert isinstance(found, Certificate)
    assert found.verify(points[:100], points[100:])


def test_false_claims_do_not_verify() -> None:
    xor = [[0.0, 0.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]
    found = separate(*xor)
    assert not found.verify(xor[0], [[0.0, 1.0], [1.0, 0.25]])
    split = separate([[2.0]], [[0.0]])
    assert not split.verify([[2.0]], [[0.0], [1.5]])
    assert not split.verify([[1.5]], [[0.0]])


def test_a_margin_or_a_bound_that_is_not_proven_does_not_verify() -> None:
    sets = [[3.0], [4.0]], [[1.0]]
    found = separate(*sets)
    assert not replace(found, margin_bound=0.9).verify(*sets)
    assert not replace(found, beta=np.array([-1.0])).verify(*sets)
    wide = separate([[0.0, 3.0], [9.0, 3.0]], [[9.0, 0.0]])
    off = replace(wide, inside_rows=np.array([0]), alpha=np.ones(1))  # farther apart than the bound
    assert not off.verify([[0.0, 3.0], [9.0, 3.0]], [[9.0, 0.0]])
    tiny = [[3e-12]], [[1e-12]]
    assert separate(*tiny).verify(*tiny)
    assert not replace(separate(*tiny), margin=5e-13).verify(*tiny)
    doubt = Undecided(0.5, "for a test", np.arange(2), np.arange(1), np.array([2.0, -1.0]), np.ones(1))
    assert not doubt.verify([[1.0], [2.0]], [[0.0]])


@pytest.mark.parametrize("power", [-1000, -600, 600, 1000])
def test_the_unit_of_length_does_not_matter(power: int) -> None:
    inside, outside = np.ldexp([[3.0, 0.0], [4.0, 1.0]], power), np.ldexp([[1.0, 0.0]], power)
    found = separate(inside, outside)
    assert found.margin == pytest.approx(2.0**power, rel=1e-12)
    assert found.margin_bound == pytest.approx(2.0**power, rel=1e-12)
    assert found.verify(inside, outside)


def test_points_of_zeros_and_ones_have_codes_of_their_own() -> None:
    corners = np.array(list(product((0.0, 1.0), repeat=13)))
    assert len(np.unique(_codes(corners))) == len(corners)


# --- symmetries ------------------------------------------------------------------------------------------

whole = st.integers(-6, 6)


@st.composite
def lattice_sets(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    d = draw(st.integers(1, 3))
    points = draw(st.lists(st.tuples(*[whole] * d), min_size=2, max_size=9, unique=True))
    cut = draw(st.integers(1, len(points) - 1))
    return np.array(points[:cut], dtype=float), np.array(points[cut:], dtype=float)


@settings(deadline=None, max_examples=60)
@given(
    sets=lattice_sets(),
    move=st.integers(-(2**20), 2**20),
    power=st.integers(-100, 100),
    seed=st.integers(0, 99),
)
def test_moving_scaling_shuffling_and_exchanging_keep_the_answer(
    sets: tuple[np.ndarray, np.ndarray], move: int, power: int, seed: int
) -> None:
    inside, outside = sets
    truth = hulls_meet(inside, outside).weights is None
    rng = np.random.default_rng(seed)
    assert answer(inside, outside) == truth
    assert answer(outside, inside) == truth
    assert answer(inside + move, outside + move) == truth
    assert answer(inside * 2.0**power, outside * 2.0**power) == truth
    assert answer(rng.permutation(inside), np.repeat(outside, 2, axis=0)) == truth


def test_signs_are_exact_where_rounding_is_wrong() -> None:
    # 2^53 + 1 − 2^53 − 1/2: a float sum loses the one.
    points = np.array([[2.0**53, 1.0, -(2.0**53)]])
    assert exact_sides(points, np.ones(3), -0.5).tolist() == [1]
    assert exact_sides(points, np.ones(3), -1.0).tolist() == [0]
    assert exact_sides(points, np.ones(3), -1.5).tolist() == [-1]


# --- malformed input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "outside", "message"),
    [
        ([[1.0, 2.0]], [[1.0]], "outside has d_in 1"),
        (np.zeros((0, 2)), [[1.0, 2.0]], "inside is empty"),
        ([[1.0]], np.zeros((2, 0)), "outside is empty"),
        ([[1.0]], [[0.0], [np.nan]], r"outside is not finite at \[1, 0\]"),
        ([1.0], [[0.0]], r"inside has shape \(1,\)"),
        ([["a"]], [[0.0]], "inside has dtype"),
        ([[1.0], [1.0, 2.0]], [[0.0]], "inside is ragged"),
        ([[1.0], [0.0]], [[3.0], [-0.0]], "outside row 1 is the same point as inside row 1"),
    ],
)
def test_malformed_sets_are_named(inside: object, outside: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        separate(inside, outside)  # type: ignore[arg-type]


def test_answers_refuse_other_points() -> None:
    found = separate([[0.0], [2.0]], [[1.0]])
    with pytest.raises(InputError, match="inside has 1 rows"):
        found.verify([[0.0]], [[1.0]])


def test_doubt_states_its_gap() -> None:
    rows = np.arange(1)
    doubt = Undecided(2.0, "for a test", rows, rows, np.ones(1), np.ones(1))
    assert doubt.separable is None
    assert doubt.margin_bound == 1.0
    assert not doubt.verify([[4.0]], [[0.0]])


@pytest.mark.parametrize(
    ("options", "message"),
    [({"n": -1}, "n is -1"), ({"n": 1, "kinds": ("odd",)}, "kinds"), ({"n": 1, "dims": (0, 2)}, "dims")],
)
def test_unknown_instances_are_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        known_instances(**options)
