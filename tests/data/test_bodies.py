"""Bodies: exact volumes against counting, sampling, containment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, cKDTree
from scipy.stats import binom, chisquare

from saelib import InputError
from saelib.data.synthetic import (
    Annulus,
    Ball,
    Box,
    HalfMoon,
    LShape,
    Polytope,
    TwoBalls,
    TwoMoons,
    ball_volume,
    body_concepts,
)

SIMPLEX4 = tuple(map(tuple, np.vstack([np.zeros(4), np.eye(4)])))
BODIES = {
    "disk": Ball((1.0, -2.0), 1.5),
    "interval ball": Ball((0.5,), 2.0),
    "ball in 5 dimensions": Ball((0.0,) * 5, 1.0),
    "box": Box((-1.0, 0.0, 2.0), (1.0, 0.5, 3.0)),
    "L": LShape(2.0, 0.5),
    "L prism": LShape(1.0, 0.3, dimension=4),
    "annulus": Annulus((0.0, 1.0), 0.6, 1.0),
    "shell in 4 dimensions": Annulus((0.0,) * 4, 0.7, 1.0),
    "disk without a hole": Annulus((0.0, 0.0), 0.0, 1.0),
    "heptagon": Polytope.regular(7, 2.0),
    "simplex in 4 dimensions": Polytope(SIMPLEX4),
    "half-moon up": HalfMoon((0.2, 0.1), 0.5, 1.0),
    "half-moon down": HalfMoon((0.2, 0.1), 0.5, 1.0, up=False),
    "two moons": TwoMoons(0.3),
    "two balls": TwoBalls(3.0, 1.0),
    "two balls in 3 dimensions": TwoBalls(2.5, 1.0, dimension=3),
}
each_body = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())


@pytest.mark.parametrize(
    ("body", "volume", "hull"),
    [
        (Ball((0.0, 0.0), 2.0), 4 * np.pi, 4 * np.pi),
        (Ball((0.0, 0.0, 0.0), 1.0), 4 / 3 * np.pi, 4 / 3 * np.pi),
        (Ball((0.0,), 3.0), 6.0, 6.0),
        (Box((0.0, 0.0), (2.0, 3.0)), 6.0, 6.0),
        (LShape(1.0, 0.5), 0.75, 0.875),
        (LShape(2.0, 1.0, dimension=3), 6.0, 7.0),
        (Annulus((0.0, 0.0), 1.0, 2.0), 3 * np.pi, 4 * np.pi),
        (Polytope(((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))), 0.5, 0.5),
        (Polytope(SIMPLEX4), 1 / 24, 1 / 24),
        (Polytope.regular(6), 1.5 * np.sqrt(3), 1.5 * np.sqrt(3)),
        (HalfMoon((0.0, 0.0), 0.0, 1.0), np.pi / 2, np.pi / 2),
        (TwoMoons(0.4), 0.8 * np.pi, None),
        (TwoBalls(4.0, 1.0), 2 * np.pi, np.pi + 8),
        (TwoBalls(4.0, 1.0, dimension=3), 8 / 3 * np.pi, 4 / 3 * np.pi + 4 * np.pi),
        (TwoBalls(4.0, 1.0, dimension=1), 4.0, 6.0),
    ],
)
def test_volumes_worked_by_hand(body, volume, hull):
    assert body.volume == pytest.approx(volume, rel=1e-12)
    if hull is not None:
        assert body.hull_volume == pytest.approx(hull, rel=1e-12)


@each_body
def test_the_exact_volume_lies_in_the_interval_that_counting_gives(body):
    low, high = body.bounding_box
    n = 50_000
    inside = body.contains(np.random.default_rng(0).uniform(low, high, (n, body.d_in))).sum()
    p = body.volume / np.prod(high - low)
    assert p <= 1 + 1e-12
    assert binom.cdf(inside, n, min(p, 1)) > 1e-6
    assert binom.sf(inside - 1, n, min(p, 1)) > 1e-6


@each_body
def test_samples_lie_inside_and_reach_the_bounding_box(body):
    points = body.sample(20_000, seed=0)
    assert body.contains(points).mean() > 0.9999  # a point drawn on the border may round to the outside
    low, high = body.bounding_box
    assert (points >= low - 1e-9).all()
    assert (points <= high + 1e-9).all()
    reach = 0.25 if body.d_in <= 3 else 0.5
    assert (points.min(axis=0) < low + reach * (high - low)).all()
    assert (points.max(axis=0) > high - reach * (high - low)).all()


@each_body
def test_samples_are_even(body):
    """Cells of a grid over the bounding box are hit as often as evenly rejected points hit them."""
    low, high = body.bounding_box
    rng = np.random.default_rng(1)
    by_rejection = rng.uniform(low, high, (200_000, body.d_in))
    by_rejection = by_rejection[body.contains(by_rejection)][:20_000]
    points = body.sample(len(by_rejection), seed=2)
    shown = slice(0, min(body.d_in, 2))

    def histogram(x):
        cell = (4 * (x - low) / (high - low))[:, shown].clip(0, 3.999).astype(int)
        return np.bincount(cell @ np.array([4, 1])[shown], minlength=16)

    counts = np.array([histogram(by_rejection), histogram(points)])
    counts = counts[:, counts.min(axis=0) > 5]
    together = counts.sum(axis=0)
    assert chisquare(counts[1], together * counts[1].sum() / together.sum(), ddof=0).pvalue > 1e-7


@each_body
def test_the_convex_hull_of_many_points_approaches_the_hull_volume(body):
    if body.d_in == 1:
        assert np.ptp(body.sample(20_000, 0)) <= body.hull_volume
        return
    hull = ConvexHull(body.sample(40_000 if body.d_in <= 3 else 4000, seed=0)).volume
    assert hull <= body.hull_volume * (1 + 1e-9)
    assert hull > {2: 0.985, 3: 0.97, 4: 0.6, 5: 0.6}[body.d_in] * body.hull_volume
    assert body.hull_volume >= body.volume * (1 - 1e-12)


def test_the_two_moons_do_not_touch_and_their_hulls_overlap():
    moons = TwoMoons(0.5)
    grid = np.stack(np.meshgrid(np.linspace(-1.3, 2.3, 361), np.linspace(-0.8, 1.3, 211)), axis=-1).reshape(
        -1, 2
    )
    upper, lower = grid[moons.upper.contains(grid)], grid[moons.lower.contains(grid)]
    assert cKDTree(upper).query(lower)[0].min() > 0.1
    side = ConvexHull(upper).equations
    assert (side[:, :2] @ lower.T + side[:, 2:] <= 0).all(axis=0).any()


@given(st.integers(1, 12), st.floats(0.1, 3))
def test_ball_volumes_obey_their_recursion(d, radius):
    # V_{d+2}(r) = V_d(r)·2πr²/(d + 2)
    assert ball_volume(d + 2, radius) == pytest.approx(
        ball_volume(d, radius) * 2 * np.pi * radius**2 / (d + 2)
    )


def test_a_point_has_volume_one_and_an_empty_ball_none():
    assert ball_volume(0) == 1
    assert ball_volume(3, 0.0) == 0


def test_borders_belong_to_the_body():
    assert Ball((0.0, 0.0), 1.0).contains([[1.0, 0.0], [1.0 + 1e-9, 0.0]]).tolist() == [True, False]
    assert Box((0.0,), (1.0,)).contains([[0.0], [1.0], [1.0 + 1e-9]]).tolist() == [True, True, False]
    assert LShape(1.0, 0.5).contains([[0.5, 0.9], [0.9, 0.5], [0.51, 0.51]]).tolist() == [True, True, False]
    assert Annulus((0.0, 0.0), 0.5, 1.0).contains([[0.5, 0.0], [0.4, 0.0]]).tolist() == [True, False]
    assert Polytope.regular(5).contains(Polytope.regular(5).vertices).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 4), st.integers(0, 10**6))
def test_a_polytope_contains_the_averages_of_its_vertices(d, seed):
    rng = np.random.default_rng(seed)
    body = Polytope(tuple(map(tuple, rng.standard_normal((d + 4, d)))))
    share = rng.dirichlet(np.ones(d + 4), size=20)
    assert body.contains(share @ np.asarray(body.vertices)).all()
    far = np.asarray(body.vertices).mean(axis=0) + 100.0
    assert not body.contains(far[None])[0]


@each_body
def test_a_seed_fixes_the_sample(body):
    np.testing.assert_array_equal(body.sample(7, 3), body.sample(7, 3))
    assert not np.array_equal(body.sample(7, 3), body.sample(7, 4))
    rng = np.random.default_rng(0)
    assert not np.array_equal(body.sample(7, rng), body.sample(7, rng))
    assert body.sample(0, 0).shape == (0, body.d_in)


@each_body
def test_malformed_points_and_numbers_are_refused(body):
    for points in (np.zeros(body.d_in), np.zeros((3, body.d_in + 1)), np.full((2, body.d_in), np.nan)):
        with pytest.raises(InputError, match="points"):
            body.contains(points)
    with pytest.raises(InputError, match="n is"):
        body.sample(-1, 0)
    with pytest.raises(InputError, match="seed"):
        body.sample(1, -1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Ball((), 1.0),
        lambda: Ball((0.0,), 0.0),
        lambda: Ball((np.inf,), 1.0),
        lambda: Box((0.0,), (0.0,)),
        lambda: Box((0.0,), (1.0, 1.0)),
        lambda: LShape(0.0, 0.0),
        lambda: LShape(1.0, 1.0),
        lambda: LShape(1.0, 0.5, dimension=1),
        lambda: Annulus((0.0, 0.0), 1.0, 1.0),
        lambda: Annulus((0.0, 0.0), -0.1, 1.0),
        lambda: Polytope(()),
        lambda: Polytope(((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))),
        lambda: Polytope(((0.0, 0.0), (1.0, 1.0))),
        lambda: Polytope(((0.0, 0.0), (1.0,))),
        lambda: Polytope(((0.0, np.nan), (1.0, 0.0), (0.0, 1.0))),
        lambda: Polytope.regular(2),
        lambda: Polytope.regular(5, 0.0),
        lambda: HalfMoon((0.0,), 0.1, 0.2),
        lambda: HalfMoon((0.0, 0.0), 0.2, 0.1),
        lambda: TwoMoons(0.0),
        lambda: TwoMoons(0.6),
        lambda: TwoBalls(1.0, 1.0),
        lambda: TwoBalls(3.0, 0.0),
        lambda: TwoBalls(3.0, 1.0, dimension=0),
        lambda: ball_volume(-1),
    ],
)
def test_what_is_no_body_is_refused(make):
    with pytest.raises(InputError, match=":"):
        make()


def test_concepts_over_a_box_are_the_bodies():
    square = Box((-2.0, -2.0), (2.0, 2.0))
    regions = {"disk": Ball((0.0, 0.0), 1.5), "core": Ball((0.0, 0.0), 0.5), "L": LShape(1.5, 0.5)}
    sample = body_concepts(regions, 50_000, seed=0, ambient=square, parents=[None, "disk", None])
    assert sample.concepts.names == ("disk", "core", "L")
    assert sample.concepts.parents.tolist() == [-1, 0, -1]
    for name, body in regions.items():
        p = body.volume / square.volume
        assert 1e-6 < binom.cdf(len(sample.concepts.extent(name)), 50_000, p) < 1 - 1e-6
        np.testing.assert_array_equal(
            sample.concepts.extent(name), np.flatnonzero(body.contains(sample.points))
        )


def test_the_box_is_wider_than_the_bodies_unless_given():
    sample = body_concepts({"box": Box((0.0, 0.0), (4.0, 8.0))}, 10, seed=0)
    assert (sample.ambient.low, sample.ambient.high) == ((-1.0, -2.0), (5.0, 10.0))


@pytest.mark.parametrize(
    "arguments",
    [
        ({}, 10, 0),
        ([Ball()], 10, 0),
        ({"a": 3}, 10, 0),
        ({"a": Ball(), "b": Ball((0.0,))}, 10, 0),
        ({"a": Ball()}, -1, 0),
        ({"a": Ball()}, 10, -1),
    ],
)
def test_regions_that_do_not_fit_are_refused(arguments):
    with pytest.raises(InputError, match=":"):
        body_concepts(*arguments)
