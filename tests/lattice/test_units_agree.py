"""Closures in the context of points × neurons, and units found by counting, say the same, point by point."""

from itertools import chain, combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets
from saelib.lattice import Context, formal_concepts
from saelib.units import and_unit, boolean_limit, closure_unit, interior_unit, or_unit


@st.composite
def instances(draw):
    """Who fires on which point, and a concept."""
    n, d = draw(st.integers(1, 9)), draw(st.integers(1, 5))
    return draw(arrays(bool, (n, d))), draw(arrays(bool, n))


def contexts(active):
    """Points × neurons, and points × neurons that are silent."""
    return Context.from_activations(ActivationSets(active)), Context(~active)


def sets_of(d):
    return chain.from_iterable(combinations(range(d), size) for size in range(d + 1))


@given(instances())
def test_the_closure_unit_is_the_derivation_of_the_concept_and_fires_on_its_closure(instance):
    active, inside = instance
    context, _ = contexts(active)
    unit = closure_unit(ActivationSets(active), inside)
    intent = context.intent(inside)
    closure = context.extent(intent)
    assert unit.neurons == tuple(intent.tolist())
    assert unit.points(ActivationSets(active)).tolist() == closure.tolist()
    assert set(np.flatnonzero(inside)) <= set(closure.tolist())
    assert (unit.missed, unit.leaked) == (0, len(closure) - inside.sum())
    assert (unit.errors == 0) == (closure.tolist() == np.flatnonzero(inside).tolist())


@given(instances())
def test_the_interior_unit_is_the_closure_among_silent_neurons_seen_from_outside(instance):
    active, inside = instance
    _, silent = contexts(active)
    activations = ActivationSets(active)
    unit = interior_unit(activations, inside)
    # Silent on everything outside the concept: all neurons within it, the dead ones among them.
    within = silent.intent(~inside)
    outside = silent.extent(within)
    assert unit.neurons == tuple(j for j in within.tolist() if active[:, j].any())
    assert sorted([*unit.points(activations).tolist(), *outside.tolist()]) == list(range(len(active)))
    assert (unit.leaked, unit.missed) == (0, len(outside) - (~inside).sum())


@given(instances())
def test_a_concept_lies_between_its_interior_and_its_closure(instance):
    active, inside = instance
    context, silent = contexts(active)
    lower = set(range(len(active))) - set(silent.extent(silent.intent(~inside)).tolist())
    upper = set(context.extent(context.intent(inside)).tolist())
    assert lower <= set(np.flatnonzero(inside).tolist()) <= upper


@given(instances())
def test_extents_are_exactly_what_and_units_carve_out(instance):
    active, _ = instance
    context, _ = contexts(active)
    found = formal_concepts(context, min_support=0)
    extents = {tuple(found.extent(i).tolist()) for i in range(len(found))}
    carved = {
        tuple(np.flatnonzero(active[:, list(neurons)].all(axis=1)).tolist())
        for neurons in sets_of(active.shape[1])
    }
    assert extents == carved
    assert len(found) == len(extents)


@given(instances())
def test_a_concept_is_an_extent_if_and_only_if_some_and_unit_makes_no_error(instance):
    active, inside = instance
    context, _ = contexts(active)
    closed = context.extent(context.intent(inside)).tolist() == np.flatnonzero(inside).tolist()
    fewest = min(
        int((active[:, list(neurons)].all(axis=1) ^ inside).sum()) for neurons in sets_of(active.shape[1])
    )
    assert closed == (fewest == 0) == (closure_unit(ActivationSets(active), inside).errors == 0)


@given(instances())
def test_adding_a_neuron_never_adds_to_the_closure(instance):
    active, inside = instance
    more, _ = contexts(active)
    fewer, _ = contexts(active[:, :-1])
    closure, before = (context.extent(context.intent(inside)) for context in (more, fewer))
    assert set(closure.tolist()) <= set(before.tolist())


def classes(active):
    """Points told apart by the closures of single points, among firing and silent neurons alike."""
    both = Context(np.hstack([active, ~active]))
    return [tuple(both.extent(both.intent([point])).tolist()) for point in range(len(active))]


@given(instances())
def test_the_boolean_limit_errs_on_the_smaller_part_of_every_class_of_points(instance):
    active, inside = instance
    limit = boolean_limit(ActivationSets(active), inside)
    kinds = set(classes(active))
    assert limit.n_patterns == len(kinds)
    assert limit.errors == sum(
        min(int(inside[list(kind)].sum()), int((~inside[list(kind)]).sum())) for kind in kinds
    )
    assert sorted(point for kind in kinds for point in kind) == list(range(len(active)))


@settings(max_examples=40)
@given(instances())
def test_boolean_at_most_units_at_most_closure_and_interior(instance):
    active, inside = instance
    activations = ActivationSets(active)
    boolean = boolean_limit(activations, inside).errors
    d = active.shape[1]
    both = and_unit(activations, inside, max_neurons=d), or_unit(activations, inside, max_neurons=d)
    ends = closure_unit(activations, inside), interior_unit(activations, inside)
    for unit, end in zip(both, ends, strict=True):
        assert boolean <= unit.errors
        # A unit is searched among those with a neuron at least; closure and interior may have none.
        assert unit.errors <= end.errors or not end.neurons


@given(instances())
def test_the_boolean_limit_is_nought_if_and_only_if_the_concept_is_a_union_of_classes(instance):
    active, inside = instance
    points = set(np.flatnonzero(inside).tolist())
    union = set().union(*(kind for point, kind in enumerate(classes(active)) if inside[point]))
    assert (boolean_limit(ActivationSets(active), inside).errors == 0) == (union == points)


def test_a_case_by_hand():
    # Points 0 to 4, neurons a and b: a fires on 0, 1, 2; b on 1, 2, 3; nobody on 4. The concept is {1}.
    active = np.array([[1, 0], [1, 1], [1, 1], [0, 1], [0, 0]], dtype=bool)
    context, silent = contexts(active)
    assert context.intent([1]).tolist() == [0, 1]
    assert context.extent([0, 1]).tolist() == [1, 2]
    assert silent.intent([0, 2, 3, 4]).tolist() == []
    activations = ActivationSets(active)
    assert closure_unit(activations, [1]).errors == 1
    assert interior_unit(activations, [1]).errors == 1
    assert boolean_limit(activations, [1]).errors == 1
    assert len(set(classes(active))) == boolean_limit(activations, [1]).n_patterns == 4
