"""Neurons that are nested on the data and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ConceptSet, InputError
from saelib.data.synthetic import ForestConfig, Uniform, concept_forest
from saelib.geometry import Neuron
from saelib.phenomena import dual_neurons, nested_neurons, nesting_on_and_off

BRANCHING = ForestConfig(
    d_in=16, branching=(2, 2, 2), firing=0.5, children="exclusive", amplitude=Uniform(0.5, 1.5), noise=0.0
)


@given(seed=st.integers(0, 50))
def test_dual_neurons_are_the_concepts_of_a_branching_forest(seed: int) -> None:
    sample = concept_forest(replace(BRANCHING, world_seed=seed), 200, seed)
    neurons = dual_neurons(sample.directions, 0.25)
    judged = nesting_on_and_off(neurons, sample.points, sample.concepts)
    assert judged.errors.eq(0).all()
    assert judged.outside_on_data.dropna().eq(0).all()
    assert judged.nested_off_data.dropna().eq(False).all()
    assert judged.outside_on_data.isna().equals(judged.parent.isna())


def test_nested_neurons_find_more_concepts_than_dimensions() -> None:
    config = replace(BRANCHING, d_in=8)  # 14 concepts in 8 dimensions: no dual vectors
    sample = concept_forest(config, 60, 1)
    sizes = sample.concepts.sizes
    concepts = sample.concepts.select([int(i) for i in np.flatnonzero((sizes > 0) & (sizes < 60))])
    with pytest.raises(InputError, match="rank 8"):
        dual_neurons(sample.directions, 0.25)
    neurons = nested_neurons(sample.points, concepts, progress=False)
    judged = nesting_on_and_off(neurons, sample.points, concepts)
    assert judged.errors.dropna().eq(0).all()
    assert sum(neuron is not None for neuron in neurons) > 8


def test_a_concept_between_others_has_no_neuron_and_says_so() -> None:
    points = [[0.0], [1.0], [2.0]]
    concepts = ConceptSet([[1, 0], [1, 1], [0, 0]], parents=[-1, 0])
    neurons = nested_neurons(points, concepts)
    assert neurons[0] is not None
    assert neurons[1] is None
    judged = nesting_on_and_off(neurons, points, concepts)
    assert judged.errors.isna().tolist() == [False, True]
    assert judged.nested_off_data.isna().all()


def test_errors_and_strays_are_counted_by_hand() -> None:
    points = [[-2.0], [-1.0], [1.0], [2.0]]
    concepts = ConceptSet([[0, 0], [0, 0], [1, 0], [1, 1]], names=["a", "b"], parents=[-1, 0])
    neurons = (Neuron([1.0], -1.5), Neuron([1.0], 1.5))  # fires on 2 alone; fires on -1, 1 and 2
    judged = nesting_on_and_off(neurons, points, concepts)
    assert judged.errors.tolist() == [1, 2]
    assert judged.n_fires.tolist() == [1, 3]
    assert judged.outside_on_data.tolist() == [pd.NA, 2]
    assert judged.nested_off_data.tolist() == [pd.NA, False]


def test_a_chain_may_be_nested_off_the_data_too() -> None:
    points = [[0.0], [1.0], [2.0]]
    concepts = ConceptSet([[0, 0], [1, 0], [1, 1]], parents=[-1, 0])
    judged = nesting_on_and_off(nested_neurons(points, concepts), points, concepts)
    assert judged.nested_off_data.tolist() == [pd.NA, True]


def test_a_point_on_the_boundary_does_not_fire() -> None:
    concepts = ConceptSet([[1], [0]])
    judged = nesting_on_and_off((Neuron([0.1], -0.1),), [[1.0], [0.0]], concepts)
    assert judged.errors.tolist() == [1]


SMALL = ConceptSet([[1, 1], [1, 0], [0, 0]], parents=[-1, 0])
POINTS = np.array([[2.0], [1.0], [0.0]])


@pytest.mark.parametrize(
    ("points", "concepts", "message"),
    [
        (POINTS[:2], SMALL, "points has shape"),
        ([["a"], ["b"], ["c"]], SMALL, "points is no array"),
        ([[2.0], [np.nan], [0.0]], SMALL, "point 1"),
        (POINTS, [[1], [0], [0]], "concepts is a list"),
        (POINTS, ConceptSet([[1], [1], [1]]), "nowhere or everywhere"),
        (POINTS, ConceptSet([[0], [0], [0]]), "nowhere or everywhere"),
    ],
)
def test_malformed_data_is_refused(points: object, concepts: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        nested_neurons(points, concepts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("neurons", "message"),
    [
        ((None,), "1 entries for 2"),
        ((None, "neuron"), "at 1 no neuron"),
        ((Neuron([1.0, 0.0], 0.0), None), "at 0 no neuron"),
    ],
)
def test_malformed_neurons_are_refused(neurons: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        nesting_on_and_off(neurons, POINTS, SMALL)


@pytest.mark.parametrize(
    ("directions", "threshold", "message"),
    [
        ([1.0, 2.0], 0.5, "directions has shape"),
        ([["a"]], 0.5, "directions is no array"),
        ([[np.inf, 0.0]], 0.5, "NaN or infinity"),
        ([[1.0, 0.0], [2.0, 0.0]], 0.5, "rank 1"),
        ([[1.0, 0.0]], 0.0, "threshold is 0"),
        ([[1.0, 0.0]], float("nan"), "threshold is nan"),
    ],
)
def test_malformed_directions_are_refused(directions: object, threshold: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        dual_neurons(directions, threshold)  # type: ignore[arg-type]
