"""T6d: clusters between two others: no neuron has them, a Top-1 neuron does, and samples can deceive."""

from __future__ import annotations

import numpy as np
import pytest

from saelib.errors import InputError
from saelib.geometry.gating import TopOneFamily, top_one_family
from saelib.geometry.gating.middles import gaussian_middles, middle_clusters, middle_trials
from saelib.geometry.separation import separate


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_middles_are_midpoints_also_in_single_precision():
    points, labels = middle_clusters(4, 6, 30, 0.1, rng())
    narrow = points.astype(np.float32)
    assert (narrow == points).all()
    for line in range(4):
        ends = narrow[labels == 2 * line] + narrow[labels == 2 * line + 1]
        assert (narrow[labels == 8 + line] * 2 == ends).all()


def test_no_half_space_has_a_jaccard_index_above_one_half_with_a_middle_cluster():
    points, labels = middle_clusters(2, 3, 40, 0.2, rng(1))
    random = rng(2)
    best = 0.0
    for _ in range(4000):
        heights = points @ random.standard_normal(3)
        active = heights > random.choice(heights)
        middle = labels == 4
        best = max(best, (active & middle).sum() / (active | middle).sum())
    assert 0.3 < best <= 0.5


def test_the_ceiling_of_one_half_is_attained_by_the_middle_and_one_end():
    points, labels = middle_clusters(1, 2, 25, 0.01, rng(3))
    one = separate(points[labels != 0], points[labels == 0])
    active = one.neuron.fires(points)
    middle = labels == 2
    assert (active & middle).sum() / (active | middle).sum() == 0.5


def test_a_top_1_dictionary_has_the_middles_that_no_neuron_can_have():
    points, labels = middle_clusters(3, 4, 12, 0.02, rng(4))
    assert isinstance(top_one_family(points, labels), TopOneFamily)
    for middle in (6, 7, 8):
        assert separate(points[labels == middle], points[labels != middle]).separable is False


def test_symmetric_middles_are_never_separable():
    frame = middle_trials(200, rng(5))
    assert frame.instances.sum() >= 200
    assert frame.separable.sum() == frame.undecided.sum() == 0


def test_samples_of_few_points_in_many_dimensions_are_separable_and_large_ones_not():
    frame = gaussian_middles(16, [4, 120], 20, 6.0, rng(6))
    assert frame.separable.tolist() == [20, 0]
    assert frame.bound.tolist()[0] == 1.0
    assert frame.bound.tolist()[1] < 1e-6


def test_in_one_dimension_the_bound_is_the_chance_that_a_centre_is_not_straddled():
    frame = gaussian_middles(1, [3], 5, 6.0, rng(7))
    assert frame.bound[0] == pytest.approx(1 - (1 - 0.25) ** 3)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: middle_clusters(0, 2, 3, 0.1, rng()), "n_lines is 0"),
        (lambda: middle_clusters(1, 2.0, 3, 0.1, rng()), "d_in is 2.0"),
        (lambda: middle_clusters(1, 2, True, 0.1, rng()), "n_each is True"),
        (lambda: middle_clusters(1, 2, 3, -0.1, rng()), "spread is -0.1"),
        (lambda: middle_trials(0, rng()), "n_instances is 0"),
        (lambda: gaussian_middles(2, [0], 1, 6.0, rng()), "sizes is 0"),
        (lambda: gaussian_middles(2, [3], 0, 6.0, rng()), "n_trials is 0"),
    ],
)
def test_what_cannot_be_used_is_named(ask, says):
    with pytest.raises(InputError, match=says):
        ask()
