"""The sweep over a real network's nouns, on made-up activations: no network is needed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from saelib import ConceptSet, InputError
from saelib.data import language
from saelib.data.language import Nouns, noun_data, noun_halves
from saelib.study import nouns as conclusions
from saelib.study import plan
from saelib.study.settings.nouns import QUICK
from saelib.study.sweeps import nouns as sweep
from saelib.study.sweeps.nouns_geometry import separability
from saelib.study.sweeps.nouns_measures import f1_of, judged, permuted
from saelib.study.sweeps.nouns_readers import both_signs, probes
from saelib.study.sweeps.nouns_seeds import found_again
from saelib.study.sweeps.nouns_training import (
    explained_over_time,
    normalised,
    sparse_activations,
    training_run,
)

FEW = 240
TINY = replace(
    QUICK, sizes=(6, 12), budgets=((1, 2, 3),), steps=4, batch_size=32, limit=FEW,
    phenomena=replace(QUICK.phenomena, every=200, published=1, probed=20),
)  # fmt: skip


def made_up(layer: int = 16, *, limit: int | None = None) -> np.ndarray:
    """Activations that know the largest concepts, with a large mean, as a network's have."""
    nouns = noun_data(limit)
    rng = np.random.default_rng(layer)
    x = rng.normal(0, 0.3, size=(len(nouns.words), 20)) + 50.0
    x[:, :12] += 2 * nouns.concepts.membership[:, list(range(12))].toarray()
    return x.astype(np.float32)


@pytest.fixture(scope="module")
def tables() -> Iterator[dict[str, pd.DataFrame]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "noun_activations", made_up, raising=False)
        yield sweep.gather([sweep.run_cell(TINY, cell) for cell in sweep.cells(TINY)])


@pytest.fixture(scope="module")
def nouns() -> Nouns:
    return noun_data(FEW)


# --- the tables --------------------------------------------------------------------------------------------


def test_all_declared_tables_are_made_and_no_others(tables: dict[str, pd.DataFrame]) -> None:
    assert sorted(tables) == sorted(plan.sweeps(plan.profile("quick"))["nouns"].tables)


