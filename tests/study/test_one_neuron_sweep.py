"""The sweep on one neuron: what it counts as a wrong answer, and that it would notice one."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from saelib import geometry
from saelib.geometry import Neuron, linear_dichotomies, separate
from saelib.geometry.adversarial import KnownInstance
from saelib.study import plan
from saelib.study.settings.one_neuron import OneNeuron
from saelib.study.sweeps import one_neuron as sweep
from saelib.study.sweeps.substitution import certificate_holds, separation_holds

TINY = OneNeuron(
    n_instances=32,
    chunks=2,
    n_small=4,
    n_large=2,
    n_neurons=20,
    small_dimensions=(1, 2),
    most_points=5,
    n_sets=1,
    dimensions=(2,),
    loads=(1.0, 2.0),
    n_labels=5,
    n_labels_at_half=5,
    digit_concepts=("digit 9",),
    polish=0,
    n_nulls=1,
    subsample_sizes=(20,),
    n_subsamples=2,
)
CROSS = np.array([[0.0, 0.0], [2.0, 2.0]]), np.array([[0.0, 2.0], [2.0, 0.0]])
APART = np.array([[3.0, 0.0], [4.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 7.0]])


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


# --- the tables --------------------------------------------------------------------------------------------


def test_all_tables_are_there_and_complete(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["one_neuron"].tables)
    assert tables["one_neuron_adversarial"].instances.sum() == TINY.n_instances
    assert len(tables["one_neuron_packing"]) == TINY.n_small + TINY.n_large
    assert len(tables["one_neuron_counts"]) == 4 + 3
    assert not any(table.isna().any(axis=None) for table in tables.values())


def test_a_cell_is_the_same_whenever_it_is_run(tables: dict[str, pd.DataFrame]) -> None:
    again = sweep.gather([sweep.run_cell(TINY, cell) for cell in reversed(sweep.cells(TINY))])
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, again[name])


def test_the_bounds_enclose_the_best_of_all_neurons(tables: dict[str, pd.DataFrame]) -> None:
    packing = tables["one_neuron_packing"]
    assert (packing.lower <= packing.best).all()
    assert (packing.lower <= packing.upper).all()
    assert packing.query("kind == 'all neurons'").eval("best <= upper").all()
    assert packing.violations.sum() == 0


def test_up_to_n_plus_1_points_every_label_is_separable(tables: dict[str, pd.DataFrame]) -> None:
    few = tables["one_neuron_transition"].query("load == 1")
    assert few.fraction.tolist() == few.formula.tolist() == [1.0]


def test_a_full_study_asks_enough() -> None:
    full = plan.profile("full").settings["one_neuron"]
    assert full.n_instances >= 10_000
    assert full.n_instances % full.chunks == 0
    assert set(full.dimensions) == {2, 4, 8, 16, 32, 64}
    assert min(full.n_labels, full.n_labels_at_half) >= 400
    assert 2.0 in full.loads
    # Five standard errors fit into what the claim allows.
    assert 5 * 0.5 / math.sqrt(full.n_labels_at_half) <= 0.05


# --- what counts as wrong ----------------------------------------------------------------------------------


def faults(monkeypatch, answer, instance: KnownInstance) -> list[str]:
    monkeypatch.setattr(geometry, "separate", lambda *_: answer, raising=False)
    return sweep._faults(instance)


def test_right_answers_have_no_fault(monkeypatch) -> None:
    assert faults(monkeypatch, separate(*APART), KnownInstance(*APART, True, 1.0, "k")) == []
    assert faults(monkeypatch, separate(*CROSS), KnownInstance(*CROSS, False, 0.0, "k")) == []


def test_a_neuron_for_inseparable_sets_is_found_out(monkeypatch) -> None:
    instance = KnownInstance(*CROSS, False, 0.0, "k")
    assert faults(monkeypatch, separate(*APART), instance) == ["wrong_verdict", "not_proven"]


def test_a_certificate_for_separable_sets_is_found_out(monkeypatch) -> None:
    instance = KnownInstance(*APART, True, 1.0, "k")
    assert faults(monkeypatch, separate(*CROSS), instance) == ["wrong_verdict", "not_proven"]


def test_a_neuron_that_errs_by_a_hair_is_found_out(monkeypatch) -> None:
    answer = separate(*APART)
    hair = Neuron(answer.neuron.w, -1.0 + 2.0**-52)  # fires on (1, 0), by less than floats show elsewhere
    spoilt = replace(answer, neuron=hair)
    assert not separation_holds(spoilt, *APART)
    assert faults(monkeypatch, spoilt, KnownInstance(*APART, True, 1.0, "k")) == ["not_proven"]


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_wrong_margin_is_found_out(monkeypatch, factor: float) -> None:
    answer = replace(separate(*APART), margin=factor)
    assert faults(monkeypatch, answer, KnownInstance(*APART, True, 1.0, "k")) == ["wrong_margin"]


def test_a_bound_that_the_true_margin_breaks_is_found_out(monkeypatch) -> None:
    answer = replace(separate(*APART), margin_bound=0.9)
    assert faults(monkeypatch, answer, KnownInstance(*APART, True, 1.0, "k")) == ["wrong_margin"]


def test_weights_that_do_not_meet_are_found_out() -> None:
    answer = separate(*CROSS)
    assert certificate_holds(answer, *CROSS)
    crooked = replace(answer, exact_alpha=(Fraction(1, 3), Fraction(2, 3)))
    assert not certificate_holds(crooked, *CROSS)
    short = replace(answer, exact_alpha=(Fraction(1, 4), Fraction(1, 4)))
    assert not certificate_holds(short, *CROSS)


def test_weights_that_are_not_given_as_fractions_are_worked_out() -> None:
    answer = replace(separate(*CROSS), exact_alpha=(), exact_beta=())
    assert certificate_holds(answer, *CROSS)
    assert not certificate_holds(answer, CROSS[0], CROSS[1] + 5.0)


def test_negative_weights_prove_nothing() -> None:
    line = np.array([[2.0]]), np.array([[0.0], [1.0]])
    answer = replace(
        separate(np.array([[0.5]]), line[1]),
        exact_alpha=(Fraction(1),),
        exact_beta=(Fraction(-1), Fraction(2)),
    )
    assert not certificate_holds(answer, *line)


def test_the_range_of_a_margin() -> None:
    def of(separable: bool, margin: float) -> str:
        far = np.array([[0.0], [1.0]])
        return sweep._range(KnownInstance(far, far + 1, separable, margin, "k"))

    assert of(True, 0.002) == "from 1e-3"
    assert of(True, 1e-3) == "from 1e-6"  # the diameter is 2
    assert of(True, 1e-12) == "below 1e-9"
    assert of(True, math.nan) == "positive, unknown"
    assert of(False, 0.0) == "none: hulls meet"


def test_points_are_drawn_until_they_are_in_general_position() -> None:
    for d in (1, 2, 3):
        points, subsets = sweep._in_general_position(np.random.default_rng(d), d, 6)
        assert points.shape == (6, d)
        assert np.array_equal(subsets, linear_dichotomies(points))
