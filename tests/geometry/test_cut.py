"""T3: units that separate, refusals that prove, bounds on either side of the least number of neurons."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from saelib.errors import InputError
from saelib.geometry import (
    Certificate,
    Cut,
    MinimumCut,
    Neuron,
    Refusal,
    Separation,
    conflict_bound,
    cut,
    minimum_cut,
    separate,
)
from saelib.geometry.clique import largest_clique
from saelib.geometry.half_space_search import depths, fit_direction, wide_direction
from saelib.geometry.merging import without_redundant


def two_sets(d_max: int = 4, n_max: int = 6, m_max: int = 7):
    """Small whole coordinates: duplicates, collinear points and negatives on the hull's border abound."""

    def points(d):
        whole = st.integers(-2, 2)
        return st.tuples(
            hnp.arrays(np.int64, st.tuples(st.integers(1, n_max), st.just(d)), elements=whole),
            hnp.arrays(np.int64, st.tuples(st.integers(1, m_max), st.just(d)), elements=st.integers(-3, 3)),
        )

    return (
        st.integers(1, d_max)
        .flatmap(points)
        .filter(lambda pair: not (pair[0][:, None] == pair[1][None]).all(axis=2).any())
    )


def in_hull(inside: np.ndarray, point: np.ndarray) -> bool:
    """Convex weights by another solver than the one under test."""
    rows = np.vstack([inside.T, np.ones(len(inside))])
    return linprog(np.zeros(len(inside)), A_eq=rows, b_eq=np.append(point, 1.0)).status == 0


def one_neuron_cuts(inside: np.ndarray, negatives: np.ndarray) -> bool:
    """Whether the two hulls are disjoint, by another solver."""
    d = inside.shape[1]
    rows = np.vstack(
        [
            np.hstack([-inside, -np.ones((len(inside), 1))]),
            np.hstack([negatives, np.ones((len(negatives), 1))]),
        ]
    )
    return linprog(np.zeros(d + 1), A_ub=rows, b_ub=-np.ones(len(rows)), bounds=(None, None)).status == 0


def fewest(inside: np.ndarray, outside: np.ndarray) -> int:
    """Least number of neurons by trying every way of dealing the negatives out."""
    for k in range(1, len(outside) + 1):
        for owner in product(range(k), repeat=len(outside)):
            hands = [outside[np.array(owner) == j] for j in set(owner)]
            if all(one_neuron_cuts(inside, hand) for hand in hands):
                return k
    raise AssertionError("a negative lies in the hull")


@given(two_sets())
@settings(max_examples=60)
def test_a_unit_exists_exactly_when_no_negative_lies_in_the_hull(pair):
    inside, outside = pair
    answer = cut(inside, outside)
    offending = [row for row, point in enumerate(outside) if in_hull(inside, point)]
    if offending:
        assert isinstance(answer, Refusal)
        assert answer.offending_rows.tolist() == offending
        assert answer.undecided_rows.size == 0
        for row, proof in zip(offending, answer.certificates, strict=True):
            assert proof.outside_rows.tolist() == [row]
            assert proof.verify(inside, outside)
    else:
        assert isinstance(answer, Cut)
        assert answer.fires(inside).all()
        assert not answer.fires(outside).any()


@given(two_sets())
@settings(max_examples=40)
def test_no_neuron_of_a_unit_is_redundant_and_one_is_returned_where_one_will_do(pair):
    inside, outside = pair
    answer = cut(inside, outside)
    if isinstance(answer, Cut):
        assert all(neuron.fires(inside).all() for neuron in answer)
        for k in range(len(answer)):
            rest = answer.neurons[:k] + answer.neurons[k + 1 :]
            assert not rest or Cut(rest).fires(outside).any()
        assert (len(answer) == 1) == isinstance(separate(inside, outside), Separation)


@given(two_sets(d_max=3, n_max=4, m_max=5))
@settings(max_examples=25)
def test_the_least_number_is_that_of_trying_all_and_lies_between_the_bounds(pair):
    inside, outside = pair
    least = minimum_cut(inside, outside)
    if not isinstance(least, MinimumCut):
        assert isinstance(least, Refusal)
        return
    assert least.exact
    assert len(least.unit) == least.lower == fewest(inside, outside)
    assert least.unit.fires(inside).all()
    assert not least.unit.fires(outside).any()
    greedy = cut(inside, outside)
    assert conflict_bound(inside, outside).value <= least.lower <= len(greedy)
    assert all(proof.verify(inside, outside) for proof in least.certificates)


@given(two_sets(d_max=3))
@settings(max_examples=25)
def test_conflicts_are_pairs_that_no_neuron_cuts_off_with_or_without_a_known_unit(pair):
    inside, outside = pair
    unit = cut(inside, outside)
    if not isinstance(unit, Cut):
        return
    bound = conflict_bound(inside, outside)
    assert bound.value == conflict_bound(inside, outside, unit).value
    assert sorted(bound.certificates) == [
        (a, b) for k, a in enumerate(bound.rows) for b in bound.rows[k + 1 :]
    ]
    for rows, proof in bound.certificates.items():
        assert proof.verify(inside, outside)
        assert not one_neuron_cuts(inside, outside[list(rows)])


@pytest.mark.parametrize("m", [3, 5, 8])
def test_negatives_beyond_every_side_of_a_polygon_need_a_neuron_each(m):
    turn = 2 * np.pi * np.arange(m) / m
    corners = np.column_stack([np.cos(turn), np.sin(turn)])
    beyond = 1.02 * (corners + np.roll(corners, -1, axis=0)) / 2
    assert conflict_bound(corners, beyond).value == m
    assert len(cut(corners, beyond)) == m
    assert minimum_cut(corners, beyond).lower == m


