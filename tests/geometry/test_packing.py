"""Between the packing and the best neuron found lies the fewest errors, counted by trying every subset."""

from __future__ import annotations

import numpy as np
import pytest

from saelib.errors import InputError
from saelib.geometry import Neuron, hinge_neuron, packing, packing_bound, separate


def fewest_errors(inside: np.ndarray, outside: np.ndarray) -> int:
    """Least |θ△C| over all dichotomies that a neuron can make."""
    points = np.concatenate([inside, outside])
    label = np.arange(len(points)) < len(inside)
    least = min(len(inside), len(outside))  # fires nowhere, or everywhere
    for bits in range(1, 2 ** len(points) - 1):
        fires = (bits >> np.arange(len(points))) % 2 == 1
        errors = int((fires != label).sum())
        if errors < least and separate(points[fires], points[~fires]).separable:
            least = errors
    return least


@pytest.mark.parametrize("d", [1, 2])
def test_errors_lie_between_packing_and_hinge(d: int) -> None:
    rng = np.random.default_rng(d)
    closed = 0
    for _ in range(12):
        points = rng.normal(size=(8, d))
        inside, outside = points[:4], points[4:]
        low, high = packing_bound(inside, outside), hinge_neuron(inside, outside).n_errors
        truth = fewest_errors(inside, outside)
        assert low <= truth <= high
        closed += low == high
    assert closed >= 8


def test_certificates_of_a_packing_are_disjoint_and_hold() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(300, 3))
    label = (points[:, 0] > 0) ^ (rng.random(300) < 0.1)
    inside, outside = points[label], points[~label]
    found = packing(inside, outside)
    assert len(found) >= 5
    for rows in ([c.inside_rows for c in found], [c.outside_rows for c in found]):
        used = np.concatenate(rows)
        assert len(used) == len(set(used.tolist()))
    assert all(certificate.verify(inside, outside) for certificate in found)
    assert len(packing(inside, outside, limit=2)) == 2
    assert packing(inside, outside, limit=0) == []


def test_separable_sets_have_no_packing_and_no_errors() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(200, 4))
    label = points[:, 0] > 0.3
    assert packing_bound(points[label], points[~label]) == 0
    assert hinge_neuron(points[label], points[~label]).n_errors == 0


def test_malformed_options_are_named() -> None:
    with pytest.raises(InputError, match="limit is -1"):
        packing([[0.0]], [[1.0]], limit=-1)
    with pytest.raises(InputError, match="patience is 0"):
        packing_bound([[0.0]], [[1.0]], patience=0)
    with pytest.raises(InputError, match="neuron has d_in 2"):
        packing([[0.0]], [[1.0]], neuron=Neuron([1.0, 0.0], 0.0))
    with pytest.raises(InputError, match="outside"):
        packing([[0.0]], [[0.0]])
