"""Closure and interior: the units that need no search."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError
from saelib.units import Unit, closure_unit, interior_unit


@st.composite
def instances(draw):
    n, d = draw(st.integers(1, 8)), draw(st.integers(1, 5))
    return draw(arrays(bool, (n, d))), draw(arrays(bool, n))


def subsets(d):
    return chain.from_iterable(combinations(range(d), size) for size in range(d + 1))


@given(instances())
def test_the_closure_is_the_smallest_and_unit_that_misses_nothing(instance):
    active, inside = instance
    unit = closure_unit(ActivationSets(active), inside)
    full = [active[:, list(m)].all(axis=1) for m in subsets(active.shape[1])]
    fewest = min((fires ^ inside).sum() for fires in full if fires[inside].all())
    assert unit.missed == 0
    assert unit.errors == unit.leaked == fewest
    assert unit.neurons == tuple(np.flatnonzero(active[inside].all(axis=0)))


@given(instances())
def test_the_interior_is_the_largest_or_unit_that_leaks_nothing(instance):
    active, inside = instance
    unit = interior_unit(ActivationSets(active), inside)
    pure = [active[:, list(m)].any(axis=1) for m in subsets(active.shape[1])]
    assert unit.leaked == 0
    assert unit.errors == min((fires ^ inside).sum() for fires in pure if not fires[~inside].any())


@given(instances())
def test_closing_again_changes_nothing_and_the_interior_of_the_interior_is_itself(instance):
    activations, inside = ActivationSets(instance[0]), instance[1]
    for make in (closure_unit, interior_unit):
        once = make(activations, inside)
        twice = make(activations, once.points(activations))
        assert twice.errors == 0
        assert twice.neurons == once.neurons


@given(instances())
def test_the_concept_lies_between_its_interior_and_its_closure(instance):
    activations, points = ActivationSets(instance[0]), set(np.flatnonzero(instance[1]))
    assert set(interior_unit(activations, instance[1]).points(activations)) <= points
    assert points <= set(closure_unit(activations, instance[1]).points(activations))


@given(instances())
def test_the_closure_of_a_concept_is_the_interior_of_the_complements(instance):
    active, inside = instance
    unit = closure_unit(ActivationSets(active), inside)
    dual = interior_unit(ActivationSets(~active), ~inside)
    # A neuron that fires everywhere has an empty complement, which adds nothing to a union.
    assert dual.neurons == tuple(j for j in unit.neurons if not active[:, j].all())
    assert (unit.leaked, unit.missed) == (dual.missed, dual.leaked)


@given(instances(), st.randoms())
def test_order_of_points_and_neurons_does_not_matter(instance, random):
    active, inside = instance
    points, neurons = list(range(len(active))), list(range(active.shape[1]))
    random.shuffle(points)
    random.shuffle(neurons)
    for make in (closure_unit, interior_unit):
        unit = make(ActivationSets(active), inside)
        moved = make(ActivationSets(active[points][:, neurons]), inside[points])
        assert sorted(neurons[j] for j in moved.neurons) == list(unit.neurons)
        assert moved.errors == unit.errors


@given(instances())
def test_another_neuron_never_makes_the_closure_worse(instance):
    active, inside = instance
    fewer = ActivationSets(active[:, :-1]) if active.shape[1] > 1 else ActivationSets(active)
    assert closure_unit(ActivationSets(active), inside).errors <= closure_unit(fewer, inside).errors


def test_a_concept_without_covering_neurons_closes_to_everything():
    unit = closure_unit(ActivationSets([[1, 0], [0, 1], [0, 0]]), [0, 1])
    assert (unit.neurons, unit.size, unit.leaked) == ((), 3, 1)


def test_empty_and_full_concepts():
    activations = ActivationSets([[1, 1, 0], [0, 1, 0]])
    empty, full = [], [True, True]
    assert closure_unit(activations, empty).neurons == (0, 1, 2)
    assert closure_unit(activations, empty).errors == 0
    assert interior_unit(activations, empty).neurons == ()
    assert closure_unit(activations, full).neurons == (1,)
    assert interior_unit(activations, full).neurons == (0, 1)  # the dead neuron adds nothing
    assert interior_unit(activations, full).jaccard == 1


def test_an_extent_may_be_numbers_truth_values_or_a_family_and_a_name():
    activations = ActivationSets([[1, 0], [0, 1], [1, 1]])
    concepts = ConceptSet([[0], [1], [1]], names=["dog"])
    units = [closure_unit(activations, e) for e in ([2, 1], [False, True, True], (concepts, "dog"))]
    assert units[0] == units[1] == units[2]
    assert units[0].neurons == (1,)


def test_a_unit_is_scored_on_held_out_points():
    activations = ActivationSets([[1, 0], [0, 1], [0, 0]])
    unit = interior_unit(activations, [0, 1])
    other = ActivationSets([[1, 1], [0, 0]])
    assert unit.points(other).tolist() == [0]
    scored = unit.scored_on(other, [1])
    assert isinstance(scored, Unit)
    assert (scored.neurons, scored.missed, scored.leaked) == ((0, 1), 1, 1)
    with pytest.raises(InputError, match=r"^activations has 1 neurons, the unit reads neuron 1"):
        unit.scored_on(ActivationSets([[1]]), [0])


@pytest.mark.parametrize("make", [closure_unit, interior_unit])
@pytest.mark.parametrize(
    ("extent", "offence"),
    [
        ([0, 3], "has point 3 at 1"),
        ([-1], "has point -1 at 0"),
        ([1, 1], "names a point twice"),
        ([1, 0, 1], "names a point twice"),
        ([True, False], "has length 2"),
        ([0.5], "has dtype float64"),
        (["dog"], "has dtype <U3"),
        ([[0, 1]], "has 2 dimension"),
        ([[0], [1, 2]], "is ragged"),
        ((ConceptSet([[1]]), 0), "comes from concepts over 1 points"),
        ((ConceptSet([[1]] * 3), 0, 1), "is a tuple of 3"),
        (None, "has 0 dimension"),
    ],
)
def test_extents_that_do_not_fit_are_refused(make, extent, offence):
    with pytest.raises(InputError, match="^extent " + offence):
        make(ActivationSets([[1], [0], [1]]), extent)


@pytest.mark.parametrize("make", [closure_unit, interior_unit])
@pytest.mark.parametrize(
    ("activations", "offence"),
    [
        (np.eye(2), "is a ndarray"),
        (ActivationSets(np.zeros((0, 2))), "covers no points"),
        (ActivationSets(np.zeros((2, 0))), "has no neurons"),
    ],
)
def test_activations_that_hold_nothing_are_refused(make, activations, offence):
    with pytest.raises(InputError, match="^activations " + offence):
        make(activations, [])
