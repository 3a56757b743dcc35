"""The sweep on one neuron or several: complete tables, the order of the readers, the same when run again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from saelib.study import plan
from saelib.study.settings.one_or_several import OneOrSeveral
from saelib.study.sweeps import one_or_several as sweep

TINY = OneOrSeveral(
    sizes=(16,),
    budgets=(3,),
    l1_coefficients=(0.1,),
    seeds=(3,),
    steps=20,
    n_train=600,
    n_fit=300,
    n_test=200,
    few_per_level=1,
    few_neurons=(1, 2),
    gap_per_level=1,
    n_gap_points=80,
    largest=1_500,
)
RUN = ["gate", "d_sae", "rank", "seed", "dictionary"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


def test_all_tables_are_there_and_complete(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["one_or_several"].tables)
    whole = tables["one_or_several"]
    assert len(whole) == 2 * 1 * 2 * 96
    assert whole.groupby(RUN).concept.nunique().eq(96).all()
    known = whole.drop(columns="explained_variance")
    assert not known.isna().any(axis=None)
    assert whole.explained_variance.isna().equals(whole.dictionary == "random")


def test_on_the_points_chosen_on_no_reader_is_worse_than_a_simpler_one(
    tables: dict[str, pd.DataFrame],
) -> None:
    whole = tables["one_or_several"]
    for prefix in ("", "errors_"):
        single, unit, boolean = (whole[f"{prefix}{reader}_fit"] for reader in ("single", "unit", "boolean"))
        assert (single >= unit).all()
        assert (unit >= boolean).all()


def test_errors_count_points_and_distances_are_shares(tables: dict[str, pd.DataFrame]) -> None:
    whole = tables["one_or_several"]
    assert (whole.errors_single <= whole.n_points).all()
    # Whatever is silent errs on the whole concept, so no reader chosen for few errors errs on more of it.
    assert (whole.errors_boolean_fit <= whole.size_fit).all()
    assert whole[["single", "unit", "boolean"]].to_numpy().min() >= 0
    assert whole[["single", "unit", "boolean"]].to_numpy().max() <= 1
    assert ((whole.unit_kind == "one") == (whole.unit_neurons == 1)).all()


def test_a_random_dictionary_fires_as_often_as_its_trained_one(tables: dict[str, pd.DataFrame]) -> None:
    l0 = tables["one_or_several"].pivot_table(index=RUN[:-1], columns="dictionary", values="l0")
    assert np.allclose(l0.trained.astype(float), l0.random.astype(float), rtol=0.1)


def test_gap_rows_bracket_one_best_value(tables: dict[str, pd.DataFrame]) -> None:
    gaps = tables["one_or_several_gaps"]
    assert (gaps.bound <= gaps.value + 1e-12).all()
    one = ["gate", "d_sae", "rank", "seed", "concept", "kind"]
    values = gaps.pivot_table(index=one, columns="search", values="value", aggfunc="first")
    bounds = gaps.pivot_table(index=one, columns="search", values="bound", aggfunc="first")
    assert (values.exact <= values.greedy).all()
    assert (bounds.max(axis=1) <= values.min(axis=1) + 1e-9).all()


def test_points_are_read_once_a_seed_and_each_few_neurons_in_two_ways(
    tables: dict[str, pd.DataFrame],
) -> None:
    few = tables["one_or_several_few"]
    assert (few.dictionary == "points").sum() == 3
    assert len(few[few.dictionary != "points"]) == 2 * 2 * 3 * 2 * 2


def test_a_cell_is_the_same_whenever_it_is_run(tables: dict[str, pd.DataFrame]) -> None:
    again = sweep.gather([sweep.run_cell(TINY, "TopK-16-3")])
    for name, frame in again.items():
        before = tables[name]
        before = before[(before.gate == "TopK")].reset_index(drop=True)
        pd.testing.assert_frame_equal(frame, before)
