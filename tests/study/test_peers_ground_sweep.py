"""The sweep on the published recipe: nothing seen twice, chosen on one half, judged on the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import SAE, ActivationSets, TopK, align
from saelib.data.synthetic import concept_forest, synth_sae_bench
from saelib.phenomena import concept_recovery
from saelib.study.settings.peers_ground import FULL, PeersGround
from saelib.study.sweeps import peers_ground as sweep
from saelib.study.sweeps.nulls import random_relu

TINY = PeersGround(
    n_concepts=90, d_in=8, d_sae=16, l0=2, seeds=(0, 1), steps=6, batch_size=64,
    n_choice=600, n_test=500, n_null=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sweep.gather([sweep.run_cell(TINY, cell) for cell in reversed(sweep.cells(TINY))])


def test_the_full_size_is_that_of_the_recipe_scaled_down() -> None:
    assert FULL.n_concepts >= 512
    assert FULL.d_in >= 64
    assert FULL.steps * FULL.batch_size >= 2_000_000
    assert FULL.n_concepts // FULL.d_sae == 16_384 // 4_096
    assert len(sweep.GATES) == 6
    sample = concept_forest(synth_sae_bench(512, 64), 20_000, seed=0)
    frequent = np.sort(sample.concepts.sizes)[::-1][: FULL.d_sae].sum() / 20_000
    assert round(frequent) == FULL.l0


def test_every_gate_has_its_rows_and_cells_come_in_any_order(tables: dict[str, pd.DataFrame]) -> None:
    saes, concepts = tables["peers_ground"], tables["peers_ground_concepts"]
    assert saes.groupby(["seed", "gate"]).size().eq(4).all()
    assert concepts.groupby(["seed", "gate"]).size().eq(90).all()
    assert list(saes.gate.unique()) == list(sweep.GATES)
    assert saes.seed.is_monotonic_increasing
    assert tables["peers_ground_example"].seed.unique().tolist() == [0]


def test_shares_lie_between_0_and_1_and_what_is_not_there_is_unavailable(
    tables: dict[str, pd.DataFrame],
) -> None:
    saes, concepts = tables["peers_ground"], tables["peers_ground_concepts"]
    shares = ["mcc", "uniqueness", "precision", "recall", "f1", "concept_f1", "detected", "separated"]
    assert saes[shares].melt().value.between(0, 1).all()
    assert saes[saes.dictionary == "random"].explained_variance.isna().all()
    assert concepts.matched.notna().groupby([concepts.seed, concepts.gate]).sum().eq(16).all()
    unmatched = concepts[concepts.matched.isna()]
    assert (
        unmatched[["matched_cosine", "matched_jaccard", "missed_weak", "false_alike"]].isna().all(axis=None)
    )
    parts = concepts[["with_child", "missed_with_child", "missed_weak", "false_family", "outside_alike"]]
    assert parts.melt().value.dropna().between(0, 1).all()


def test_learning_is_nested_concept_by_concept(tables: dict[str, pd.DataFrame]) -> None:
    concepts = tables["peers_ground_concepts"]
    assert not (concepts.separated & ~concepts.detected).any()


def test_the_mean_of_the_matched_pairs_is_the_matched_correlation(tables: dict[str, pd.DataFrame]) -> None:
    saes, concepts = tables["peers_ground"], tables["peers_ground_concepts"]
    rows = saes[(saes.dictionary == "trained") & (saes.dead == "included")].set_index(["seed", "gate"])
    means = concepts.groupby(["seed", "gate"])[["matched_cosine", "matched_jaccard", "jaccard"]].agg(
        {"matched_cosine": "mean", "matched_jaccard": "mean", "jaccard": lambda each: each.fillna(0).mean()}
    )
    pd.testing.assert_series_equal(
        rows.mcc.sort_index(), means.matched_cosine.astype(float).sort_index(), check_names=False
    )
    assert rows.concept_jaccard.sort_index().to_numpy() == pytest.approx(
        means.jaccard.sort_index().to_numpy(dtype=float)
    )


def test_a_dictionary_of_the_true_directions_with_the_right_points_makes_no_mistake() -> None:
    world = synth_sae_bench(90, 8)
    choice, test = concept_forest(world, 50, 0), concept_forest(world, 400, 1)
    ground = sweep._Ground(TINY, choice, test, np.random.default_rng(0))
    a = align(ActivationSets(test.concepts.membership), test.concepts)
    found = concept_recovery(a, ground.directions, ground.directions)
    assert found.matched.tolist() == list(range(90))
    fires = test.concepts.membership.tocsc()
    for concept in range(0, 90, 9):
        about = sweep._mistakes(ground, fires, concept, concept)
        assert all(about[name] is pd.NA for name in about if name.startswith(("missed", "false")))


def test_mistakes_are_counted_as_written_out_by_hand() -> None:
    world = synth_sae_bench(90, 8)
    test = concept_forest(world, 400, 1)
    ground = sweep._Ground(TINY, test, test, np.random.default_rng(0))
    # Neuron of concept 0 that is silent wherever child 1 is present, and fires on all points of 88 besides.
    holds = ground.holds
    fires = (holds[:, 0] & ~holds[:, 1]) | holds[:, 88]
    sets = ActivationSets(fires[:, None]).membership.tocsc()
    about = sweep._mistakes(ground, sets, 0, 0)
    missed, false = holds[:, 0] & ~fires, fires & ~holds[:, 0]
    children = [i for i in range(90) if ground.parents[i] == 0]
    assert 1 in children
    assert about["missed_with_child"] == 1.0
    assert about["with_child"] == pytest.approx(holds[holds[:, 0]][:, children].any(axis=1).mean())
    assert missed.any()
    assert false.any()
    assert about["false_family"] == 0.0  # a root's family lies inside it
    cosines = np.abs(ground.directions @ ground.directions[0])
    alike = [i for i in range(1, 90) if cosines[i] >= TINY.alike]
    reach = (test.points - test.bias) @ test.directions[0]
    large = reach >= np.quantile(reach[holds[:, 0]], 0.1)
    assert about["false_projection"] == pytest.approx(large[false].mean())
    assert about["outside_projection"] == pytest.approx(large[~holds[:, 0]].mean())
    assert about["false_other"] == 1.0  # all of them lie in 88
    assert about["outside_other"] == pytest.approx(holds[~holds[:, 0], 88].mean())
    assert about["false_alike"] == pytest.approx(holds[false][:, alike].any(axis=1).mean())


@given(seed=st.integers(0, 1000), n=st.integers(1, 40))
def test_no_threshold_has_a_better_jaccard_index_than_the_best(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    activation = np.maximum(rng.normal(size=n).round(1), 0.0)
    holds = rng.random(n) < 0.3

    def jaccard(threshold: float) -> float:
        fires = activation > threshold
        return (fires & holds).sum() / max((fires | holds).sum(), 1)

    best = sweep.best_threshold(activation, holds)
    assert jaccard(best) == max(jaccard(t) for t in (0.0, *activation[activation < activation.max()]))


def test_readings_of_matched_neurons_are_shares_and_unavailable_without_a_match(
    tables: dict[str, pd.DataFrame],
) -> None:
    concepts = tables["peers_ground_concepts"]
    matched = concepts[concepts.matched.notna()]
    assert matched[["encoder_cosine"]].melt().value.between(0, 1).all()
    assert matched.rethresholded.dropna().between(0, 1).all()
    assert concepts[concepts.matched.isna()].rethresholded.isna().all()


def test_the_example_is_of_one_concept_and_its_points_are_told_apart(tables: dict[str, pd.DataFrame]) -> None:
    example = tables["peers_ground_example"]
    assert (example.concept == example.concept.iloc[0]).all()
    inside = example.point.str.startswith("in it")
    assert (example.amplitude[inside] > 0).all()
    assert (example.amplitude[~inside] == 0).all()
    assert (example.activation[~inside] > 0).all()
    # Inside, the projection is the amplitude and what the other concepts happen to add.
    assert example[inside][["amplitude", "projection"]].corr().iloc[0, 1] > 0.2


def test_random_directions_fire_as_often_as_any_gate() -> None:
    x = np.random.default_rng(0).normal(size=(200, 5)).astype("float32")
    trained = SAE(5, 12, TopK(3), seed=0)
    null = random_relu(trained, x, seed=7)
    assert (null.active(x).sum(0) == trained.active(x).sum(0)).all()
    assert null.gate != trained.gate
