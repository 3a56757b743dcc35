"""Neurons as detectors: the peers' scores from their formulas, ours beside them, and what is unavailable."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.phenomena import concept_recovery, detectors, recovery


def drawn(seed: int, n_neurons: int = 5, n_concepts: int = 4, n_points: int = 30):
    rng = np.random.default_rng(seed)
    fires = rng.random((n_points, n_neurons)) < rng.choice([0.0, 0.2, 0.7], n_neurons)
    holds = rng.random((n_points, n_concepts)) < rng.choice([0.0, 0.3], n_concepts)
    alignment = align(ActivationSets(fires), ConceptSet(holds))
    directions, decoder = rng.standard_normal((n_concepts, 3)), rng.standard_normal((n_neurons, 3))
    return fires, holds, alignment, directions, decoder


@given(seed=st.integers(0, 10_000))
def test_the_peers_scores_are_the_means_of_the_columns(seed: int) -> None:
    # Their definition, written out: a latent is judged on the feature nearest to its decoder row, an
    # undefined score is 0, and the mean is over all latents.
    fires, holds, alignment, directions, decoder = drawn(seed)
    scores = []
    for j, row in enumerate(decoder):
        size = np.abs(directions @ row) / np.linalg.norm(directions, axis=1)
        truth, told = holds[:, size.argmax()], fires[:, j]
        tp, fp, fn = (truth & told).sum(), (~truth & told).sum(), (truth & ~told).sum()
        precision, recall = (tp / n if n else 0.0 for n in (tp + fp, tp + fn))
        both = precision + recall
        scores.append((precision, recall, 2 * precision * recall / both if both else 0.0))
    found = detectors(alignment, directions, decoder)
    ours = found[["precision", "recall", "f1"]].fillna(0).mean()
    assert ours.to_numpy(dtype=float) == pytest.approx(np.mean(scores, axis=0))
    assert (~found.alive).sum() == (~fires.any(axis=0)).sum()


@given(seed=st.integers(0, 10_000), n_neurons=st.integers(1, 6))
def test_a_concepts_scores_are_those_of_its_neurons(seed: int, n_neurons: int) -> None:
    fires, holds, alignment, directions, decoder = drawn(seed, n_neurons)
    found = concept_recovery(alignment, directions, decoder)
    matching = recovery(directions, decoder)
    assert found.matched.isna().sum() == max(0, 4 - n_neurons)
    assert found.matched_cosine.dropna().mean() == pytest.approx(matching.mean_matched)
    assert found.nearest_cosine.tolist() == matching.best.tolist()
    for row in found.itertuples():
        concept = holds[:, row.Index]
        for neuron, jaccard, recall in (
            (row.matched, row.matched_jaccard, row.matched_recall),
            (row.neuron if row.neuron >= 0 else pd.NA, row.jaccard, row.recall),
        ):
            if neuron is pd.NA:
                assert jaccard is pd.NA
                continue
            both, either = (fires[:, neuron] & concept).sum(), (fires[:, neuron] | concept).sum()
            assert (jaccard is pd.NA) if either == 0 else jaccard == pytest.approx(both / either)
            assert (recall is pd.NA) if not concept.any() else recall == pytest.approx(both / concept.sum())


@given(seed=st.integers(0, 10_000))
def test_the_best_neuron_by_jaccard_index_is_the_best_by_f1(seed: int) -> None:
    fires, holds, alignment, directions, decoder = drawn(seed)
    found = concept_recovery(alignment, directions, decoder)
    for row in found[found.neuron >= 0].itertuples():
        concept = holds[:, [row.Index]]
        f1 = 2 * (fires & concept).sum(axis=0) / np.maximum(fires.sum(axis=0) + concept.sum(), 1)
        assert row.f1 == pytest.approx(f1.max())
        assert row.jaccard == pytest.approx(row.f1 / (2 - row.f1))


def test_the_faithful_dictionary_scores_one_and_a_dead_latent_lowers_the_mean_unless_left_out() -> None:
    holds = np.random.default_rng(0).random((40, 3)) < 0.4
    fires = np.hstack([holds, np.zeros((40, 1), dtype=bool)])
    directions = np.eye(3)
    decoder = np.vstack([-2.0 * np.eye(3), np.eye(3)[:1]])
    alignment = align(ActivationSets(fires), ConceptSet(holds))
    found = detectors(alignment, directions, decoder)
    assert found.f1.fillna(0).mean() == 0.75
    assert found[found.alive].f1.mean() == 1.0
    assert found.precision.isna().tolist() == [False, False, False, True]
    each = concept_recovery(alignment, directions, decoder, alive=found.alive.to_numpy())
    assert (each[["matched_cosine", "matched_f1", "f1", "nearest_cosine"]] == 1.0).all(axis=None)
    assert each.matched.tolist() == each.neuron.tolist() == [0, 1, 2]


def test_neurons_chosen_elsewhere_are_judged_here() -> None:
    _, _, alignment, directions, decoder = drawn(1)
    found = concept_recovery(alignment, directions, decoder, neurons=[0, -1, 2, 2])
    assert found.neuron.tolist() == [0, -1, 2, 2]
    assert found.f1.isna()[1]


@pytest.mark.parametrize("measure", [detectors, concept_recovery])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alignment": 3}, "alignment is a int"),
        ({"directions": np.eye(3)}, "directions has 3 rows: give 4"),
        ({"W_dec": np.ones((4, 3))}, "W_dec has 4 rows: give 5"),
        ({"W_dec": np.ones((5, 2))}, "W_dec has d_in 2"),
        ({"directions": np.zeros((4, 3))}, "length 0"),
        ({"W_dec": np.full((5, 3), np.nan)}, "W_dec is not finite"),
    ],
)
def test_malformed_input_is_refused(measure, change: dict, message: str) -> None:
    _, _, alignment, directions, decoder = drawn(0)
    with pytest.raises(InputError, match=message):
        measure(**({"alignment": alignment, "directions": directions, "W_dec": decoder} | change))


@pytest.mark.parametrize("measure", [detectors, concept_recovery])
def test_points_of_the_whole_space_are_refused(measure) -> None:
    fires, holds, _, directions, decoder = drawn(0)
    ambient = align(ActivationSets(fires), ConceptSet(holds), measure="ambient")
    with pytest.raises(InputError, match="ambient"):
        measure(ambient, directions, decoder)


def test_a_wrong_choice_of_neurons_is_refused() -> None:
    _, _, alignment, directions, decoder = drawn(0)
    with pytest.raises(InputError, match="neurons has 9 at 0"):
        concept_recovery(alignment, directions, decoder, neurons=[9, 0, 0, 0])
