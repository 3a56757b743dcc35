from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.study.cosines_and_sets import CORNERS, agreement, corners


def test_the_four_corners_and_what_is_unavailable() -> None:
    frame = pd.DataFrame(
        {"matched_cosine": [0.7, 0.7, 0.69, 0.0, None], "matched_jaccard": [0.5, 0.49, 0.5, 0.0, 0.9]}
    ).astype("Float64")
    found = corners(frame, 0.7, 0.5)
    assert found.tolist()[:4] == list(CORNERS)
    assert found.isna().tolist() == [False] * 4 + [True]


@given(st.lists(st.integers(0, 3), min_size=3, max_size=7), st.integers(0, 100))
def test_tau_counts_pairs_in_the_same_and_in_the_other_order(values: list[int], seed: int) -> None:
    other = np.random.default_rng(seed).integers(0, 4, len(values))
    found = agreement(pd.DataFrame({"seed": 0, "a": values, "b": other}), ["a", "b"]).tau
    signs = [
        (np.sign(values[i] - values[j]), np.sign(other[i] - other[j]))
        for i, j in combinations(range(len(values)), 2)
    ]
    apart = sum(a != 0 for a, _ in signs) * sum(b != 0 for _, b in signs)
    if apart == 0:
        assert found.isna().all()
    else:
        assert found.astype(float).tolist() == pytest.approx([sum(a * b for a, b in signs) / apart**0.5] * 2)


def test_every_seed_is_ranked_apart() -> None:
    frame = pd.DataFrame({"seed": [0, 0, 1, 1], "a": [1, 2, 2, 1], "b": [1, 2, 1, 2], "c": [0, 9, 0, 9]})
    found = agreement(frame, ["a", "b", "c"])
    assert len(found) == 2 * 6
    assert found[(found["first"] == "a") & (found.second == "b")].tau.tolist() == [1.0, -1.0]


def test_malformed_input_is_refused() -> None:
    frame = pd.DataFrame({"seed": [0], "a": [1.0]})
    with pytest.raises(InputError, match="measures are"):
        agreement(frame, ["a"])
    with pytest.raises(InputError, match="frame has no column 'b'"):
        agreement(frame, ["a", "b"])
    with pytest.raises(InputError, match="cosine is 2"):
        corners(frame, 2, 0.5)
    with pytest.raises(InputError, match="matched_cosine"):
        corners(frame, 0.7, 0.5)
