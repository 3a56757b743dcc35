"""The attempt to refute: it draws what it promises, it can find a violation, and it finds none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from saelib.errors import InputError
from saelib.geometry import bounds
from saelib.geometry.bounds import refuting_budgets, refuting_notions
from saelib.geometry.bounds.families import FAMILY_KINDS, random_families
from saelib.geometry.bounds.pairs import PAIR_KINDS, random_pairs

THEOREMS = ("T1a", "T1b", "T1c", "T1d", "T5d", "T5e")


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("theorem", THEOREMS)
def test_no_instance_violates_a_theorem_and_the_bound_is_reached(theorem):
    frame = bounds.try_to_refute(theorem, 20_000, rng())
    assert len(frame) == 20_000
    assert not frame.violated.any()
    assert abs(frame.slack.min()) < 1e-12
    if theorem != "T1a":  # whose slack is a step of 0 or 1, never two at once
        assert frame.slack.max() > 0.1
    assert frame.notna().all().all()


@pytest.mark.parametrize("theorem", [t for t in THEOREMS if t != "T1a"])
def test_extremal_instances_attain_the_bound(theorem):
    frame = bounds.extremal_instances(theorem, 5_000, rng())
    assert not frame.violated.any()
    assert frame.slack.abs().max() < 1e-14


@pytest.mark.parametrize("theorem", THEOREMS)
def test_the_same_seed_draws_the_same_instances(theorem):
    first, second = (bounds.try_to_refute(theorem, 500, rng(7)) for _ in range(2))
    assert first.equals(second)


@pytest.mark.parametrize("theorem", ["T1b", "T1c", "T1d"])
def test_the_exact_slack_agrees_with_the_closed_form_drawn_beside_it(theorem):
    frame = bounds.try_to_refute(theorem, 5_000, rng())
    tame = frame[frame.get("eta", 0 * frame.slack) < 0.999]
    difference = (tame.bound - tame.measured).abs()
    if theorem == "T1b":
        difference = np.minimum(difference, (tame.recall - tame.recall_floor).abs())
    if theorem == "T1d":  # the slack is not cut off where the ceiling reaches 1
        tame = tame[tame.bound < 1]
        difference = difference[tame.index]
    np.testing.assert_allclose(tame.slack, difference, atol=1e-10)


def test_none_of_the_converses_of_t1a_survives():
    frame = bounds.try_to_refute("T1a", 5_000, rng())
    assert (frame.separated & ~frame.approximated).any()
    assert (frame.detected & ~frame.separated).any()
    assert frame.approximated.mean() > 0.2


def test_a_distance_below_the_true_one_would_be_refuted():
    """If θ were nearer to C than counting says, (b), (c) and (d) would fail: the checks are able to."""
    pairs = replace(random_pairs(1000, rng(), ("around",)), kind=np.array(["around"] * 1000))
    pairs = replace(pairs, outside=np.maximum(pairs.outside, 1), points=pairs.points + 1)

    class Nearer(type(pairs)):
        @property
        def apart(self):
            return np.zeros_like(self.inside)

    nearer = Nearer(pairs.points, pairs.concept, pairs.inside, pairs.outside, pairs.kind)
    assert refuting_notions._frame_t1d(nearer, 0 * nearer.union, nearer.union).violated.all()
    too_tight = refuting_notions._frame_t1c(pairs, pairs.missed, pairs.outside - 1)
    assert too_tight.violated.all()


def test_a_firing_too_many_in_the_floor_would_be_refuted():
    families = random_families(2000, rng(), ("absorbing",))

    class Greedier(type(families)):
        @property
        def active_per_point(self):
            return self.neurons.sum(axis=2) - 1

    greedier = Greedier(families.weights, families.concepts, families.neurons, families.kind)
    assert refuting_budgets._frame_t5d(greedier).violated.mean() > 0.5


def test_pairs_are_counts_of_real_sets_of_every_kind():
    pairs = random_pairs(11_000, rng())
    assert set(pairs.kind) == set(PAIR_KINDS)
    assert (pairs.concept >= 1).all()
    assert (pairs.concept < pairs.points).all()
    assert (pairs.inside >= 0).all()
    assert (pairs.inside <= pairs.concept).all()
    assert (pairs.outside >= 0).all()
    assert (pairs.outside <= pairs.rest).all()
    assert pairs.points.min() <= 3
    assert pairs.points.max() > 500_000


def test_families_count_as_brute_force_does():
    families = random_families(len(FAMILY_KINDS) * 20, rng())
    assert set(families.kind) == set(FAMILY_KINDS)
    assert (families.weights.sum(axis=1) > 0).all()
    for n in range(0, len(families.kind), 7):
        w, concepts, neurons = families.weights[n], families.concepts[n], families.neurons[n]
        for j in range(neurons.shape[1]):
            assert families.neuron_sizes[n, j] == w[neurons[:, j]].sum()
            for i in range(concepts.shape[1]):
                assert families.counts[n, j, i] == w[neurons[:, j] & concepts[:, i]].sum()
        assert families.concept_sizes[n].tolist() == [w[c].sum() for c in concepts.T]


def test_top_k_families_fire_k_neurons_on_every_point():
    active = random_families(200, rng(), ("top-k",)).active_per_point
    assert (active == active[:, :1]).all()
    assert 1 <= active.min() < active.max() <= 5


@pytest.mark.parametrize("draw", [bounds.try_to_refute, bounds.extremal_instances])
def test_nonsense_is_refused(draw):
    with pytest.raises(InputError, match=r"^theorem_id is 'T99': give one of "):
        draw("T99", 10, rng())
    for n in (0, -1, 2.5, True):
        with pytest.raises(InputError, match=r"^n_instances is "):
            draw("T1b", n, rng())
    with pytest.raises(InputError, match=r"^rng is a int"):
        draw("T1b", 10, 0)


@pytest.mark.slow
@pytest.mark.parametrize("theorem", THEOREMS)
def test_a_hundred_thousand_instances_violate_nothing(theorem):
    assert not bounds.try_to_refute(theorem, 100_000, rng(3)).violated.any()
