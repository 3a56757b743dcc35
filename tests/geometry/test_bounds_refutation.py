"""Capacity, noise and samples under attack: a wrong bound would be caught, and none is."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from saelib.geometry import bounds
from saelib.geometry.bounds import refuting_capacity, refuting_noise

THEOREMS = ("T5a", "T5b", "T5c", "T7a", "T7b", "T7c", "Welch")
TIGHT = tuple(theorem for theorem in THEOREMS if theorem != "T7c")


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("theorem", THEOREMS)
def test_no_instance_violates_a_theorem(theorem):
    frame = bounds.try_to_refute(theorem, 6_000, rng())
    assert len(frame) == 6_000
    assert not frame.violated.any()
    assert frame.slack.max() > 0.4
    assert frame.notna().all().all()
    assert frame.equals(bounds.try_to_refute(theorem, 6_000, rng()))


@pytest.mark.parametrize("theorem", TIGHT)
def test_extremal_instances_attain_the_bound(theorem):
    frame = bounds.extremal_instances(theorem, 2_000, rng())
    assert len(frame) == 2_000
    assert not frame.violated.any()
    assert frame.slack.abs().max() < 1e-12
    assert (frame.bound - frame.measured).abs().max() < 1e-12


def test_the_band_of_samples_has_no_extremal_instances():
    with pytest.raises(ValueError, match=r"^theorem_id is 'T7c'"):
        bounds.extremal_instances("T7c", 10, rng())
    frame = bounds.try_to_refute("T7c", 20_000, rng())
    assert 0.1 < (frame.measured / frame.bound).max() < 1


def test_a_smaller_ceiling_of_patterns_or_subsets_would_be_refuted(monkeypatch):
    for ceiling, attack in (("pattern_ceiling", "T5a"), ("separable_subsets", "T5c")):
        real = getattr(bounds, ceiling)
        monkeypatch.setattr(refuting_capacity, ceiling, lambda d, n, real=real: real(d, n) - 1)
        assert bounds.try_to_refute(attack, 600, rng()).violated.any()


def test_a_larger_floor_of_neurons_or_coherence_would_be_refuted(monkeypatch):
    monkeypatch.setattr(refuting_capacity, "least_dictionary", lambda m, k: bounds.least_dictionary(m, k) + 1)
    assert bounds.try_to_refute("T5b", 600, rng()).violated.any()
    short = refuting_capacity._frame_t5b(np.array([4]), np.array([2]), np.array([9]), np.array(["9 of 6"]))
    assert short.violated.all()


def test_a_coherence_that_is_understated_would_be_refuted():
    one = np.ones(1, dtype=np.int64)
    frame = refuting_noise._frame_t7a(
        np.array([True]), 300 * one, 600 * one, 1000 * one, 2 * one, one, one, rng(), np.array(["by hand"])
    )
    assert frame.violated.all()  # the least signal is 1 − 0.6 = 0.4, and 0.3 was claimed


def test_a_bound_on_the_wrong_variance_would_be_refuted():
    frame = refuting_noise._frame_t7b(
        np.array([[0, 4]]), np.array([[1, 1]]), np.array([0]), np.array([True]), np.array(["two values"])
    )
    assert frame.measured[0] == frame.bound[0] == 0.5
    assert frame.slack[0] == 0


def test_drawn_units_are_distinct_sets_of_k_neurons():
    frame = bounds.try_to_refute("T5b", 3_000, rng())
    assert (frame.concepts <= [math.comb(d, k) for d, k in zip(frame.measured, frame.k, strict=True)]).all()
    assert (frame.slack == 0).mean() > 0.05


def test_patterns_seen_on_hyperplanes_can_outnumber_the_cells():
    frame = bounds.try_to_refute("T5a", 6_000, rng())
    assert (frame.seen > frame.cells).any()
    assert (frame[frame.kind == "moment curve"].cells == frame[frame.kind == "moment curve"].bound).all()


def test_a_closed_form_loads_no_solver():
    code = "import sys; from saelib.geometry.bounds import pattern_ceiling, cantelli_miss, sample_band; "
    code += "print([m for m in ('scipy.optimize', 'torch', 'pandas', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("theorem", THEOREMS)
def test_a_hundred_thousand_instances_violate_nothing(theorem):
    assert not bounds.try_to_refute(theorem, 100_000, rng(3)).violated.any()
