"""The sweep on families and hierarchy: its tables, and what it counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from saelib import ActivationSets, ConceptSet, align
from saelib.phenomena import families, planted
from saelib.study import plan
from saelib.study.frames import read_archive, write_archive
from saelib.study.settings.families import Families
from saelib.study.sweeps import families as sweep

TINY = Families(
    budgets=(1, 3),
    l1_coefficients=(0.6,),
    seeds=(0, 1),
    d_sae=24,
    n_train=1_500,
    n_test=600,
    steps=40,
    tolerances=(0.05, 0.5),
    n_shuffles=2,
)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


def test_all_tables_are_there_and_complete(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["families"].tables)
    assert len(tables["families_saes"]) == 2 * (2 + 1)
    assert len(tables["families_orders"]) == 6 * 2 * 2 * 7
    assert len(tables["families_clusters"]) == 6 * len(TINY.thresholds)
    assert tables["families_found"].seed.unique().tolist() == [0]
    assert tables["families_saes"][["complete", "complete_chance"]].to_numpy().all()


def test_what_is_unavailable_is_so_after_a_way_through_a_file(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    write_archive(tmp_path / "cell.zip", tables)
    saes = read_archive(tmp_path / "cell.zip")["families_saes"]
    assert saes.n_nested_everywhere.isna().equals(saes.gate == "TopK")
    assert str(saes.n_nested_everywhere.dtype) == "Int64"
    assert saes[saes.gate == "ReLU"].n_nested_everywhere.sum() == 0


def test_shares_of_orders_add_up_to_one(tables: dict[str, pd.DataFrame]) -> None:
    total = tables["families_orders"].groupby(["gate", "rank", "seed", "pairs", "tolerance"]).share.sum()
    assert np.allclose(total, 1)


def test_top_one_has_no_families_and_keeps_no_order(tables: dict[str, pd.DataFrame]) -> None:
    saes, orders = tables["families_saes"], tables["families_orders"]
    alone = saes[(saes.gate == "TopK") & (saes.sparsity == 1)]
    assert alone[["families", "in_families"]].to_numpy().max() == 0
    assert alone.on_data.eq(0).all()
    kept = orders[(orders.gate == "TopK") & (orders.sparsity == 1) & (orders.order == "kept")]
    assert kept.share.eq(0).all()


def test_no_budget_is_broken_and_levels_add_up(tables: dict[str, pd.DataFrame]) -> None:
    saes = tables["families_saes"]
    assert saes.t5d_violations.sum() == 0
    missed = saes[[column for column in saes if column.startswith("missed_")]].sum(axis=1)
    assert (missed >= saes.floor - 1e-12).all()


def test_the_table_of_families_agrees_with_the_counts(tables: dict[str, pd.DataFrame]) -> None:
    found, saes = tables["families_found"], tables["families_saes"]
    counted = found.groupby(["gate", "rank"]).size()
    stated = saes[(saes.seed == 0) & (saes.families > 0)].set_index(["gate", "rank"]).families
    assert counted.to_dict() == stated.to_dict()
    assert (found.support >= 3).all()  # 0.5 % of 600 points


def test_a_cell_is_the_same_whenever_it_is_run(tables: dict[str, pd.DataFrame]) -> None:
    again = sweep.gather([sweep.run_cell(TINY, "seed-1") | {"families_found": tables["families_found"]}])
    again, saes = again["families_saes"], tables["families_saes"]
    before = saes[saes.seed == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, before, check_dtype=False)


def test_a_family_on_a_concept_is_explained_by_it() -> None:
    point = np.arange(600)
    concepts = ConceptSet(
        np.column_stack([point < 300, point < 100, (point >= 200) & (point < 400)]),
        names=["animal", "dog", "wild"],
        parents=[-1, 0, -1],
    )
    activations = planted(concepts)
    names, targets = sweep._targets(concepts, TINY)
    assert names == ["animal", "dog", "wild", "animal and wild"]
    found = families(activations, min_support=3)
    which, jaccard = sweep._best(activations, found, targets)
    explained = dict(zip(found.neurons, [names[i] for i in which], strict=True))
    assert explained == {(0, 1): "dog", (0, 2): "animal and wild"}
    assert jaccard.tolist() == [1.0, 1.0]


def test_clusters_and_families_by_hand() -> None:
    ring = np.zeros((600, 3), dtype=bool)
    for number in range(3):
        ring[200 * number : 200 * (number + 1), [number, (number + 1) % 3]] = True
    active = ActivationSets(ring)
    found = families(active, min_support=3, min_lift=0.0).assign(lift=9.0)
    clusters = sweep._clusters(active, found, TINY)
    assert clusters.threshold.tolist() == [0.1, 0.3]
    assert clusters[
        ["clusters", "without_region", "largest", "clear", "families_inside"]
    ].to_numpy().tolist() == [
        [1, 1, 3, 3, 3],
        [1, 1, 3, 3, 3],
    ]


def test_one_neuron_for_both_is_no_order() -> None:
    concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], parents=[-1, 0])
    alignment = align(planted(concepts), concepts)
    settings = Families(tolerances=(0.05,), n_shuffles=1)
    rng = np.random.default_rng(0)
    shares, _, _ = sweep._hierarchy(alignment, np.array([0, 0]), settings, rng)
    forest = shares[shares.pairs == "forest"].set_index("order").share
    assert forest["one neuron"] == 1.0
    shares, edges, chance = sweep._hierarchy(alignment, np.array([0, 1]), settings, rng)
    assert shares[shares.pairs == "forest"].set_index("order").share["kept"] == 1.0
    assert edges.inclusion.tolist() == [1.0]
    assert chance == 1.0  # one concept a level: nothing to deal out anew
