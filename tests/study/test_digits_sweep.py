"""The sweep over handwritten digits: fair nulls, honestly chosen neurons, hand-worked effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from saelib import SAE, ActivationSets, ConceptSet, InputError, ReLU, SAEConfig, TopK, align, train
from saelib.data.digits import CONCEPTS
from saelib.study import plan
from saelib.study.digits import (
    DIGITS,
    above_always_on,
    above_random,
    at_best,
    by_concept,
    coarse_deficit,
    interior_gain,
)
from saelib.study.examples import examples
from saelib.study.settings.digits import Digits
from saelib.study.sweeps import digits as sweep
from saelib.study.sweeps.measures import Tolerances
from saelib.study.sweeps.nulls import random_dictionary, shuffled

TINY = Digits(sizes=(8, 16), budgets=(1, 2), l1_coefficients=(1.0, 0.1), seeds=(0, 1), steps=5)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


def points(n: int = 200, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)


# --- the random dictionary ---------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [0.0, 0.5, 3.0])
def test_random_relu_neurons_fire_on_exactly_as_many_training_points(penalty: float) -> None:
    x = points()
    config = SAEConfig(d_sae=12, gate=ReLU(), steps=60, batch_size=64, l1_coefficient=penalty, seed=3)
    sae = train(x, config, progress=False).sae
    null = random_dictionary(sae, x, seed=3)
    assert null.active(x).sum(dim=0).tolist() == sae.active(x).sum(dim=0).tolist()


def test_the_random_dictionary_has_the_directions_that_training_started_from() -> None:
    x = points()
    sae = train(x, SAEConfig(d_sae=6, gate=TopK(2), steps=30, batch_size=64, seed=5), progress=False).sae
    null = random_dictionary(sae, x, seed=5)
    assert torch.equal(null.W_enc, SAE(4, 6, TopK(2), seed=5).W_enc)
    assert not torch.allclose(null.W_enc, sae.W_enc)
    assert null.gate == sae.gate
    assert (null.active(x).sum(dim=1) <= 2).all()


# --- shuffled labels ---------------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_shuffling_keeps_every_point_together_and_loses_none(n: int, seed: int) -> None:
    dog = np.arange(n) % 3 == 0
    human = ConceptSet(np.stack([dog | (np.arange(n) % 2 == 0), dog], axis=1), ["animal", "dog"], [-1, 0])
    mixed = shuffled(human, seed)
    before, after = (sorted(map(tuple, c.membership.toarray().tolist())) for c in (human, mixed))
    assert before == after


# --- the cells ---------------------------------------------------------------------------------------------


def test_tables_have_a_row_for_every_dictionary_and_concept(tables: dict[str, pd.DataFrame]) -> None:
    saes, concepts = tables["digits"], tables["digits_concepts"]
    assert len(saes) == 2 * 2 * 2 * 2 * 3  # gates, sizes, sparsities, seeds, dictionaries
    assert len(concepts) == len(saes) * len(CONCEPTS)
    assert not concepts.duplicated([*sweep.KEY, "concept"]).any()
    assert not concepts.isna().any(axis=None)
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["digits"].tables)


def test_the_chosen_neuron_never_beats_the_best_one(tables: dict[str, pd.DataFrame]) -> None:
    concepts = tables["digits_concepts"]
    assert (concepts.chosen_jaccard <= concepts.jaccard).all()
    assert not (concepts.chosen_separated & ~concepts.separated).any()
    assert not (concepts.chosen_approximated & ~concepts.approximated).any()
    assert (concepts.chosen_jaccard < concepts.jaccard).any()


def test_random_relu_dictionaries_have_the_sparsity_of_the_trained_ones(
    tables: dict[str, pd.DataFrame],
) -> None:
    relu = tables["digits"][tables["digits"].gate == "ReLU"]
    l0 = relu.pivot_table(index=["d_sae", "rank", "seed"], columns="dictionary", values="l0")
    assert np.allclose(l0.random, l0.trained, rtol=0.1)


def test_a_cell_is_the_same_whenever_it_is_run(tables: dict[str, pd.DataFrame]) -> None:
    again = sweep.gather([sweep.run_cell(TINY, cell) for cell in reversed(sweep.cells(TINY))])
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, again[name])


def test_a_neuron_is_chosen_on_the_training_points_alone() -> None:
    # Neuron 0 is perfect on the first half and useless on the second; neuron 1 the other way round.
    sae = SAE(2, 2, ReLU())
    sae.W_enc.data = torch.eye(2)
    x = np.array([[1, -1], [-1, 1]] * 4 + [[-1, 1], [1, -1]] * 4, dtype=np.float32)
    truth = ConceptSet(np.tile([[True], [False]], (8, 1)), names=["first"])
    halves = (truth.take_points(np.arange(8)), truth.take_points(np.arange(8, 16)))
    _, frame = sweep.measure_both(sae, (x[:8], x[8:]), halves, Tolerances(), {})
    row = frame.iloc[0]
    assert (row.chosen, row.chosen_jaccard, row.neuron, row.jaccard) == (0, 0.0, 1, 1.0)


def test_a_concept_on_which_nothing_fires_has_no_chosen_neuron_and_no_score() -> None:
    sae = SAE(2, 2, ReLU())
    sae.b_enc.data.fill_(-1e6)
    x = points(20)[:, :2]
    half = ConceptSet(x[:, :1] > 0, names=["right"])
    _, frame = sweep.measure_both(sae, (x, x), (half, half), Tolerances(), {})
    assert (frame.chosen[0], frame.chosen_jaccard[0], frame.chosen_recall[0]) == (-1, 0.0, 0.0)
    assert not frame.chosen_separated[0]


def test_profiles_leave_an_interior_sparsity_and_two_seeds_to_choose_on() -> None:
    for name in ("quick", "full"):
        settings = plan.profile(name).settings["digits"]
        assert len(settings.budgets) == len(settings.l1_coefficients) >= 3
        assert len(settings.seeds) >= 2
        assert list(settings.budgets) == sorted(settings.budgets)
        assert list(settings.l1_coefficients) == sorted(settings.l1_coefficients, reverse=True)


# --- the effects -------------------------------------------------------------------------------------------


def frame(values: dict[tuple[str, str, int, int], float], concept: str = "digit 0") -> pd.DataFrame:
    rows = [(*key, 8, concept, 0.1, value) for key, value in values.items()]
    names = ["dictionary", "gate", "rank", "seed", "d_sae", "concept", "frequency", "chosen_jaccard"]
    return pd.DataFrame(rows, columns=names)


def test_each_dictionary_is_taken_at_its_own_best_setting() -> None:
    values = {("trained", "ReLU", r, s): (0.2, 0.8)[r] for r in (0, 1) for s in (0, 1, 2)}
    values |= {("random", "ReLU", r, s): (0.5, 0.1)[r] for r in (0, 1) for s in (0, 1, 2)}
    assert above_random(frame(values)).tolist() == pytest.approx([0.3] * 3)


def test_other_gates_are_left_out_when_one_is_asked_for() -> None:
    values = {(d, g, 0, s): {"trained": 0.6, "random": 0.1}[d] * {"ReLU": 1, "TopK": 0}[g]
              for d in ("trained", "random") for g in ("ReLU", "TopK") for s in (0, 1)}  # fmt: skip
    assert above_random(frame(values), gates=["ReLU"]).tolist() == [0.5, 0.5]
    assert above_random(frame(values), gates=["TopK"]).tolist() == [0.0, 0.0]


def test_the_value_of_a_setting_is_that_of_a_seed_which_did_not_choose_it() -> None:
    # Seed 0 alone does well at rank 1; the others prefer rank 0, and seed 0 is judged there.
    values = {("trained", "ReLU", 0, s): 0.5 for s in (0, 1, 2)}
    values |= {("trained", "ReLU", 1, s): (0.9, 0.0, 0.0)[s] for s in (0, 1, 2)}
    assert at_best(frame(values), "chosen_jaccard", ["digit 0"])[0] == 0.5


def test_every_concept_has_its_own_best_setting() -> None:
    fine = {("trained", "ReLU", r, s): (0.9, 0.1)[r] for r in (0, 1) for s in (0, 1)}
    coarse = {("trained", "ReLU", r, s): (0.2, 0.6)[r] for r in (0, 1) for s in (0, 1)}
    best = by_concept(pd.concat([frame(fine), frame(coarse, "even")]))
    assert best.groupby("concept").chosen_jaccard.mean().to_dict() == pytest.approx(
        {"digit 0": 0.9, "even": 0.6}
    )


@given(st.floats(0, 1), st.floats(0, 0.99))
def test_firing_always_counts_as_nothing_and_perfection_as_one(jaccard: float, frequency: float) -> None:
    scores = above_always_on(pd.Series([frequency, 1.0, jaccard]), pd.Series([frequency] * 3))
    assert scores[0] == 0
    assert scores[1] == pytest.approx(1)
    assert scores[2] <= 1 + 1e-12


def test_an_always_firing_neuron_has_the_frequency_as_its_jaccard_index() -> None:
    human = ConceptSet(np.arange(10)[:, None] < 4)
    always = align(ActivationSets(np.ones((10, 1), dtype=bool)), human)
    assert above_always_on(pd.Series(always.jaccard[0]), pd.Series(human.sizes / 10)).tolist() == [0.0]


def test_a_coarse_concept_is_compared_with_its_own_digits_only() -> None:
    best = pd.DataFrame(
        {"concept": ["odd prime", "digit 3", "digit 5", "digit 7", "digit 0"], "seed": 0,
         "chosen_jaccard": [0.4, 0.6, 0.7, 0.8, 0.0]}
    )  # fmt: skip
    definitions = {"odd prime": (3, 5, 7), "digit 3": (3,)}
    assert coarse_deficit(best, definitions).loc[0].to_dict() == pytest.approx({"odd prime": 0.3})


def test_interior_gain_averages_the_gates() -> None:
    values = {("trained", g, r, s): {"ReLU": (0.1, 0.5, 0.4), "TopK": (0.7, 0.5, 0.2)}[g][r]
              for g in ("ReLU", "TopK") for r in (0, 1, 2) for s in (0, 1)}  # fmt: skip
    assert interior_gain(frame(values), "sparsest").tolist() == pytest.approx([0.1, 0.1])
    assert interior_gain(frame(values), "densest").tolist() == pytest.approx([0.2, 0.2])


def test_effects_refuse_what_they_cannot_answer() -> None:
    short = frame({("trained", "ReLU", r, s): 0.5 for r in (0, 1) for s in (0, 1)})
    with pytest.raises(InputError, match="no interior sparsity"):
        interior_gain(short, "sparsest")
    with pytest.raises(InputError, match="against is 'left'"):
        interior_gain(short, "left")
    with pytest.raises(InputError, match="are not in the frame"):
        at_best(short, "chosen_jaccard", ["digit 9"])
    with pytest.raises(InputError, match="at least two seeds"):
        at_best(short[short.seed == 0], "chosen_jaccard", DIGITS)


# --- pictures ----------------------------------------------------------------------------------------------


@given(st.integers(0, 30), st.integers(0, 5), st.integers(0, 2**16))
def test_shown_examples_are_what_they_are_called(n_fires: int, n_missed: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    acts = np.maximum(rng.normal(size=(40, 1)), 0)
    human = ConceptSet(rng.random((40, 1)) < 0.3, names=["dog"])
    inside = human.membership.toarray()[:, 0]
    shown = examples(acts, human, {"dog": 0}, n_fires, n_missed)
    fires = shown[shown.kind != "missed"]
    assert len(fires) == min(n_fires, int((acts > 0).sum()))
    assert (np.diff(acts[fires.point, 0]) <= 0).all()
    assert ((fires.kind == "hit") == inside[fires.point]).all()
    missed = shown[shown.kind == "missed"]
    assert (acts[missed.point, 0] == 0).all()
    assert inside[missed.point].all()
    assert len(missed) == min(n_missed, int((inside & (acts[:, 0] == 0)).sum()))
    assert not shown.point.duplicated().any()


def test_no_neuron_means_nothing_fires_and_all_is_missed() -> None:
    shown = examples(np.ones((3, 2)), ConceptSet([[1], [1], [0]], names=["dog"]), {"dog": -1})
    assert shown.kind.tolist() == ["missed", "missed"]


def test_examples_need_the_points_of_the_concepts() -> None:
    with pytest.raises(InputError, match="acts has 4 points"):
        examples(np.ones((4, 1)), ConceptSet([[1], [0]], names=["dog"]), {"dog": 0})