def test_every_setting_is_there_once_with_all_its_nulls(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["nouns"]
    assert not rows.duplicated([*sweep.KEY, "against"]).any()
    per_seed = 2 * 3 + len(TINY.gates) * 3 + 1  # Top-K, other gates, other layer
    counts = rows.against.value_counts()
    assert counts["trained"] == counts["random"] == counts["permuted"] == per_seed * len(TINY.seeds)
    assert counts["mixed halves"] == len(TINY.seeds)
    assert len(tables["nouns_concepts"]) == counts["trained"] * 415


def test_budgets_hold_and_topk_fires_as_often_as_told(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["nouns"][tables["nouns"].against == "trained"]
    assert (rows.t5d_violations == 0).all()
    assert (rows.t5e_violations == 0).all()
    plain = rows[rows.gate == "TopK"]
    assert (plain.l0 <= plain.k).all()


def test_a_mean_is_that_of_the_concepts(tables: dict[str, pd.DataFrame]) -> None:
    by_concept = tables["nouns_concepts"].groupby(sweep.KEY)[["f1", "f1_random", "f1_permuted"]].mean()
    rows = tables["nouns"].set_index([*sweep.KEY, "against"]).f1
    for against, column in (("trained", "f1"), ("random", "f1_random"), ("permuted", "f1_permuted")):
        own = rows.xs(against, level="against").reindex(by_concept.index)
        assert own.to_numpy() == pytest.approx(by_concept[column].to_numpy(), abs=6e-4)


def test_the_same_cell_gives_the_same_tables(tables: dict[str, pd.DataFrame]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "noun_activations", made_up, raising=False)
        again = sweep.gather([sweep.run_cell(TINY, cell) for cell in reversed(sweep.cells(TINY))])
    pd.testing.assert_frame_equal(again["nouns_concepts"], tables["nouns_concepts"])
    pd.testing.assert_frame_equal(again["nouns_readers"], tables["nouns_readers"])


def test_the_ledgers_quantities_come_out_of_the_tables(tables: dict[str, pd.DataFrame]) -> None:
    own = tables["nouns_concepts"]
    own = own[(own.gate == "TopK") & (own.layer == TINY.layer)]
    rows = tables["nouns"]
    trained = rows[(rows.gate == "TopK") & (rows.layer == TINY.layer) & (rows.against == "trained")]
    found = [
        conclusions.fine_gain(own, tables["nouns_names"]),
        conclusions.interior_gain(trained),
        conclusions.gains_by_or(tables["nouns_units"]),
        conclusions.absorbed_beyond_chance(tables["nouns_absorption"]),
        conclusions.disagreement(tables["nouns_agreement"]),
    ]
    for series in found:
        assert series.index.tolist() == list(TINY.seeds)
        assert np.isfinite(series).all()


# --- measuring ---------------------------------------------------------------------------------------------


def test_neurons_are_chosen_on_one_half_and_judged_on_the_other(nouns: Nouns) -> None:
    half = noun_halves(nouns, 0)
    truth = nouns.concepts.membership[:, [0]].toarray().astype(float)
    acts = np.hstack([truth * half[:, None], truth * ~half[:, None], truth * 0])  # right on one half each
    frame = judged(normal_csr(acts), half, nouns, QUICK)
    assert (frame.neuron[0], frame.chosen_f1[0], frame.f1[0]) == (0, 1.0, 0.0)


def test_judged_is_what_counting_by_hand_says(nouns: Nouns) -> None:
    half = noun_halves(nouns, 1)
    acts = np.maximum(np.random.default_rng(0).normal(size=(FEW, 7)), 0)
    frame = judged(normal_csr(acts), half, nouns, QUICK)
    for i in (0, 1, 5, 40):
        fires = acts[~half, frame.neuron[i]] > frame.threshold[i]
        inside = nouns.concepts.membership[:, [i]].toarray()[~half, 0]
        single = nouns.single[~half]
        assert frame.f1[i] == pytest.approx(f1_of(fires, inside))
        assert frame.f1_single[i] == pytest.approx(f1_of(fires[single], inside[single]))
        assert frame.leak[i] == pytest.approx((fires & ~inside).sum() / (~inside).sum())
        assert bool(frame.detected[i]) == ((fires & inside).sum() / inside.sum() >= 0.8)


def test_permuted_labels_keep_every_frequency_and_the_hierarchy_within_each_half(nouns: Nouns) -> None:
    half = noun_halves(nouns, 0)
    mixed = permuted(nouns, half, seed=3)
    for part in (half, ~half):
        assert (mixed.concepts.take_points(part).sizes == nouns.concepts.take_points(part).sizes).all()
    assert (mixed.concepts.parents == nouns.concepts.parents).all()
    assert mixed.words == nouns.words
    assert (mixed.concepts.membership != nouns.concepts.membership).nnz > 0


# --- readers -----------------------------------------------------------------------------------------------


def test_a_probe_does_not_profit_from_points_it_was_not_shown(nouns: Nouns) -> None:
    noise = np.random.default_rng(0).normal(size=(FEW, 60))
    found = probes(noise, noun_halves(nouns, 0), nouns, QUICK)
    common = found[nouns.concepts.sizes > 40]
    by_luck = nouns.concepts.sizes[nouns.concepts.sizes > 40] / FEW
    assert (common.f1 < 2 * by_luck / (1 + by_luck) + 0.15).all()  # no better than firing always
    assert common.fitted_f1.mean() > common.f1.mean() + 0.1


def test_scaling_and_shifting_the_points_changes_no_probe(nouns: Nouns) -> None:
    half, x = noun_halves(nouns, 0), normalised(made_up(limit=FEW))
    one, other = (probes(each, half, nouns, QUICK) for each in (x, 3 * x + 7))
    assert one.f1[:12].tolist() == pytest.approx(other.f1[:12].tolist(), abs=0.02)


def test_points_that_do_not_fit_the_nouns_are_refused(nouns: Nouns) -> None:
    with pytest.raises(InputError, match="points"):
        probes(np.ones((3, 2)), noun_halves(nouns, 0), nouns, QUICK)


def test_both_signs_of_a_dimension_never_fire_together() -> None:
    x = np.random.default_rng(0).normal(size=(20, 3))
    acts = both_signs(x).toarray()
    assert (np.minimum(acts[:, :3], acts[:, 3:]) == 0).all()
    assert acts[:, :3] - acts[:, 3:] == pytest.approx(x, abs=1e-6)


def test_what_is_proven_of_geometry_is_so(nouns: Nouns) -> None:
    known = 2 * nouns.concepts.membership.toarray() + np.random.default_rng(0).normal(0, 0.01, (FEW, 415))
    assert (separability(known.astype(np.float32), nouns.concepts, 5).one_neuron == "yes").all()
    line = np.random.default_rng(1).normal(size=(FEW, 1)).astype(np.float32)
    hard = separability(line, nouns.concepts, 5)
    many = hard[hard.n_inside > 20]
    assert len(many)
    assert (many.one_neuron == "no").all()
    assert (many.errors > 0).all()


# --- training ----------------------------------------------------------------------------------------------


def test_normalised_points_have_mean_0_and_mean_squared_length_d() -> None:
    x = normalised(made_up(limit=FEW))
    assert x.mean(axis=0) == pytest.approx(0, abs=1e-4)
    assert (x**2).sum(axis=1).mean() == pytest.approx(20, rel=1e-4)
    assert normalised(5 * x + 1) == pytest.approx(x, abs=1e-3)


@pytest.mark.parametrize("points", [np.ones((3, 2)), np.array([[np.nan]]), np.ones(3), np.zeros((0, 2))])
def test_points_that_cannot_be_normalised_are_refused(points: np.ndarray) -> None:
    with pytest.raises(InputError, match="points"):
        normalised(points)


@pytest.mark.parametrize("gate", ["TopK", *QUICK.gates])
def test_every_gate_is_told_the_same_l0(gate: str) -> None:
    config = training_run(QUICK, gate, 64, 8, seed=1)
    assert (config.target_l0 or config.gate.k) == 8


def test_sparse_activations_are_the_activations() -> None:
    from saelib.sae import SAE, TopK

    x = np.random.default_rng(0).normal(size=(11, 4)).astype(np.float32)
    sae = SAE(4, 9, TopK(2), seed=0)
    whole = sparse_activations(sae, x, batch_size=3).toarray()
    assert whole == pytest.approx(sae.encode(x).detach().numpy(), abs=1e-6)


def test_explained_variance_over_time_ends_with_the_last_step() -> None:
    log = pd.DataFrame({"step": range(40), "squared_error": np.linspace(2, 0, 40)})
    found = explained_over_time(log, np.array([[1.0], [-1.0]]))
    assert len(found) == 20
    assert found.part.iloc[-1] == 1
    assert found.step.iloc[-1] == 39
    assert found.explained.is_monotonic_increasing


def test_neurons_are_found_again_under_another_order_and_by_chance_hardly() -> None:
    import torch

    from saelib.sae import SAE, TopK

    x = np.random.default_rng(0).normal(size=(400, 16)).astype(np.float32)
    first, second = SAE(16, 24, TopK(3), seed=0), SAE(16, 24, TopK(3), seed=0)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(0))
    second.W_enc.data.copy_(first.W_enc.data[:, order])
    second.W_dec.data.copy_(first.W_dec.data[order])
    found = found_again(first, second, x)
    assert (found.jaccard == 1).all()
    assert found.cosine.to_numpy() == pytest.approx(1, abs=1e-5)
    assert found.jaccard_by_chance.max() < 0.5


# --- conclusions -------------------------------------------------------------------------------------------


def test_conclusions_refuse_tables_that_cannot_show_them() -> None:
    frame = pd.DataFrame({"d_sae": [8], "k": [2], "seed": [0], "concept": [0], "f1": [0.5]})
    with pytest.raises(InputError, match="two sizes"):
        conclusions.fine_gain(frame, pd.DataFrame({"concept": [0], "leaf": [True]}))
    with pytest.raises(InputError, match="three values"):
        conclusions.interior_gain(frame)
    with pytest.raises(InputError, match="readable"):
        conclusions.fates(frame, frame, readable=1.0)


def test_a_gain_of_a_tenth_counts_and_less_does_not() -> None:
    frame = pd.DataFrame({"k": 1, "d_sae": 2, "seed": 0, "best": [0.2, 0.2], "or_five": [0.3, 0.2999]})
    assert conclusions.gains_by_or(frame).tolist() == [0.5]


def normal_csr(acts: np.ndarray) -> object:
    from scipy import sparse

    return sparse.csr_array(acts)


def test_concepts_named_in_the_chapter_exist() -> None:
    names = set(noun_data().concepts.names)
    assert {"vein", "bird", "musical instrument", "disease", "living thing", "abstraction"} <= names
    assert isinstance(noun_data(FEW).concepts, ConceptSet)
