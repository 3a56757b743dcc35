"""T4c: polytopes around a ball, their floor, and the rate."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from saelib.data.synthetic.bodies import ball_volume
from saelib.errors import InputError
from saelib.geometry.polytopes import (
    Rate,
    ball_floor,
    ball_limit,
    circumscribed_excess,
    fit_rate,
    local_slopes,
    neurons_needed,
    radial_excess,
    spread_directions,
)
from saelib.geometry.polytopes.facets import facet_moments
from saelib.study import plan
from saelib.study.settings.tightness import Tightness
from saelib.study.sweeps import tightness as sweep


def random_directions(n: int, r: int, seed: int = 0) -> np.ndarray:
    u = np.random.default_rng(seed).standard_normal((n, r))
    return u / np.linalg.norm(u, axis=1, keepdims=True)


def signs(r: int) -> np.ndarray:
    return np.array(list(product([-1.0, 1.0], repeat=r)))


# --- volumes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directions", "volume"),
    [
        (np.vstack([np.eye(2), -np.eye(2)]), 4.0),
        (np.vstack([np.eye(3), -np.eye(3)]), 8.0),
        (np.vstack([np.eye(4), -np.eye(4)]), 16.0),
        (np.vstack([np.eye(5), -np.eye(5)]), 32.0),
        (signs(3), 4 * np.sqrt(3)),  # octahedron |x| + |y| + |z| ≤ √3: volume 4/3·√3³
        (signs(4), 32 / 3),  # sixteen-cell |x_1| + … ≤ 2: volume 2⁴/4!·2⁴
        (np.vstack([np.eye(4), -np.eye(4), signs(4)]), 8.0),  # the 24-cell of inradius 1
        (np.array([[1.0], [-3.0]]), 2.0),
    ],
)
def test_regular_polytopes_have_the_known_volume(directions: np.ndarray, volume: float) -> None:
    expected = volume / ball_volume(directions.shape[1]) - 1
    assert circumscribed_excess(directions) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("m", [3, 4, 7, 64, 2048])
def test_the_regular_polygon_attains_the_closed_form(m: int) -> None:
    exact = m / np.pi * np.tan(np.pi / m) - 1
    assert circumscribed_excess(spread_directions(m, 2, seed=3)) == pytest.approx(exact, abs=1e-12)
    assert float(ball_floor(m, 2)) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize(("n", "r"), [(20, 2), (40, 3), (90, 4), (150, 5)])
def test_two_decompositions_give_the_same_volume(n: int, r: int) -> None:
    u = random_directions(n, r)
    areas, _ = facet_moments(u)
    assert areas.sum() / r / ball_volume(r) - 1 == pytest.approx(circumscribed_excess(u), rel=1e-9)


@pytest.mark.parametrize(("n", "r"), [(20, 2), (40, 3), (90, 4)])
def test_facets_have_the_area_and_centroid_of_their_samples(n: int, r: int) -> None:
    u = random_directions(n, r, seed=1)
    areas, centroids = facet_moments(u)
    s = random_directions(200_000, r, seed=2)
    height = s @ u.T
    owner, stop = height.argmax(axis=1), height.max(axis=1)
    # A direction s hits its facet at s/stop; a piece of facet has r times the volume of its cone.
    weight = ball_volume(r) * stop**-r / len(s) * r
    for j in np.argsort(-areas)[:3]:
        mine = owner == j
        assert areas[j] == pytest.approx(weight[mine].sum(), rel=0.1)
        hit = s[mine] / stop[mine, None]
        assert centroids[j] == pytest.approx(np.average(hit, axis=0, weights=weight[mine]), abs=0.05)
    assert np.einsum("ij,ij->i", centroids, u) == pytest.approx(np.ones(n))


@pytest.mark.parametrize(("n", "r"), [(20, 2), (40, 3), (90, 4), (200, 5)])
def test_the_radial_formula_agrees(n: int, r: int) -> None:
    u = random_directions(n, r, seed=4)
    assert circumscribed_excess(u) in radial_excess(u, 50_000)


def test_the_volume_is_stationary_where_facets_touch_at_their_centroids() -> None:
    u, turn = random_directions(30, 3, seed=5), 1e-6 * random_directions(30, 3, seed=6)
    areas, centroids = facet_moments(u)
    tangent = turn - (turn * u).sum(axis=1, keepdims=True) * u
    predicted = -(areas[:, None] * centroids * tangent).sum() / ball_volume(3)
    moved = u + tangent
    change = circumscribed_excess(moved) - circumscribed_excess(u - tangent)
    assert change / 2 == pytest.approx(predicted, rel=1e-3)


@pytest.mark.parametrize(
    "directions", [[[1, 0], [0, 1]], [[1, 0], [-1, 0]], [[1, 0, 0], [0, 1, 0]], [[2.0]], np.eye(3)]
)
def test_an_unbounded_unit_has_infinite_excess(directions: list) -> None:
    assert circumscribed_excess(directions) == np.inf


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 4), st.integers(0, 10**6))
def test_one_more_neuron_never_adds_volume_and_turning_changes_none(r: int, seed: int) -> None:
    u = random_directions(12 * r, r, seed)
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((r, r)))[0]
    whole = circumscribed_excess(u)
    assert circumscribed_excess(u[:-1]) >= whole - 1e-12
    assert circumscribed_excess(3.0 * u @ turn) == pytest.approx(whole, rel=1e-9)


# --- spreading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "excess"), [(4, 8 * np.sqrt(3)), (6, 8.0), (12, 10 * np.sqrt(130 - 58 * np.sqrt(5)))]
)
def test_spreading_finds_the_platonic_solids(n: int, excess: float) -> None:
    # Fejes Tóth: the tetrahedron, cube and dodecahedron of inradius 1 are the best of their number of facets.
    best = min(circumscribed_excess(spread_directions(n, 3, seed)) for seed in range(4))
    assert best == pytest.approx(excess / ball_volume(3) - 1, abs=1e-6)


@pytest.mark.parametrize(("n", "r"), [(1 + 1, 1), (3, 2), (4, 3), (5, 3), (5, 4), (6, 5), (50, 3), (60, 4)])
def test_spread_units_are_bounded_and_better_than_their_start(n: int, r: int) -> None:
    u = spread_directions(n, r, seed=1)
    assert np.linalg.norm(u, axis=1) == pytest.approx(np.ones(n))
    assert circumscribed_excess(u) <= circumscribed_excess(spread_directions(n, r, seed=1, steps=0)) + 1e-12
    assert np.array_equal(u, spread_directions(n, r, seed=1))
    if r > 1:
        assert circumscribed_excess(u) >= float(ball_floor(n, r)) - 1e-12


# --- the floor ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("r", [2, 3, 4, 7])
@pytest.mark.parametrize("m", [3, 10, 1000])
def test_the_floor_is_the_integral_over_caps(r: int, m: int) -> None:
    whole = quad(lambda t: np.sin(t) ** (r - 2), 0, np.pi)[0]
    low, high = 0.0, np.pi / 2
    for _ in range(200):
        middle = (low + high) / 2
        share = quad(lambda t: np.sin(t) ** (r - 2), 0, middle)[0] / whole
        low, high = (middle, high) if share < 1 / m else (low, middle)
    volume = m * quad(lambda t: np.cos(t) ** -r * np.sin(t) ** (r - 2), 0, low)[0] / whole
    assert float(ball_floor(m, r)) == pytest.approx(volume - 1, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(5, 60), st.integers(0, 10**6))
def test_no_unit_beats_the_floor(r: int, n: int, seed: int) -> None:
    assert circumscribed_excess(random_directions(n, r, seed)) >= float(ball_floor(n, r)) * (1 - 1e-12)


def test_floor_falls_with_neurons_rises_with_dimension_and_is_infinite_for_two() -> None:
    m = np.arange(3, 200)
    for r in range(2, 12):
        assert (np.diff(ball_floor(m, r)) < 0).all()
        assert (ball_floor(m, r + 1) > ball_floor(m, r)).all()
    assert ball_floor([1, 2], 3).tolist() == [np.inf, np.inf]


def test_constants_of_the_limit() -> None:
    # 3 neurons' worth of algebra: π²/3 in the plane, 5π/(3√3) in space; disks instead of hexagons give 3.
    assert float(ball_limit(1, 2)) == pytest.approx(np.pi**2 / 3)
    assert float(ball_limit(1, 3)) == pytest.approx(5 * np.pi / (3 * np.sqrt(3)))
    big = 10.0**8
    assert float(ball_floor(big, 3)) * big == pytest.approx(3, rel=1e-6)
    for r, ratio in ((2, 1.0), (3, 1.00767), (4, 1.02048)):
        assert float(ball_limit(1e9, r) / ball_floor(1e9, r)) == pytest.approx(ratio, abs=1e-5)


@pytest.mark.parametrize(("excess", "r"), [(0.5, 2), (0.1, 3), (0.01, 3), (0.1, 6), (1.0, 10)])
def test_needed_is_the_least_number_that_the_floor_allows(excess: float, r: int) -> None:
    m = neurons_needed(excess, r)
    assert float(ball_floor(m, r)) <= excess < float(ball_floor(m - 1, r))


def test_needed_stays_finite_in_many_dimensions() -> None:
    needed = [neurons_needed(0.1, r) for r in (8, 16, 32, 64)]
    assert all(np.isfinite(needed))
    assert sorted(needed) == needed
    assert needed[-1] > 1e30


# --- rates -------------------------------------------------------------------------------------------------

SIZES = 2.0 ** np.arange(4, 12)


@given(st.floats(0.3, 2.5), st.floats(0.5, 20), st.floats(-0.5, 3))
def test_a_planted_law_is_found(p: float, a: float, b: float) -> None:
    law = fit_rate(SIZES, a * SIZES**-p * (1 + b * SIZES**-p))
    assert law.exponent == pytest.approx(p, abs=1e-4)
    assert law.residual < 1e-5


def test_the_exact_plane_has_exponent_two() -> None:
    assert fit_rate(SIZES, ball_floor(SIZES, 2)).exponent == pytest.approx(2, abs=1e-3)


@pytest.mark.parametrize("r", [3, 4])
def test_the_correction_turns_a_wrong_slope_into_the_right_one(r: int) -> None:
    # The floor's exponent is known, so it calibrates the fit that is then applied to measured units.
    log_volume = np.log1p(ball_floor(SIZES, r))
    plain = -np.polyfit(np.log(SIZES), np.log(log_volume), 1)[0]
    assert abs(plain - 2 / (r - 1)) > 0.01
    assert abs(fit_rate(SIZES, log_volume).exponent - 2 / (r - 1)) < 0.005


@given(st.floats(0.3, 2.5), st.floats(0.5, 20), st.floats(0, 3), st.floats(2, 1e5))
def test_the_size_for_an_error_is_where_the_law_has_it(p: float, a: float, b: float, m: float) -> None:
    law = Rate(p, a, b, 0.0)
    assert law.size_for(float(law.at(m))) == pytest.approx(m, rel=1e-6)


def test_slopes_of_a_law_are_its_derivative() -> None:
    law = fit_rate(SIZES, 3 / SIZES * (1 + 2 / SIZES))
    near = np.array([99.99, 100.01])
    numeric = np.diff(np.log(law.at(near)))[0] / np.diff(np.log(near))[0]
    assert float(law.slope(100.0)) == pytest.approx(numeric, abs=1e-7)


# --- the sweep ---------------------------------------------------------------------------------------------


def test_the_sweep_has_a_row_for_every_unit_and_every_volume_passes_its_check() -> None:
    tiny = Tightness(sizes=(16, 64), seeds=(0, 1), steps=20, n_samples=5_000)
    ids = sweep.cells(tiny)
    table = sweep.gather([sweep.run_cell(tiny, cell) for cell in ids])["tightness"]
    again = sweep.gather([sweep.run_cell(tiny, cell) for cell in reversed(ids)])["tightness"]
    pd.testing.assert_frame_equal(table, again)
    assert len(table) == 2 * 2 * 2 * 2
    spread = table[table.directions == "spread"]
    assert ((spread.radial_low <= spread.excess) & (spread.excess <= spread.radial_high)).all()
    assert (table.excess >= table.floor).all()


def test_profiles_have_the_sizes_that_the_chapter_fits() -> None:
    sizes = {name: plan.profile(name).settings["tightness"].sizes for name in ("full", "quick")}
    assert max(sizes["full"]) >= 2048
    for each in sizes.values():
        assert sum(size >= 64 for size in each) >= 4


# --- malformed input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (partial(circumscribed_excess, [1, 2]), "directions"),
        (partial(circumscribed_excess, [[0.0, 0.0]]), "directions"),
        (partial(circumscribed_excess, [[np.inf, 0.0]]), "directions"),
        (partial(radial_excess, [[1.0, 0.0]], 1), "n_samples"),
        (partial(radial_excess, [[1.0, 0.0]], 10, 0, 2.0), "confidence"),
        (partial(radial_excess, [[1.0, 0.0]], 10, -1), "seed"),
        (partial(spread_directions, 3, 3), "n_neurons"),
        (partial(spread_directions, 3, 0), "r"),
        (partial(spread_directions, 5, 3, -1), "seed"),
        (partial(spread_directions, 5, 3, steps=-1), "steps"),
        (partial(spread_directions, 5.0, 3), "n_neurons"),
        (partial(ball_floor, 0, 3), "n_neurons"),
        (partial(ball_floor, [3, np.nan], 3), "n_neurons"),
        (partial(ball_floor, 3, 1), "r"),
        (partial(ball_limit, 3, 5), "r"),
        (partial(ball_limit, 0, 3), "n_neurons"),
        (partial(neurons_needed, 0.0, 3), "excess"),
        (partial(neurons_needed, 0.1, 1), "r"),
        (partial(local_slopes, [1, 2], [1.0]), "errors"),
        (partial(local_slopes, [2, 1], [1.0, 1.0]), "sizes"),
        (partial(local_slopes, [1], [1.0]), "sizes"),
        (partial(fit_rate, [1, 2, 3], [3.0, 2.0, 1.0]), "sizes"),
        (partial(fit_rate, [1, 2, 3, 4], [3.0, 2.0, 1.0, 0.0]), "errors"),
        (partial(fit_rate, [1, 2, 3, 4], [3.0, 2.0, 1.0, np.inf]), "errors"),
    ],
)
def test_malformed_input_is_refused_by_name(call: partial, argument: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument


def test_needed_neurons_at_the_ends_of_their_range():
    assert neurons_needed(1e7, 2) == neurons_needed(0.66, 2) == 3.0
    assert neurons_needed(0.65, 2) == 4.0
    with pytest.raises(InputError, match="excess is 1e-06"):
        neurons_needed(1e-6, 100)


def test_the_floor_is_a_number_in_very_many_dimensions():
    floor = ball_floor([3, 10, 1e6], 1000)
    assert not np.isnan(floor).any()
    assert np.isinf(floor[0])
