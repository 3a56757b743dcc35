"""The neuron found errs where it is said to, and little."""

from __future__ import annotations

import numpy as np
import pytest

from saelib.errors import InputError
from saelib.geometry import hinge_neuron


def test_errors_are_those_of_firing() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(400, 5))
    label = (points[:, 0] > 0) ^ (rng.random(400) < 0.1)
    found = hinge_neuron(points[label], points[~label])
    assert found.missed == int((~found.neuron.fires(points[label])).sum())
    assert found.leaked == int(found.neuron.fires(points[~label]).sum())
    assert found.n_errors == found.missed + found.leaked == len(found.missed_rows) + len(found.leaked_rows)
    assert found.n_errors <= (label != (points[:, 0] > 0)).sum()


def test_a_hopeless_concept_costs_no_more_than_silence() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(300, 2))
    order = np.argsort((points**2).sum(axis=1))
    inside, outside = points[order[:10]], points[order[10:]]
    assert hinge_neuron(inside, outside).n_errors <= 10


def test_flipped_labels_of_a_thousand_points_are_found_again() -> None:
    rng = np.random.default_rng(2)
    points = rng.normal(size=(3000, 8))
    flipped = rng.random(3000) < 0.02
    label = (points[:, 0] + points[:, 1] > 1) ^ flipped
    assert hinge_neuron(points[label], points[~label]).n_errors <= flipped.sum() + 5


def test_malformed_input_is_named() -> None:
    with pytest.raises(InputError, match="polish is -1"):
        hinge_neuron([[0.0]], [[1.0]], polish=-1)
    with pytest.raises(InputError, match="inside is empty"):
        hinge_neuron(np.zeros((0, 1)), [[1.0]])
