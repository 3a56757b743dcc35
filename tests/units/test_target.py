"""Counting who fires on some points: by hand for few, through the matrix for many, the same either way."""

import numpy as np
from scipy import sparse

from saelib import ActivationSets
from saelib.units.target import fired


def test_few_and_many_points_are_counted_alike():
    rng = np.random.default_rng(0)
    active = rng.random((3_000, 7)) < rng.random(7) * 0.4
    activations = ActivationSets(sparse.csr_array(active))
    for how_many in (0, 1, 2, 999, 1_000, 1_001, 3_000):
        points = np.sort(rng.choice(3_000, how_many, replace=False))
        found = fired(activations, points)
        assert found.dtype == np.int64
        assert found.tolist() == active[points].sum(axis=0).tolist()
