"""Seven gates at the same L0: what the tables hold, and what the comparisons read off them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from saelib.errors import InputError
from saelib.sae import BatchTopK, Matryoshka, ReLU, SAEConfig, TopK
from saelib.study import plan
from saelib.study.settings.architectures import Architectures
from saelib.study.sweeps import architectures as sweep
from saelib.study.sweeps.matching import (
    GATES,
    along_curve,
    contrast,
    contrast_on_common_edges,
    matched_config,
    prefixes,
)

TINY = Architectures(d_sae=24, targets=(2, 4), seeds=(3,), n_train=400, n_choose=300, n_test=200, steps=4)
SHARED = SAEConfig(d_sae=8, gate=ReLU(), steps=50, seed=7, lr=1e-2, dead_after=60)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


# --- the tables --------------------------------------------------------------------------------------------


def test_every_gate_target_edge_and_concept_is_there_once(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["architectures"].tables)
    saes, edges, concepts = (tables[name] for name in sweep.TABLES)
    assert set(saes.gate) == set(GATES) == {gate for family in sweep.FAMILIES.values() for gate in family}
    assert len(saes) == 7 * 2
    assert not saes.duplicated(["gate", "target", "seed"]).any()
    assert len(edges) == 90 * 14
    assert not edges.duplicated(["gate", "target", "seed", "child"]).any()
    assert len(concepts) == 96 * 14
    assert not concepts.duplicated(["gate", "target", "seed", "concept"]).any()


def test_the_rate_of_an_sae_is_the_mean_over_its_available_edges(tables: dict[str, pd.DataFrame]) -> None:
    saes = tables["architectures"].set_index(["gate", "target", "seed"])
    for key, group in tables["architectures_edges"].groupby(["gate", "target", "seed"]):
        assert saes.loc[key, "n_edges"] == group.rate.notna().sum()
        if group.rate.notna().any():
            assert saes.loc[key, "rate"] == pytest.approx(group.rate.dropna().astype(float).mean())
        assert (group.n_absorbed <= group.n_child_on).all()
        assert (group.n_child_on <= group.n_child).all()
        on = (group.n_absorbed / group.n_child_on.where(group.n_child_on > 0)).dropna()
        assert saes.loc[key, "rate_where_on"] == pytest.approx(on.mean())
        assert saes.loc[key, "kept"] == pytest.approx((group.order == "kept").mean())


def test_parts_belong_to_roots_alone_and_prefixes_hold_their_neurons(tables: dict[str, pd.DataFrame]) -> None:
    concepts = tables["architectures_concepts"]
    assert concepts.parts[concepts.level > 0].isna().all()
    ends = prefixes(TINY.d_sae)
    for neuron, block in zip(concepts.neuron, concepts.prefix, strict=True):
        low = ends[block - 1] if block else 0
        assert low <= max(neuron, 0) < ends[block]


def test_the_same_cell_gives_the_same_tables(tables: dict[str, pd.DataFrame]) -> None:
    again = sweep.run_cell(TINY, "price-3")["architectures"]
    first = tables["architectures"]
    first = first[first.gate.isin(sweep.FAMILIES["price"])].reset_index(drop=True)
    again = again.sort_values(["gate", "target", "seed"], kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(first, again)


def test_cells_of_one_seed_share_the_world_and_the_training_run_but_for_the_gate() -> None:
    runs = {gate: dict(sweep.configs(TINY, gate, 3))[2] for gate in GATES}
    plain = {
        gate: replace(run, gate=ReLU(), l1_coefficient=0.0, l0_coefficient=0.0, target_l0=None, bandwidth=0.1)
        for gate, run in runs.items()
    }
    assert len(set(plain.values())) == 1


# --- what a gate is told -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GATES)
def test_a_gate_is_told_the_same_l0_one_way_or_the_other(name: str) -> None:
    run = matched_config(name, 32, 4, SHARED)
    told = run.gate.k if run.gate.chooses else run.target_l0
    assert told == 4
    assert (run.d_sae, run.steps, run.seed, run.lr, run.dead_after) == (32, 50, 7, 1e-2, 60)


def test_matryoshka_is_nested_in_its_inner_gate_and_ends_with_the_whole_dictionary() -> None:
    on_k, on_batch = (
        matched_config(f"Matryoshka{name}", 32, 2, SHARED).gate for name in ("TopK", "BatchTopK")
    )
    assert isinstance(on_k, Matryoshka)
    assert on_k.inner_gate == TopK(2)
    assert on_k.prefixes[-1] == 32
    assert isinstance(on_batch, Matryoshka)
    assert on_batch.inner_gate == BatchTopK(2)


@pytest.mark.parametrize("d_sae", [1, 2, 15, 16, 17, 100, 192])
def test_prefixes_rise_to_the_whole_dictionary(d_sae: int) -> None:
    ends = prefixes(d_sae)
    assert ends[0] >= 1
    assert ends[-1] == d_sae
    assert all(np.diff(ends) > 0)


def test_prices_follow_the_unit_of_the_points() -> None:
    small, large = (matched_config("JumpReLU", 32, 4, SHARED, unit=unit) for unit in (1.0, 10.0))
    assert large.l0_coefficient == pytest.approx(100 * small.l0_coefficient)
    assert large.bandwidth == pytest.approx(10 * small.bandwidth)
    assert matched_config("ReLU", 32, 4, SHARED, unit=3.0).l1_coefficient == pytest.approx(0.3)


def test_a_price_of_what_was_shared_is_replaced() -> None:
    shared = replace(SHARED, l1_coefficient=9.0, target_l0=3.0)
    assert matched_config("TopK", 32, 4, shared) == matched_config("TopK", 32, 4, SHARED)
    assert matched_config("JumpReLU", 32, 4, shared) == matched_config("JumpReLU", 32, 4, SHARED)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("Sigmoid", 32, 4), "name"),
        (("TopK", 32, 2.5), "l0"),
        (("BatchTopK", 32, math.nan), "l0"),
        (("ReLU", 32, math.nan), "target_l0"),
        (("ReLU", 32, 0), "target_l0"),
        (("TopK", 4, 5), "k"),
    ],
)
def test_what_cannot_be_matched_is_refused(arguments: tuple[str, int, float], named: str) -> None:
    with pytest.raises(InputError, match=rf"^{named} "):
        matched_config(*arguments, SHARED)


@pytest.mark.parametrize("unit", [0.0, -1.0, math.inf, math.nan, "1"])
def test_a_unit_is_a_positive_number(unit: object) -> None:
    with pytest.raises(InputError, match=r"^unit "):
        matched_config("ReLU", 32, 4, SHARED, unit=unit)  # type: ignore[arg-type]


# --- curves and contrasts ----------------------------------------------------------------------------------


def line(gate: str, slope: float, start: float, places: list[float], seed: int = 0) -> pd.DataFrame:
    x = np.array(places)
    return pd.DataFrame({"gate": gate, "seed": seed, "x": x, "rate": start + slope * x})


def test_a_straight_curve_is_read_exactly_inside_and_a_little_beyond() -> None:
    read = along_curve(
        line("a", 2.0, 1.0, [1, 2, 5]), "rate", "x", [0.5, 1, 3.5, 5.5], by=["gate"], beyond=0.5
    )
    np.testing.assert_allclose(read.rate.astype(float), [2.0, 3.0, 8.0, 12.0])


def test_a_curve_is_not_read_where_it_does_not_reach_nor_from_a_single_place() -> None:
    assert along_curve(line("a", 1, 0, [1, 2]), "rate", "x", [0.9, 2.1], by=["gate"]).rate.isna().all()
    assert along_curve(line("a", 1, 0, [1, 1]), "rate", "x", [1.0], by=["gate"]).rate.isna().all()


def test_unavailable_points_of_a_curve_are_left_out() -> None:
    frame = pd.DataFrame({"gate": "a", "x": [1.0, 2.0, 3.0], "rate": pd.array([0.0, None, 2.0], "Float64")})
    assert along_curve(frame, "rate", "x", [2.0], by=["gate"]).rate.tolist() == [1.0]


def test_a_contrast_does_not_depend_on_where_the_gates_were_trained_if_curves_are_straight() -> None:
    frame = pd.concat(
        [line("a", 1.0, 0.5, [1, 2, 4], seed) for seed in (0, 1)]
        + [line("b", 1.0, 0.25, [1.5, 3, 6], seed) for seed in (0, 1)]
    )
    for at in (None, [2.0, 3.0]):
        found = contrast(frame, "rate", "a", "b", over="x", at=at)
        np.testing.assert_allclose(found.difference.astype(float), 0.25)
    assert contrast(frame, "rate", "a", "b", over="x").places.tolist() == [4, 4]  # 1.5, 2, 3, 4


def test_a_contrast_of_curves_that_do_not_meet_is_unavailable() -> None:
    frame = pd.concat([line("a", 1, 0, [1, 2]), line("b", 1, 0, [3, 4])])
    found = contrast(frame, "rate", "a", "b", over="x")
    assert found.difference.isna().all()
    assert found.places.tolist() == [0]


def test_common_edges_leave_out_what_one_gate_made_unavailable() -> None:
    edges = pd.DataFrame(
        {
            "gate": ["a"] * 4 + ["b"] * 4,
            "target": [2, 2, 4, 4] * 2,
            "seed": 0,
            "child": ["x", "y"] * 4,
            "rate": pd.array([0.5, 0.75, 0.25, 0.25, 0.25, None, 0.0, 0.5], "Float64"),
        }
    )
    found = contrast_on_common_edges(edges, "rate", "a", "b")  # ((0.25) + (0.25 - 0.25)/2) / 2
    assert found.to_numpy().tolist() == [[0, 0.125, 3, 1]]


def test_comparisons_refuse_what_is_missing() -> None:
    frame = line("a", 1, 0, [1, 2]).assign(target=2, child="x")
    with pytest.raises(InputError, match=r"^frame has no column"):
        along_curve(frame, "gap", "x", [1.0], by=["gate"])
    with pytest.raises(InputError, match=r"^at "):
        along_curve(frame, "rate", "x", [math.nan], by=["gate"])
    with pytest.raises(InputError, match=r"^beyond "):
        along_curve(frame, "rate", "x", [1.0], by=["gate"], beyond=-1.0)
    with pytest.raises(InputError, match=r"^frame has no row of gate 'b'"):
        contrast(frame, "rate", "a", "b", over="x")
    with pytest.raises(InputError, match=r"^edges has no row of gate 'b'"):
        contrast_on_common_edges(frame, "rate", "a", "b")
