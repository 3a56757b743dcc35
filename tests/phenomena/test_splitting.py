from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError
from saelib.phenomena import planted, splitting


def concepts(sizes: tuple[int, ...] = (60, 40)) -> ConceptSet:
    held = np.zeros((sum(sizes) + 10, len(sizes)), dtype=bool)
    start = 0
    for i, size in enumerate(sizes):
        held[start : start + size, i] = True
        start += size
    return ConceptSet(held, names=[f"c{i}" for i in range(len(sizes))])


def test_a_faithful_dictionary_splits_nothing() -> None:
    found = splitting(planted(concepts()), concepts(), progress=False)
    assert found.at_most.tolist() == [1, 1]
    assert (found.status == "exact").all()
    assert not found.split.any()
    assert (found.overlap == 0).all()
    assert (found.largest_recall == 1).all()


@pytest.mark.parametrize("parts", [2, 3, 5, 12])
def test_the_planted_number_of_parts_comes_back(parts: int) -> None:
    dictionary = planted(concepts(), split={"c0": parts}, rng=np.random.default_rng(0))
    row = splitting(dictionary, concepts(), eta=0.0, progress=False).iloc[0]
    assert (row.status, row.at_least, row.at_most) == ("exact", parts, parts)
    assert row.largest_recall == 60 / parts / 60
    assert row.overlap == 0
    assert row.split


def test_a_looser_tolerance_needs_fewer_parts() -> None:
    dictionary = planted(concepts(), split={"c0": 6})
    numbers = [splitting(dictionary, concepts(), eta, progress=False).at_most[0] for eta in (0, 0.2, 0.4)]
    assert numbers == [6, 5, 4]  # 50/60 and 40/60 of the concept are enough


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_against_all_sets_of_neurons(seed: int) -> None:
    rng = np.random.default_rng(seed)
    active, held = rng.random((14, 5)) < 0.35, rng.random((14, 1)) < 0.5
    held[0] = True
    best = None
    for k in range(1, 6):
        for chosen in combinations(range(5), k):
            union = active[:, chosen].any(axis=1)
            if (union & held[:, 0]).sum() / (union | held[:, 0]).sum() >= 0.6 - 1e-12:
                best = best or k
    row = splitting(ActivationSets(active), ConceptSet(held), eta=0.4, progress=False).iloc[0]
    if best is None:
        assert row.status == "impossible"
        assert row.at_most is pd.NA
        assert row.neurons == ()
    else:
        assert (row.status, row.at_most) == ("exact", best)
        fires = active[:, list(row.neurons)]
        assert row.overlap == pytest.approx((fires.sum(axis=1) > 1).sum() / fires.any(axis=1).sum())


def test_other_points_are_refused() -> None:
    with pytest.raises(InputError, match="concepts covers 110 points and activations 3"):
        splitting(ActivationSets(np.eye(3, dtype=bool)), concepts(), progress=False)
    with pytest.raises(InputError, match="eta is 1"):
        splitting(planted(concepts()), concepts(), 1, progress=False)
