"""Gaussian clusters and shells."""

import numpy as np
import pytest
from scipy.stats import binom, chi, kstest

from saelib import InputError
from saelib.data.synthetic import Blob, Shell, clusters, collinear, core_and_shell, nested, scattered


@pytest.mark.parametrize("rank", [0, 1, 3, 6])
def test_a_cluster_has_its_intrinsic_dimension(rank):
    sample = clusters([Blob((1.0,) * 6, std=0.5, rank=rank)], 2000, seed=0)
    spread = np.linalg.svd(sample.points - sample.points.mean(axis=0), compute_uv=False) / np.sqrt(2000)
    np.testing.assert_allclose(spread[:rank], 0.5, rtol=0.1)
    np.testing.assert_allclose(spread[rank:], 0, atol=1e-5)
    assert sample.bases[0].shape == (rank, 6)
    np.testing.assert_allclose(sample.bases[0] @ sample.bases[0].T, np.eye(rank), atol=1e-12)
    np.testing.assert_allclose(sample.points.mean(axis=0), 1.0, atol=0.06)


def test_distances_from_the_centre_follow_the_chi_law():
    points = clusters([Blob((0.0,) * 5, rank=3)], 5000, seed=0).points
    assert kstest(np.linalg.norm(points, axis=1), chi(3).cdf).pvalue > 1e-4


def test_a_shell_is_hollow():
    points = clusters([Shell((0.0, 0.0, 0.0), radius=2.0, thickness=0.0, rank=2)], 1000, seed=0).points
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 2.0, rtol=1e-5)
    assert np.linalg.matrix_rank(points.astype(float), tol=1e-3) == 2
    assert np.abs(points.mean(axis=0)).max() < 0.2


def test_points_pick_their_cluster_by_weight():
    sample = clusters([Blob((0.0,), weight=1.0), Blob((9.0,), weight=3.0)], 10_000, seed=0)
    assert 1e-6 < binom.cdf(sample.concepts.sizes[1], 10_000, 0.75) < 1 - 1e-6
    assert sample.concepts.sizes.sum() == 10_000


def test_collinear_centres_lie_on_a_line_at_equal_distances():
    centres = np.array([b.centre for b in collinear(4, 3, spacing=2.0)])
    np.testing.assert_allclose(centres, [[-3, 0, 0], [-1, 0, 0], [1, 0, 0], [3, 0, 0]])


def test_nested_concepts_contain_one_another():
    sample = clusters(nested(3), 3000, seed=0)
    outer, middle, inner = (set(sample.concepts.extent(i).tolist()) for i in range(3))
    assert inner < middle < outer == set(range(3000))
    assert sample.concepts.parents.tolist() == [-1, 0, 1]
    assert np.bincount(sample.labels).tolist() == [len(outer - middle), len(middle - inner), len(inner)]


def test_a_shell_surrounds_its_core():
    sample = clusters(core_and_shell(4), 2000, seed=0)
    distance = np.linalg.norm(sample.points, axis=1)
    assert distance[sample.labels == 0].max() < distance[sample.labels == 1].min()
    assert not np.intersect1d(sample.concepts.extent("core"), sample.concepts.extent("shell")).size


def test_scattered_centres_have_the_stated_typical_norm():
    centres = np.array([b.centre for b in scattered(4000, 8, distance=3.0)])
    assert np.sqrt((centres**2).sum(axis=1).mean()) == pytest.approx(3.0, rel=0.02)


def test_seeds_move_points_and_world_seeds_subspaces():
    parts = [Blob((0.0,) * 4, rank=2)]
    a, b, c = clusters(parts, 50, 0), clusters(parts, 50, 0), clusters(parts, 50, 1)
    np.testing.assert_array_equal(a.points, b.points)
    assert not np.array_equal(a.points, c.points)
    np.testing.assert_array_equal(a.bases[0], c.bases[0])
    assert not np.allclose(a.bases[0], clusters(parts, 50, 0, world_seed=1).bases[0])


def test_noise_fills_the_missing_dimensions():
    points = clusters([Blob((0.0, 0.0), std=0.0)], 5000, seed=0, noise=0.3).points
    np.testing.assert_allclose(points.std(axis=0), 0.3, rtol=0.05)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Blob((0.0,), std=-1.0),
        lambda: Blob(()),
        lambda: Blob((np.nan,)),
        lambda: Blob((0.0,), rank=2),
        lambda: Blob((0.0,), rank=-1),
        lambda: Blob((0.0,), weight=0.0),
        lambda: Shell((0.0,), radius=0.0),
        lambda: Shell((0.0,), thickness=-0.1),
        lambda: Shell((0.0,), rank=0),
        lambda: clusters([], 10, 0),
        lambda: clusters(["blob"], 10, 0),
        lambda: clusters([Blob((0.0,)), Blob((0.0, 0.0))], 10, 0),
        lambda: clusters([Blob((0.0,), name="a"), Blob((0.0,), name="a")], 10, 0),
        lambda: clusters([Blob((0.0,), inside="b")], 10, 0),
        lambda: clusters([Blob((0.0,), name="a", inside="b"), Blob((0.0,), name="b", inside="a")], 10, 0),
        lambda: clusters([Blob((0.0,))], -1, 0),
        lambda: clusters([Blob((0.0,))], 10, -1),
        lambda: clusters([Blob((0.0,))], 10, 0, noise=-1.0),
        lambda: clusters([Blob((0.0,))], 10, 0, world_seed=-1),
        lambda: collinear(0),
        lambda: collinear(3, spacing=-1.0),
        lambda: scattered(3, 0),
        lambda: scattered(3, 2, distance=-1.0),
        lambda: scattered(3, 2, world_seed=-1),
        lambda: core_and_shell(0),
        lambda: nested(0),
        lambda: nested(stds=()),
    ],
)
def test_what_is_no_cluster_is_refused(make):
    with pytest.raises(InputError, match=":"):
        make()
