"""The other test of the hull, the instances it is used on, and that both would notice an error."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import Delaunay

from saelib.errors import InputError
from saelib.geometry import Cut, Neuron, trials_of_units
from saelib.geometry.trials_of_units import (
    UNIT_TRIALS,
    hull_members,
    try_existence,
    try_least,
    unit_trial,
)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_members_of_the_hull_are_those_of_its_triangulation(d):
    rng = np.random.default_rng(d)
    inside, points = rng.integers(-9, 10, (12, d)), rng.integers(-9, 10, (200, d))
    np.testing.assert_array_equal(hull_members(inside, points), Delaunay(inside).find_simplex(points) >= 0)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_border_belongs_to_the_hull_and_a_step_off_it_does_not(d):
    corners = np.vstack([np.zeros((1, d), np.int64), 4 * np.eye(d, dtype=np.int64)])
    assert hull_members(corners, corners).all()
    assert hull_members(corners, 2 * np.eye(d, dtype=np.int64)).all()
    assert not hull_members(corners, 2 * np.eye(d, dtype=np.int64) - np.ones(d, np.int64) * 3).any()


@pytest.mark.parametrize("kind", UNIT_TRIALS)
def test_every_kind_gives_whole_coordinates_and_no_shared_point(kind):
    for d in (1, 2, 4):
        inside, outside = unit_trial(kind, d, np.random.default_rng(d))
        assert inside.dtype == outside.dtype == np.int64
        assert inside.shape[1] == outside.shape[1] == d
        assert not try_existence(inside, outside)["wrong"]


def test_a_unit_that_errs_is_noticed(monkeypatch):
    always = Cut((Neuron([0.0], 1.0),))
    monkeypatch.setattr(trials_of_units, "cut", lambda *_: always)
    assert try_existence(np.array([[0]]), np.array([[1]]))["wrong"]
    assert try_least([[0.0]], [[1.0], [-1.0]])["violated"]


def test_no_unit_leaves_nothing_to_count():
    assert try_least([[0.0], [2.0]], [[1.0]]) is None


def test_malformed_trials_are_refused():
    with pytest.raises(InputError, match=r"^inside has shape"):
        hull_members([[0.5]], [[1]])
    with pytest.raises(InputError, match=r"^points has shape"):
        hull_members([[1]], [1])
    with pytest.raises(InputError, match=r"^kind is 'easy'"):
        unit_trial("easy", 2, np.random.default_rng(0))
