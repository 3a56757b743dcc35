"""Points of a forest drawn on the fly are those of the whole sample."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import InputError
from saelib.data.synthetic import ForestConfig, concept_forest, forest_stream, synth_sae_bench

SMALL = ForestConfig(d_in=6, branching=(3, 2), noise=0.1)


@given(n_points=st.integers(0, 9000), chunk_size=st.integers(1, 6000), seed=st.integers(0, 50))
@settings(max_examples=20, deadline=None)
def test_the_chunks_are_the_sample_whatever_their_length(n_points: int, chunk_size: int, seed: int) -> None:
    chunks = list(forest_stream(SMALL, n_points, seed, chunk_size=chunk_size))
    assert all(0 < len(chunk) <= chunk_size for chunk in chunks)
    together = np.concatenate([np.empty((0, 6), np.float32), *chunks])
    assert np.array_equal(together, concept_forest(SMALL, n_points, seed).points)


def test_the_recipe_streams_too_and_a_seed_gives_other_points_of_the_same_world() -> None:
    config = synth_sae_bench(256, 32)
    (first,), (other,) = (list(forest_stream(config, 4096, seed)) for seed in (0, 1))
    assert np.array_equal(first, concept_forest(config, 4096, 0).points)
    assert not np.array_equal(first, other)
    assert np.linalg.norm(first.mean(0) - other.mean(0)) < 0.2


def test_a_long_stream_takes_the_memory_of_a_short_one() -> None:
    def peak(n_points: int) -> int:
        tracemalloc.start()
        for _ in forest_stream(SMALL, n_points, 0):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40 * 4096) < 1.5 * peak(4 * 4096)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"config": "forest"}, "config"),
        ({"n_points": -1}, "n_points"),
        ({"seed": 1.5}, "seed"),
        ({"chunk_size": 0}, "chunk_size"),
    ],
)
def test_what_is_out_of_range_is_refused_at_the_call(change: dict, named: str) -> None:
    with pytest.raises(InputError, match=named):
        forest_stream(**({"config": SMALL, "n_points": 5, "seed": 0} | change))
