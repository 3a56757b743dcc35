"""The sweep on absorption: what its tables hold, and that they can be checked against one another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from saelib.study import plan
from saelib.study.settings.absorption import Absorption
from saelib.study.sweeps import absorption as sweep

TINY = Absorption(
    d_sae=96,
    budgets=(1, 8),
    l1_coefficients=(0.3,),
    seeds=(0,),
    n_train=2_000,
    n_test=1_500,
    n_probe=1_200,
    steps=25,
    probed=1,
    two_points=30,
    two_penalties=(0.2,),
    two_steps=300,
)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


def test_all_tables_are_there(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["absorption"].tables)
    assert len(tables["absorption"]) == 3
    assert len(tables["absorption_edges"]) == 3 * 90
    # one root with 3 children and one of the next level with 4: each the whole concept, then its edges
    assert len(tables["absorption_published"]) == 3 * (1 + 3 + 1 + 4)
    assert len(tables["absorption_descents"]) == 2


def test_means_are_those_of_the_edges(tables: dict[str, pd.DataFrame]) -> None:
    edges = tables["absorption_edges"]
    for row in tables["absorption"].itertuples():
        own = edges[(edges.gate == row.gate) & (edges["rank"] == row.rank)]
        for name in ("rate", "null", "gap", "implication"):
            assert getattr(row, name) == pytest.approx(own[name].dropna().astype(float).mean())
        assert row.absorbed_mass == pytest.approx(own.n_absorbed.sum() / TINY.n_test)


def test_nothing_beats_the_budget_and_what_is_absorbed_is_missed(tables: dict[str, pd.DataFrame]) -> None:
    saes = tables["absorption"]
    assert (saes.violations == 0).all()
    assert (saes.least_missed <= saes.missed_mass).all()
    assert (saes.floor <= saes.least_missed).all()
    assert (saes.absorbed_mass <= saes.missed_mass).all()


def test_no_neuron_stands_for_two_concepts(tables: dict[str, pd.DataFrame]) -> None:
    for _, own in tables["absorption_edges"].groupby(["gate", "rank"]):
        neurons = own.drop_duplicates("child").child_neuron
        assert neurons[neurons >= 0].is_unique


def test_the_descent_from_constant_amplitudes_ends_where_the_closed_form_says(
    tables: dict[str, pd.DataFrame],
) -> None:
    constant, varying = (
        tables["absorption_descents"].set_index("law").loc[law] for law in ("constant", "varying")
    )
    assert constant.descended == pytest.approx(constant.least, abs=1e-3)
    assert (constant.rate, constant.predicted_rate) == (1.0, 1.0)
    assert varying.least < varying.descended < varying.faithful
    assert np.abs(varying.ratio - varying.predicted_ratio) < 0.2


def test_a_cell_is_the_same_whenever_it_is_run(tables: dict[str, pd.DataFrame]) -> None:
    again = sweep.run_cell(TINY, "ReLU-0")["absorption"]
    first = tables["absorption"]
    pd.testing.assert_frame_equal(first[first.gate == "ReLU"].reset_index(drop=True), again)
