"""Top-1 families: dictionaries that are run, reasons that are substituted, and never both."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib.errors import InputError
from saelib.geometry.gating import NoTopOneFamily, TopOneFamily, UndecidedFamily, top_one_family, voronoi_sae
from saelib.geometry.gating.balance import exact_balance


def check(found, points, labels, background="silent"):
    """Substitute an answer into the question, in fractions where it is a reason."""
    x, y = np.asarray(points, dtype=np.float64), np.asarray(labels)
    if isinstance(found, TopOneFamily):
        asked = y >= 0 if background == "free" else np.ones(len(y), bool)
        active = found.sae.active(x[asked]).numpy()
        assert (active == (y[asked][:, None] == np.arange(found.sae.d_sae))).all()
        assert found.margin > 0
        return
    assert isinstance(found, NoTopOneFamily)
    assert found.verify(x)
    assert (found.weights > 0).all()
    assert (y[found.points] == found.owners).all()
    assert (found.owners != found.rivals).all()
    weights = exact_balance(x[found.points], found.owners, found.rivals)
    assert sum(weights) == 1
    for concept in range(y.max() + 1):
        for column in [*x[found.points].T, np.ones(len(weights))]:
            terms = [w * Fraction(v) for w, v in zip(weights, column, strict=True)]
            out = sum(t for t, owner in zip(terms, found.owners, strict=True) if owner == concept)
            into = sum(t for t, rival in zip(terms, found.rivals, strict=True) if rival == concept)
            assert out == into


def pinwheel(reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Four bars, each turned by a right angle against the one before."""
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    bar = np.array([[-0.5, 1.0], [reach, 1.0]])
    return np.concatenate([bar @ np.linalg.matrix_power(turn, i).T for i in range(4)]), np.repeat(range(4), 2)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_collinear_clusters_all_get_a_neuron(k):
    x = np.arange(k, dtype=np.float64)[:, None] @ np.array([[1.0, 2.0]])
    found = top_one_family(x, range(k))
    check(found, x, range(k))
    assert 0 < found.margin <= np.sqrt(5) / 2 + 1e-9


def test_every_point_of_the_space_has_one_neuron_where_nothing_must_be_silent():
    found = top_one_family([[0.0, 0.0], [3.0, 1.0], [1.0, 4.0]], [0, 1, 2])
    far = np.random.default_rng(0).standard_normal((500, 2)) * 1e4
    assert (found.sae.active(far).numpy().sum(axis=1) == 1).all()


def test_bars_of_a_pinwheel_are_pairwise_separable_and_have_no_family():
    x, y = pinwheel(2.0)
    for i in range(4):
        for j in range(i):
            pair = (y == i) | (y == j)
            check(top_one_family(x[pair], (y[pair] == i).astype(int)), x[pair], (y[pair] == i).astype(int))
    found = top_one_family(x, y)
    assert isinstance(found, NoTopOneFamily)
    check(found, x, y)
    short, labels = pinwheel(1.0)
    assert isinstance(top_one_family(short, labels), TopOneFamily)


def test_background_can_be_asked_to_be_silent_or_left_free():
    x, y = [[-2.0], [2.0], [-4.0], [4.0]], [0, 1, -1, -1]  # background on both sides of the concepts
    silent, free = top_one_family(x, y), top_one_family(x, y, background="free")
    assert isinstance(silent, NoTopOneFamily)
    check(silent, x, y)
    check(free, x, y, "free")
    between = [[-2.0], [2.0], [0.0]], [0, 1, -1]
    found = top_one_family(*between)
    assert isinstance(found, TopOneFamily)
    check(found, *between)
    named = x, [0, 1, 2, 3]  # its two parts as concepts of their own
    check(top_one_family(*named), *named)


def test_one_concept_alone_always_has_a_neuron():
    found = top_one_family([[1.0, 2.0], [3.0, 4.0]], [0, 0])
    check(found, [[1.0, 2.0], [3.0, 4.0]], [0, 0])
    assert found.margin == np.inf


def test_more_dimensions_than_points_and_badly_scaled_columns():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((12, 40)) * 10.0 ** rng.integers(-2, 3, 40)
    check(top_one_family(x, np.arange(12) % 4), x, np.arange(12) % 4)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(2, 4), st.sampled_from(["silent", "free"]))
