"""T4 by hand and by brute force: supporting units, hulls, exact areas, irreducible errors."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib.data.synthetic.bodies import (
    Annulus,
    Ball,
    Body,
    Box,
    HalfMoon,
    LShape,
    Polytope,
    TwoBalls,
    TwoMoons,
)
from saelib.errors import InputError
from saelib.geometry import Neuron
from saelib.geometry.polytopes import (
    Gaussian,
    area_within,
    clip,
    in_hull,
    irreducible_error,
    polygon_area,
    support,
    supporting_unit,
    symmetric_difference,
)
from saelib.geometry.polytopes.mass import sampled_mass

PLANE = [
    Ball((0.2, -0.1), 0.9),
    Annulus((0.1, 0.2), 0.4, 1.0),
    Box((-0.5, -0.8), (0.7, 0.9)),
    Polytope(((-1.0, -0.6), (0.9, -0.4), (0.3, 0.8), (-0.2, 0.1))),
    LShape(1.3, 0.5),
    TwoBalls(1.5, 0.6),
    HalfMoon((0.1, -0.2), 0.5, 1.1, up=True),
    HalfMoon((0.1, 0.2), 0.5, 1.1, up=False),
    TwoMoons(0.4),
]
SPACE = [
    LShape(1.3, 0.5, 3),
    TwoBalls(1.5, 0.6, 4),
    Annulus((0.0, 0.1, 0.2), 0.4, 1.0),
    Box((0.0,) * 3, (1.0, 2.0, 0.5)),
]
EVERY = pytest.mark.parametrize("body", PLANE + SPACE, ids=lambda b: f"{type(b).__name__}{b.d_in}")
FLAT = pytest.mark.parametrize("body", PLANE, ids=lambda b: type(b).__name__)
WINDOW = Box((-3.0, -3.0), (3.0, 3.0))


def directions(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d))


def regular(m: int, turn: float = 0.0) -> np.ndarray:
    angle = turn + 2 * np.pi * np.arange(m) / m
    return np.c_[np.cos(angle), np.sin(angle)]


def grid(step: float = 0.02) -> np.ndarray:
    """Midpoints of the cells of the window."""
    side = np.arange(-3, 3, step) + step / 2
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


# --- supporting half-spaces --------------------------------------------------------------------------------


@EVERY
def test_no_point_reaches_beyond_the_support_function_and_some_come_near(body: Body) -> None:
    u, x = directions(20, body.d_in), body.sample(200_000, seed=1)
    reach, h = (x @ u.T).max(axis=0), support(body, u)
    assert (reach <= h + 1e-12).all()
    assert (reach >= h - 0.25 * np.linalg.norm(u, axis=1)).all()


@EVERY
def test_a_supporting_unit_contains_the_body_and_its_hull(body: Body) -> None:
    unit = supporting_unit(body, directions(30, body.d_in), slack=1e-9)
    x = body.sample(2_000, seed=2)
    between = (x[:1000] + x[1000:]) / 2
    for points in (x, between):
        assert np.all([neuron.fires(points) for neuron in unit])


@EVERY
def test_the_hull_is_what_all_supporting_half_spaces_share(body: Body) -> None:
    u = directions(4_000, body.d_in)
    low, high = body.bounding_box
    x = Box(tuple(low - 0.3), tuple(high + 0.3)).sample(3_000, seed=3)
    beyond = (x @ u.T - support(body, u)).max(axis=1) / 1.0
    inside = in_hull(body, x)
    assert not (inside & (beyond > 1e-12)).any()
    # Few directions leave a little outside the hull uncut; never much.
    assert (~inside & (beyond <= 0)).mean() < (0.005 if body.d_in == 2 else 0.08)


@EVERY
def test_midpoints_of_the_body_are_in_its_hull(body: Body) -> None:
    x = body.sample(4_000, seed=4)
    assert in_hull(body, x).all()
    assert in_hull(body, (x[:2000] + x[2000:]) / 2).all()


def test_a_neuron_touches_the_body_where_it_should() -> None:
    (neuron,) = supporting_unit(Ball((1.0, 2.0), 3.0), [[0.0, 2.0]])
    assert neuron.w.tolist() == [0.0, -1.0]
    assert neuron.b == 5.0  # fires below y = 5
    assert not neuron.fires([[1.0, 5.0]])[0]  # open: silent on the point of tangency


# --- exact areas -------------------------------------------------------------------------------------------


@FLAT
@pytest.mark.parametrize("seed", range(3))
def test_exact_area_agrees_with_a_fine_grid(body: Body, seed: int) -> None:
    rng = np.random.default_rng(seed)
    unit = [Neuron(rng.standard_normal(2), 0.6) for _ in range(3)]
    corners = clip([[-3, -3], [3, -3], [3, 3], [-3, 3]], unit)
    points = grid()
    inside = body.contains(points) & np.all([neuron.fires(points) for neuron in unit], axis=0)
    assert area_within(body, corners) == pytest.approx(inside.sum() * 0.02**2, abs=0.02)


@FLAT
def test_a_window_around_the_body_holds_all_of_it(body: Body) -> None:
    assert area_within(body, [[-9, -9], [9, -9], [9, 9], [-9, 9]]) == pytest.approx(body.volume, abs=1e-12)


def test_clipping_by_hand() -> None:
    square = [[0, 0], [2, 0], [2, 2], [0, 2]]
    assert polygon_area(square) == 4.0
    assert polygon_area(clip(square, [Neuron([-1.0, -1.0], 1.0)])) == pytest.approx(0.5)  # x + y < 1
    assert polygon_area(clip(square, [Neuron([1.0, 1.0], -1.0)])) == pytest.approx(3.5)
    assert len(clip(square, [Neuron([1.0, 0.0], -5.0)])) == 0
    assert clip(square, []).tolist() == square
    assert polygon_area([[0, 0], [1, 1]]) == 0.0
    assert polygon_area(square[::-1]) == -4.0


@pytest.mark.parametrize("shift", [0.0, 1e3])
def test_areas_do_not_depend_on_where_the_body_is(shift: float) -> None:
    disk = Ball((shift, -shift), 1.0)
    window = np.array([[-1, -1], [1.5, -1], [1.5, 0.5], [-1, 0.5]]) + np.array([shift, -shift])
    assert area_within(disk, window) == pytest.approx(np.pi - (np.pi / 3 - np.sqrt(3) / 4), abs=1e-9)


# --- the unit around the disk ------------------------------------------------------------------------------


@pytest.mark.parametrize("m", [3, 4, 6, 12, 100, 2048])
@pytest.mark.parametrize("turn", [0.0, 0.1])
def test_the_regular_polygon_around_the_disk_attains_the_closed_form(m: int, turn: float) -> None:
    disk = Ball((0.0, 0.0), 1.0)
    found = symmetric_difference(supporting_unit(disk, regular(m, turn)), disk, WINDOW)
    assert found.exact
    assert found.value * 36 / np.pi == pytest.approx(m / np.pi * np.tan(np.pi / m) - 1, abs=1e-12)


def test_a_box_is_attained_by_its_own_sides() -> None:
    for body in (Box((-0.5, -0.8), (0.7, 0.9)), PLANE[3]):
        sides = regular(4) if isinstance(body, Box) else body.half_spaces[:, :-1]
        assert symmetric_difference(supporting_unit(body, sides), body, WINDOW).value < 1e-15


@FLAT
def test_one_more_neuron_never_hurts_a_unit_that_contains_the_concept(body: Body) -> None:
    unit = supporting_unit(body, directions(12, 2, seed=5))
    errors = [symmetric_difference(unit[:k], body, WINDOW).value for k in range(13)]
    assert all(after <= before + 1e-15 for before, after in pairwise(errors))
    assert errors[0] == pytest.approx(1 - body.volume / 36)
    assert errors[-1] >= irreducible_error(body, WINDOW).value - 1e-15


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 5.0), st.floats(-20, 20), st.integers(3, 9), st.integers(0, 99))
def test_the_relative_error_does_not_change_with_scale_and_place(
    size: float, at: float, m: int, seed: int
) -> None:
    u = np.vstack([regular(3), directions(m, 2, seed)])
    window = Box((at - 3 * size,) * 2, (at + 3 * size,) * 2)
    moved = Ball((at, at), size)
    here = symmetric_difference(
        supporting_unit(Ball((0.0, 0.0), 1.0), u), Ball((0.0, 0.0), 1.0), WINDOW
    ).value
    assert symmetric_difference(supporting_unit(moved, u), moved, window).value == pytest.approx(
        here, abs=1e-10
    )


@FLAT
def test_exact_error_lies_in_the_sampled_interval(body: Body) -> None:
    rng = np.random.default_rng(7)
    unit = [Neuron(rng.standard_normal(2), 0.5) for _ in range(3)]
    exact = symmetric_difference(unit, body, WINDOW)
    sampled = symmetric_difference(unit, body, WINDOW, method="sampled", n_samples=100_000)
    assert exact.exact
    assert not sampled.exact
    assert exact.value in sampled


def test_the_error_is_exact_in_a_polygonal_window_too() -> None:
    disk, window = Ball((0.0, 0.0), 1.0), Polytope(((0.0, 0.0), (4.0, 0.0), (0.0, 4.0)))
    quarter = symmetric_difference([Neuron([1.0, 1.0], 1e-9)], disk, window)
    assert quarter.value == pytest.approx((8 - np.pi / 4) / 8, abs=1e-12)


# --- irreducible error -------------------------------------------------------------------------------------


def test_irreducible_errors_by_hand() -> None:
    box = Box((-2.0, -2.0), (2.0, 2.0))
    assert irreducible_error(LShape(2.0, 1.0), box).value * 16 == pytest.approx(0.5)
    assert irreducible_error(Annulus((0.0, 0.0), 0.5, 1.0), box).value * 16 == pytest.approx(np.pi / 4)
    # Capsule less two disks: the 2 × 2 square between the centres less two half disks.
    assert irreducible_error(TwoBalls(2.0, 1.0), box).value * 16 == pytest.approx(4 - np.pi)
    assert irreducible_error(Ball((0.0, 0.0), 1.0), box).value == 0.0


@EVERY
def test_closed_form_lies_in_the_sampled_interval(body: Body) -> None:
    low, high = body.bounding_box
    box = Box(tuple(low - 0.2), tuple(high + 0.2))
    exact = irreducible_error(body, box)
    assert exact.exact
    assert exact.value in irreducible_error(body, box, method="sampled", n_samples=100_000, seed=1) or (
        exact.value == pytest.approx(0, abs=1e-15)
    )


def test_a_gaussian_sees_the_hole_of_a_ring_with_a_known_probability() -> None:
    ring = Annulus((0.0, 0.0), 0.8, 1.5)
    found = irreducible_error(ring, Gaussian(2, 0.7), n_samples=200_000)
    assert 1 - np.exp(-(0.8**2) / (2 * 0.7**2)) in found
    assert not found.exact


def test_a_window_that_cuts_the_hull_is_sampled() -> None:
    ring, quadrant = Annulus((0.0, 0.0), 0.5, 1.0), Box((0.0, 0.0), (1.0, 1.0))
    found = irreducible_error(ring, quadrant, n_samples=100_000)
    assert not found.exact
    assert np.pi / 16 in found


def test_balls_and_polytopes_around_the_region_allow_the_closed_form() -> None:
    shape = LShape(1.0, 0.5)
    around = [Ball((0.5, 0.5), 1.0), Polytope(((-1.0, -1.0), (4.0, -1.0), (-1.0, 4.0)))]
    for ambient in around:
        assert irreducible_error(shape, ambient).value == pytest.approx(0.125 / ambient.volume)
    assert not irreducible_error(shape, Ball((0.5, 0.5), 0.7), n_samples=10).exact
    assert not irreducible_error(shape, Annulus((0.5, 0.5), 0.1, 9.0), n_samples=10).exact


@FLAT
def test_no_unit_that_contains_the_concept_beats_its_irreducible_error(body: Body) -> None:
    least = irreducible_error(body, WINDOW).value
    for seed in range(5):
        unit = supporting_unit(body, directions(60, 2, seed))
        assert symmetric_difference(unit, body, WINDOW).value >= least - 1e-14
    many = supporting_unit(body, regular(2_000))
    assert symmetric_difference(many, body, WINDOW).value == pytest.approx(least, abs=1e-4)


# --- sampling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.001, 0.2, 1.0])
def test_the_interval_covers_the_truth_at_least_as_often_as_it_says(share: float) -> None:
    unit_box = Box((0.0,), (1.0,))
    covered = [
        share in sampled_mass(lambda x: x[:, 0] < share, unit_box, 300, seed, 0.9) for seed in range(400)
    ]
    assert np.mean(covered) > 0.86  # 0.9 less 2.7 standard errors of 400 tries


def test_no_hit_still_leaves_an_interval() -> None:
    box = Box((0.0, 0.0), (1.0, 1.0))
    found = irreducible_error(Ball((0.5, 0.5), 0.1), box, method="sampled", n_samples=100)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.0005 ** (1 / 100))


def test_the_same_seed_gives_the_same_samples_and_another_one_others() -> None:
    ring, nu = Annulus((0.0, 0.0), 0.5, 1.0), Gaussian(2)
    first, again, other = (irreducible_error(ring, nu, n_samples=1000, seed=s) for s in (1, 1, 2))
    assert first == again != other


def test_gaussian_has_its_mean_and_spread() -> None:
    x = Gaussian(2, 3.0, (1.0, -1.0)).sample(100_000, 0)
    assert x.mean(axis=0) == pytest.approx([1, -1], abs=0.05)
    assert x.std(axis=0) == pytest.approx([3, 3], abs=0.05)


# --- malformed input ---------------------------------------------------------------------------------------

DISK, UP = Ball((0.0, 0.0), 1.0), [Neuron([0.0, 1.0], 0.0)]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (partial(support, "disk", [[1, 0]]), "body"),
        (partial(support, DISK, [[1, 0, 0]]), "directions"),
        (partial(support, DISK, [[0, 0]]), "directions"),
        (partial(support, DISK, [[np.nan, 0]]), "directions"),
        (partial(support, DISK, np.empty((0, 2))), "directions"),
        (partial(supporting_unit, None, [[1, 0]]), "body"),
        (partial(supporting_unit, DISK, [[1, 0]], slack=-1.0), "slack"),
        (partial(supporting_unit, DISK, [[1, 0]], slack=np.nan), "slack"),
        (partial(in_hull, DISK, [[0, 0, 0]]), "points"),
        (partial(in_hull, DISK, [[np.inf, 0]]), "points"),
        (partial(in_hull, 3, [[0, 0]]), "body"),
        (partial(clip, [[0, 0, 0]], []), "polygon"),
        (partial(clip, [[0, np.nan]], []), "polygon"),
        (partial(clip, [[0, 0], [1, 0], [0, 1]], [Neuron([1.0], 0.0)]), "unit"),
        (partial(clip, [[0, 0], [1, 0], [0, 1]], 7), "unit"),
        (partial(polygon_area, [1, 2, 3]), "polygon"),
        (partial(area_within, Ball((0.0,) * 3, 1.0), [[0, 0], [1, 0], [0, 1]]), "body"),
        (partial(area_within, DISK, [[0, 0, 1]]), "polygon"),
        (partial(irreducible_error, "ring", WINDOW), "region"),
        (partial(irreducible_error, DISK, Box((0.0,) * 3, (1.0,) * 3)), "ambient"),
        (partial(irreducible_error, DISK, "everywhere"), "ambient"),
        (partial(irreducible_error, DISK, WINDOW, method="exact"), "method"),
        (partial(irreducible_error, DISK, Gaussian(2), n_samples=0), "n_samples"),
        (partial(irreducible_error, DISK, Gaussian(2), n_samples=1.5), "n_samples"),
        (partial(irreducible_error, DISK, Gaussian(2), seed=-1), "seed"),
        (partial(irreducible_error, DISK, Gaussian(2), confidence=1.0), "confidence"),
        (partial(symmetric_difference, UP, "disk", WINDOW), "region"),
        (partial(symmetric_difference, [None], DISK, WINDOW), "unit"),
        (partial(symmetric_difference, UP, DISK, Gaussian(3)), "ambient"),
        (partial(symmetric_difference, UP, DISK, WINDOW, method=""), "method"),
        (partial(Gaussian, 0), "d_in"),
        (partial(Gaussian, 2, -1.0), "scale"),
        (partial(Gaussian, 2, 1.0, (0.0,)), "centre"),
        (partial(Gaussian(2).sample, -1, 0), "n"),
    ],
)
def test_malformed_input_is_refused_by_name(call: partial, argument: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument


def test_an_unknown_body_is_refused_by_name() -> None:
    class Blob(Ball):
        pass

    class Cloud(Body):
        d_in, volume, bounding_box = 2, 1.0, (np.zeros(2), np.ones(2))

        def _inside(self, points: np.ndarray) -> np.ndarray:
            return np.zeros(len(points), bool)

        def _draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
            return np.zeros((n, 2))

    assert support(Blob((0.0, 0.0), 1.0), [[1.0, 0.0]]).tolist() == [1.0]  # a kind of ball is one
    for call in (
        partial(support, Cloud(), [[1, 0]]),
        partial(in_hull, Cloud(), [[1, 0]]),
        partial(area_within, Cloud(), [[0, 0], [1, 0], [0, 1]]),
    ):
        with pytest.raises(InputError, match="Cloud"):
            call()
