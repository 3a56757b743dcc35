"""The Boolean limit against every function of the set of active neurons."""

import gc
import weakref
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, InputError
from saelib.units import boolean_limit
from saelib.units.patterns import patterns_of


@st.composite
def instances(draw, most_points=9):
    n, d = draw(st.integers(1, most_points)), draw(st.integers(1, 3))
    return draw(arrays(bool, (n, d))), draw(arrays(bool, n))


def every_function(active):
    """What each function of the row reads, one row of truth values a function."""
    rows = [tuple(row) for row in active]
    patterns = sorted(set(rows))
    of_points = [patterns.index(row) for row in rows]
    return np.array(list(product([False, True], repeat=len(patterns))))[:, of_points]


@given(instances())
def test_no_function_of_the_active_neurons_does_better(instance):
    active, inside = instance
    functions = every_function(active)
    wrong, either = (functions ^ inside).sum(axis=1), (functions | inside).sum(axis=1)
    limit = boolean_limit(ActivationSets(active), inside)
    assert limit.errors == wrong.min()
    assert boolean_limit(ActivationSets(active), inside, "jaccard").distance == (
        (wrong / np.maximum(either, 1)).min()
    )
    assert limit.n_patterns == len(np.unique(active, axis=0))
    assert limit.unseen == 0


@given(instances(), st.randoms())
def test_order_of_points_and_neurons_does_not_matter(instance, random):
    active, inside = instance
    points, neurons = list(range(len(active))), list(range(active.shape[1]))
    random.shuffle(points)
    random.shuffle(neurons)
    for objective in ("errors", "jaccard"):
        here = boolean_limit(ActivationSets(active), inside, objective)
        there = boolean_limit(ActivationSets(active[points][:, neurons]), inside[points], objective)
        assert here == there


@given(instances())
def test_a_concept_and_its_complement_have_the_same_limit(instance):
    activations, inside = ActivationSets(instance[0]), instance[1]
    assert boolean_limit(activations, inside).errors == boolean_limit(activations, ~inside).errors


@given(instances())
def test_scored_on_the_points_it_was_chosen_on_it_is_the_limit(instance):
    activations, inside = ActivationSets(instance[0]), instance[1]
    for objective in ("errors", "jaccard"):
        same = boolean_limit(activations, inside, objective, held_out=(activations, inside))
        assert same == boolean_limit(activations, inside, objective)


def test_held_out_points_are_read_by_the_majority_of_their_pattern_and_unseen_ones_as_outside():
    first = ActivationSets([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]])
    second = ActivationSets([[1, 0], [0, 1], [1, 1], [0, 0]])
    # (1, 0) is inside twice out of three, (0, 1) once out of two: a tie is outside.
    limit = boolean_limit(first, [0, 1, 3], held_out=(second, [0, 1, 2]))
    assert (limit.n_points, limit.missed, limit.leaked, limit.unseen) == (4, 2, 0, 2)
    assert limit.n_patterns == 2


def test_points_with_a_pattern_each_are_learned_by_heart_and_the_held_out_score_tells():
    rng = np.random.default_rng(0)
    activations = ActivationSets(rng.random((400, 40)) < 0.5)
    inside = rng.random(400) < 0.5
    limit = boolean_limit(activations, inside)
    assert (limit.errors, limit.n_patterns) == (0, 400)
    halves = [(activations.take_points(half), inside[half]) for half in (slice(200), slice(200, None))]
    held_out = boolean_limit(*halves[0], held_out=halves[1])
    assert (held_out.unseen, held_out.size) == (200, 0)


def test_dead_neurons_tell_nothing():
    limit = boolean_limit(ActivationSets(np.zeros((5, 3))), [0, 1, 2])
    assert (limit.errors, limit.leaked, limit.n_patterns) == (2, 2, 1)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"activations": np.eye(2)}, "activations"),
        ({"extent": [5]}, "extent"),
        ({"objective": "recall"}, "objective"),
        ({"held_out": [1, 2]}, "held_out"),
        ({"held_out": (ActivationSets([[1, 1]]), [0])}, "held_out"),
        ({"held_out": (np.eye(2), [0])}, "held_out"),
        ({"held_out": (ActivationSets(np.zeros((0, 1))), [0])}, "held_out"),
        ({"held_out": (ActivationSets([[1]]), [4])}, "extent"),
    ],
)
def test_malformed_input_is_refused_by_name(arguments, named):
    with pytest.raises(InputError, match=f"^{named} "):
        boolean_limit(**{"activations": ActivationSets([[1], [0]]), "extent": [0]} | arguments)


def test_patterns_are_counted_once_for_all_concepts_and_forgotten_with_their_activation_sets():
    activations = ActivationSets([[1, 0], [0, 1]])
    for extent in ([0], [1], [0, 1]):
        boolean_limit(activations, extent)
    kept = patterns_of(activations)
    assert patterns_of(activations) is kept
    assert patterns_of(ActivationSets([[1, 0], [0, 1]])) is not kept
    forgotten = weakref.ref(kept)
    del activations, kept
    gc.collect()
    assert forgotten() is None