def test_every_answer_survives_substitution(seed, n, m, background):
    rng = np.random.default_rng(seed)
    x = np.unique(rng.integers(-3, 4, (int(rng.integers(m, 16)) + m, n)), axis=0).astype(np.float64)
    if len(x) < m:
        return
    y = rng.permutation(np.concatenate([np.arange(m), rng.integers(-1, m, len(x) - m)]))
    check(top_one_family(x, y, background=background), x, y, background)


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_family_that_exists_is_never_refuted_however_near_the_borders_its_points_lie(distance):
    rng = np.random.default_rng(8)
    for _ in range(12):
        centres, x = rng.standard_normal((3, 3)), rng.standard_normal((20, 3))
        for row in x:
            near, far = np.argsort(((row - centres) ** 2).sum(axis=1))[:2]
            across = centres[far] - centres[near]
            gap = ((row - centres[far]) ** 2).sum() - ((row - centres[near]) ** 2).sum()
            row += across / np.linalg.norm(across) * (gap / 2 / np.linalg.norm(across) - distance)
        _, y = np.unique(((x[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1), return_inverse=True)
        found = top_one_family(x, y)
        assert not isinstance(found, NoTopOneFamily)
        if distance > 1e-7:
            check(found, x, y)


def test_a_reason_too_long_for_fractions_is_a_bound_on_the_margin():
    rng = np.random.default_rng(9)
    x, y = rng.standard_normal((900, 40)), rng.integers(0, 3, 900)
    found = top_one_family(x, y)
    assert isinstance(found, UndecidedFamily)
    assert found.margin_bound < 1e-9


def test_a_concept_compared_with_itself_is_no_reason():
    row = np.zeros(1, dtype=np.int64)
    assert not NoTopOneFamily(row, row, row, np.ones(1)).verify([[1.0], [2.0]])


def test_a_reason_does_not_verify_on_other_points():
    found = top_one_family([[-1.0], [0.0], [1.0]], [0, 1, 0])
    assert not found.verify([[-1.0], [0.5], [1.0]])
    with pytest.raises(InputError, match="points has 2 rows"):
        found.verify([[-1.0], [0.5]])


@pytest.mark.parametrize("seed", range(5))
def test_cells_of_any_power_diagram_are_a_family(seed):
    rng = np.random.default_rng(seed)
    sae = voronoi_sae(rng.standard_normal((7, 3)), rng.random(7))
    x = rng.standard_normal((400, 3)) * 2
    _, y = np.unique(sae.active(x).numpy().argmax(axis=1), return_inverse=True)
    found = top_one_family(x, y)
    assert isinstance(found, TopOneFamily)
    check(found, x, y)


def test_concepts_that_relu_neurons_separate_are_a_family_with_those_very_neurons():
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.standard_normal((30, 5)) * 0.1 + 4 * np.eye(5)[i] for i in range(5)])
    y = np.repeat(range(5), 30)
    assert ((x > 2) == (y[:, None] == np.arange(5))).all()  # neuron i reads coordinate i
    check(top_one_family(x, y), x, y)


@pytest.mark.parametrize(
    ("points", "labels", "options", "says"),
    [
        ([1.0], [0], {}, "points has shape"),
        ([[np.nan]], [0], {}, "points has NaN"),
        ([[1.0], [2.0]], [0], {}, "labels has shape"),
        ([[1.0]], [0.5], {}, "labels has shape"),
        ([[1.0], [2.0]], [0, 2], {}, "labels gives no point to concept 1"),
        ([[1.0], [2.0]], [-1, -1], {}, "labels gives no point to concept 0"),
        ([[1.0], [2.0]], [0, -2], {}, "labels has the value -2"),
        ([[1.0], [1.0]], [0, 1], {}, "points has the same point in rows 0 and 1"),
        ([[1.0]], [0], {"background": "loud"}, "background is 'loud'"),
        ([[1.0]], [0], {"tolerance": 0.0}, "tolerance is 0.0"),
    ],
)
def test_what_cannot_be_used_is_named(points, labels, options, says):
    with pytest.raises(InputError, match=says):
        top_one_family(points, labels, **options)
