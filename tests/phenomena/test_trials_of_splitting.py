"""The attempts to refute T8, and that they would notice a refutation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from saelib import ConceptSet, InputError
from saelib.phenomena import (
    gap_of_halves,
    price_of_margin,
    trials_of_splitting,
    try_planted_splits,
    try_splitting_bound,
    try_splitting_number,
)

FOREST = ConceptSet(
    np.column_stack([np.arange(40) < 30, np.arange(40) < 12, np.arange(40) >= 30]),
    names=["animal", "dog", "plant"],
    parents=[-1, 0, -1],
)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_searches_agree_with_brute_force() -> None:
    found = try_splitting_number(60, rng())
    assert not found.wrong.any()
    assert found.brute.isna().any()
    assert (found.brute > 1).any()
    known = found.dropna(subset=["brute", "above"])
    assert (known.below <= known.brute).all()
    assert (known.brute <= known.above).all()


@pytest.mark.parametrize("change", [{"upper": 99}, {"lower": 99}, {"upper": None}])
def test_a_wrong_search_is_found_out(monkeypatch: pytest.MonkeyPatch, change: dict) -> None:
    right = trials_of_splitting.splitting_number
    monkeypatch.setattr(
        trials_of_splitting, "splitting_number", lambda *a, **k: replace(right(*a, **k), **change)
    )
    assert try_splitting_number(20, rng()).wrong.any()


def test_random_parts_do_not_break_the_bound() -> None:
    found = try_splitting_bound(200, rng())
    assert not found.violated.any()
    assert (found.overlap > 0).any()
    assert (found.n_parts > 1).any()


def test_planted_splits_come_back_and_the_faithful_dictionary_has_none() -> None:
    found = try_planted_splits(FOREST, "dog", [1, 2, 5, 12], rng())
    assert found.needed.tolist() == found.flows.tolist() == found.planted.tolist() == [1, 2, 5, 12]
    assert (found[["errors", "bound", "others"]] == 0).all(axis=None)
    assert found.largest.tolist() == [12, 6, 3, 1]


def test_the_disc_has_a_gap_of_its_sample_only() -> None:
    few, many = (gap_of_halves(n, 0.25, rng()) for n in (20, 4_000))
    assert few.concept.tolist() == ["one disc", "two discs"]
    assert many.half_distance[0] < 0.003 < few.half_distance[0]
    assert 0.25 <= many.half_distance[1] < 0.27
    assert not pd.concat([few, many]).violated.any()


def test_a_margin_costs_what_the_area_says() -> None:
    price = price_of_margin([0.0, 0.1, 0.25, 0.5, 0.9], 0.25, 20_000, rng())
    assert (price.left_out - price.exact).abs().max() < 0.02
    disc, pair = (group for _, group in price.groupby("concept"))
    assert (disc.exact >= disc.bound).all()
    assert pair.exact.tolist()[:3] == [0.0, 0.0, 0.0]
    assert pair.left_out.tolist()[:3] == [0.0, 0.0, 0.0]
    assert pair.bound.isna().all()
    # A chord at distance ½ from the middle cuts off 1/3 − √3/(4π) of the disc.
    assert disc.exact.iloc[3] == pytest.approx(1 - 2 * (1 / 3 - np.sqrt(3) / (4 * np.pi)))


@pytest.mark.parametrize("n", [0, -1, 1.5, True])
def test_counts_that_are_none_are_refused(n: object) -> None:
    for attempt in (try_splitting_number, try_splitting_bound):
        with pytest.raises(InputError, match="give a positive integer"):
            attempt(n, rng())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="n_points"):
        gap_of_halves(n, 0.1, rng())  # type: ignore[arg-type]


def test_other_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="name is 'cat'"):
        try_planted_splits(FOREST, "cat", [1])
    with pytest.raises(InputError, match="'animal', which contains 'dog'"):
        try_planted_splits(FOREST, "animal", [2])
    with pytest.raises(InputError, match="give 2 to 12 parts"):
        try_planted_splits(FOREST, "dog", [13])
    with pytest.raises(InputError, match="gap is -1"):
        gap_of_halves(10, -1, rng())
    with pytest.raises(InputError, match="margins"):
        price_of_margin([1.0], 0.1, 10, rng())