def test_around_a_single_point_conflicts_see_nothing_and_the_least_number_is_found():
    """Three negatives around the origin: any two are cut off together, so cliques say 1; the truth is 2."""
    outside = np.array([[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])
    least = minimum_cut([[0.0, 0.0]], outside)
    assert conflict_bound([[0.0, 0.0]], outside).value == 1
    assert (least.lower, len(least.unit)) == (2, 2)
    assert sorted(least.certificates[0].outside_rows) == [0, 1, 2]


@pytest.mark.parametrize("d", [2, 3, 5])
def test_around_a_single_point_one_neuron_more_than_dimensions_is_enough(d):
    outside = np.random.default_rng(d).standard_normal((200, d))
    least = cut(np.zeros((1, d)), outside)
    assert 2 <= len(least) <= d + 1


def test_hull_membership_on_the_border_is_membership():
    refusal = cut([[0, 0], [2, 2]], [[1, 1], [3, 3], [1, 0]])
    assert isinstance(refusal, Refusal)
    assert refusal.offending_rows.tolist() == [0]
    assert isinstance(refusal.certificates[0], Certificate)


def test_many_offenders_in_one_simplex_are_all_listed_with_proofs():
    rng = np.random.default_rng(0)
    inside = np.array([[0.0, 0, 0], [8, 0, 0], [0, 8, 0], [0, 0, 8]])
    outside = rng.integers(-2, 7, (300, 3)) + 0.5
    refusal = cut(inside, outside)
    held = (outside > 0).all(axis=1) & (outside.sum(axis=1) <= 8)
    assert refusal.offending_rows.tolist() == np.flatnonzero(held).tolist()
    assert all(proof.verify(inside, outside) for proof in refusal.certificates)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_badly_scaled_and_constant_columns_do_not_matter(scale):
    rng = np.random.default_rng(1)
    inside = np.column_stack([rng.integers(-1, 2, 20), scale * rng.integers(-1, 2, 20), np.full(20, 7)])
    outside = np.array([[2, 0, 7], [-2, 0, 7], [0, 2 * scale, 7], [0, -2 * scale, 7], [1, 1.5 * scale, 7]])
    unit = cut(inside, outside)
    assert unit.fires(inside).all()
    assert not unit.fires(outside).any()


@pytest.mark.parametrize("power", [-700, 700])
def test_the_unit_of_length_does_not_matter(power):
    inside, outside = np.zeros((1, 2)), np.ldexp([[1.0, 1.0], [-1.0, -1.0]], power)
    unit = cut(inside, outside)
    assert len(unit) == 2
    assert unit.fires(inside).all()
    assert not unit.fires(outside).any()


def test_a_unit_is_a_sequence_of_neurons():
    unit = cut([[0.0]], [[-2.0], [1.0]])
    assert len(unit) == 2
    assert isinstance(unit[0], Neuron)
    assert list(unit) == list(unit.neurons) == [*unit[:1], unit[-1]]
    assert unit.active([[-2.0], [0.0]]).sum() == 3
    assert (unit.d_in, unit.separable) == (1, True)


@pytest.mark.slow
def test_twenty_thousand_negatives_in_64_dimensions_take_seconds():
    import time

    rng = np.random.default_rng(0)
    words = rng.standard_normal((96, 64))
    active = rng.random((20_000, 96)) < 0.05
    points = (active * rng.uniform(0.5, 1.5, active.shape)) @ words
    start = time.process_time()
    unit = cut(points[active[:, 0]], points[~active[:, 0]])
    assert time.process_time() - start < 30
    assert unit.fires(points).tolist() == active[:, 0].tolist()


def test_the_pieces_of_the_search():
    joined = ~np.eye(5, dtype=bool)
    joined[0, 1] = joined[1, 0] = False
    assert len(largest_clique(joined)) == 4
    assert largest_clique(np.zeros((0, 0), dtype=bool)) == []
    assert without_redundant(np.array([[True, True], [True, True]])) == [1]
    wide = np.random.default_rng(0).standard_normal((30, 400))  # more dimensions than are factored
    form = fit_direction(wide[:10], wide[10:])
    assert (depths(wide[:10], wide[10:], form[None, :-1]) > 0).all()
    assert wide_direction(np.zeros((1, 2)), np.array([[1.0, 0.0], [-1.0, 0.0]])).shape == (2,)


@pytest.mark.parametrize("build", [cut, minimum_cut, conflict_bound])
@pytest.mark.parametrize(
    ("inside", "outside", "argument"),
    [
        (np.zeros((0, 2)), [[1, 1]], "inside"),
        ([[1, 1]], np.zeros((0, 2)), "outside"),
        ([[1, 1]], [[1, 1, 1]], "outside"),
        ([[np.nan, 1]], [[1, 1]], "inside"),
        ([[1, 1]], [[0, 0], [1, 1]], "outside"),
        ([1, 1], [[0, 0]], "inside"),
        ([["a", "b"]], [[0, 0]], "inside"),
    ],
)
def test_malformed_sets_are_refused(build, inside, outside, argument):
    with pytest.raises(InputError, match=f"^{argument} "):
        build(inside, outside)


def test_what_else_is_refused():
    with pytest.raises(InputError, match=r"^outside has 61 points"):
        minimum_cut([[0.0]], np.arange(1, 62)[:, None])
    with pytest.raises(InputError, match=r"^max_candidates is 0"):
        conflict_bound([[0.0]], [[1.0]], max_candidates=0)
    with pytest.raises(InputError, match=r"^neurons are no Neurons"):
        Cut(())
    with pytest.raises(InputError, match=r"^neurons read points"):
        Cut((Neuron([1.0], 0.0), Neuron([1.0, 0.0], 0.0)))
