"""Every sweep chooses neurons on the one half and judges them on the other: here the halves contradict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from saelib import SAE, ActivationSets, ConceptSet, ReLU
from saelib.data.synthetic import ForestConfig, concept_forest
from saelib.study.settings.architectures import Architectures
from saelib.study.settings.peers_ground import PeersGround
from saelib.study.settings.size_and_sparsity import SizeAndSparsity
from saelib.study.settings.splitting import Splitting
from saelib.study.sweeps import absorption, architectures, one_or_several, peers_ground, splitting
from saelib.study.sweeps.size_and_sparsity import world

# A third of the points in the child, a third in the parent alone, a third in neither.
HELD = np.repeat([[1, 1], [1, 0], [0, 0]], 20, axis=0).astype(bool)
CONCEPTS = ConceptSet(HELD, names=["c0", "c0.0"], parents=[-1, 0])
NEITHER = ~HELD[:, :1]


def identity() -> SAE:
    sae = SAE(4, 4, ReLU())
    with torch.no_grad():
        for weights in (sae.W_enc, sae.W_dec):
            weights.copy_(torch.eye(4))
    return sae


# Neurons 0 and 1 are the two concepts where neurons are chosen; where they are judged 2 and 3 are, and 0 and
# 1 fire on everything else.
CHOICE = np.hstack([HELD, NEITHER, NEITHER]).astype(np.float32)
JUDGED = np.hstack([NEITHER, NEITHER, HELD]).astype(np.float32)


def sets(points: np.ndarray) -> ActivationSets:
    return ActivationSets.from_sae(identity(), points, progress=False)


def test_absorption_is_that_of_the_neurons_chosen() -> None:
    row, edges = absorption._absorption(identity(), CHOICE, CONCEPTS, JUDGED, CONCEPTS)
    assert edges[["parent_neuron", "child_neuron"]].to_numpy().tolist() == [[0, 1]]
    assert edges[["on_rest", "on_child", "n_absorbed"]].to_numpy().tolist() == [[0, 0, 0]]
    assert row.missed_mass.item() == CONCEPTS.sizes.sum() / 60
    assert row.least_missed.item() == 0  # the best assignment of the points judged on, for comparison


def test_a_gate_is_judged_by_the_neurons_chosen() -> None:
    settings = Architectures(d_sae=4)
    _, edges, concepts = architectures._measured(identity(), (CHOICE, CONCEPTS), (JUDGED, CONCEPTS), settings)
    assert concepts.neuron.tolist() == [0, 1]
    assert not concepts[["jaccard", "recall", "detected"]].to_numpy(dtype=float).any()
    assert edges.n_child_on.tolist() == [0]
    assert edges.rate_where_on.isna().all()


def test_parts_and_single_neurons_are_judged_where_they_were_not_chosen() -> None:
    this = splitting._Trained(identity(), sets(CHOICE), sets(JUDGED))
    frame, parts = splitting._by_concept(Splitting(n_search=60), this, CONCEPTS, CONCEPTS)
    assert parts == {"c0": [0], "c0.0": [1]}
    assert frame[["single", "unit"]].to_numpy().tolist() == [[0.0, 0.0]] * 2
    assert frame.inside.tolist() == [0, 0]  # inside on both halves is asked for


def test_readers_are_judged_where_they_were_not_chosen() -> None:
    found = one_or_several._readers(sets(CHOICE), sets(JUDGED), (CONCEPTS, CONCEPTS), {})
    assert found[["single_fit", "unit_fit", "boolean_fit"]].to_numpy().tolist() == [[0.0] * 3] * 2
    assert found[["single", "unit"]].to_numpy().tolist() == [[1.0] * 2] * 2


@pytest.fixture(scope="module")
def ground() -> peers_ground._Ground:
    config = ForestConfig(d_in=4, branching=(1, 1), firing=0.5, directions="orthogonal")
    sample = concept_forest(config, 60, 0)
    choice, judged = (replace(sample, points=points, concepts=CONCEPTS) for points in (CHOICE, JUDGED))
    return peers_ground._Ground(PeersGround(), choice, judged, np.random.default_rng(0))


def test_the_recipes_neurons_are_judged_where_they_were_not_chosen(ground: peers_ground._Ground) -> None:
    seen = ground.look_at(identity(), trained=True)
    assert seen.chosen.tolist() == [0, 1]
    assert not np.any(list(seen.learned.values()))


def test_another_threshold_is_judged_where_it_was_not_chosen(ground: peers_ground._Ground) -> None:
    # Chosen on: 2 inside and 1 outside, so the best threshold is 1. Judged on: 1 inside, 2 outside, where a
    # threshold of 0 would be right on 40 points of 60.
    louder = [np.where(HELD[:, :1], a, b).astype(np.float32) * np.eye(4)[:1] for a, b in ((2, 1), (1, 2))]
    choice, judged = (
        replace(old, points=new.astype(np.float32))
        for old, new in zip((ground.choice, ground.test), louder, strict=True)
    )
    other = peers_ground._Ground(ground.settings, choice, judged, np.random.default_rng(0))
    read = peers_ground._Readings(other, identity()).of(0, 0)
    assert read["rethresholded"] == 0.0


def test_both_halves_of_a_cell_are_of_one_world_and_share_no_point() -> None:
    config = world(SizeAndSparsity(), 3)
    choice, judged = (concept_forest(config, 200, seed) for seed in (3, 3 + absorption._TEST))
    assert (choice.directions == judged.directions).all()
    both = pd.DataFrame(np.vstack([choice.points, judged.points]))
    assert not both.duplicated().any()
