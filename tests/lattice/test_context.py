"""Derivations and closures: a Galois connection, whatever the table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from saelib import ActivationSets, ConceptSet, InputError
from saelib.lattice import Context
from saelib.units import closure_unit


@st.composite
def tables_and_subsets(draw):
    n, d = draw(st.integers(0, 7)), draw(st.integers(0, 7))
    table = draw(arrays(bool, (n, d)))
    return table, [draw(arrays(bool, size)) for size in (n, n, d, d)]


def subset(one: np.ndarray, two: np.ndarray) -> bool:
    return set(one.tolist()) <= set(two.tolist())


@given(tables_and_subsets())
def test_derivations_are_what_all_share(instance) -> None:
    table, (objects, _, attributes, _) = instance
    context = Context(table)
    assert context.intent(objects).tolist() == np.flatnonzero(table[objects].all(axis=0)).tolist()
    assert context.extent(attributes).tolist() == np.flatnonzero(table[:, attributes].all(axis=1)).tolist()
    for found in (context.intent(objects), context.extent(attributes), context.closure(attributes)):
        assert found.dtype == np.int64
        assert (np.diff(found) > 0).all()


@given(tables_and_subsets())
def test_the_derivations_are_a_galois_connection(instance) -> None:
    table, (one, two, three, four) = instance
    context = Context(table)
    # A ⊆ B' iff B ⊆ A'.
    numbers, names = np.flatnonzero(one), np.flatnonzero(three)
    assert subset(numbers, context.extent(names)) == subset(names, context.intent(numbers))
    # Larger sets have smaller derivations, and deriving three times is deriving once.
    assert subset(context.intent(one | two), context.intent(one))
    assert subset(context.extent(three | four), context.extent(three))
    assert np.array_equal(context.intent(context.extent(context.intent(one))), context.intent(one))
    assert np.array_equal(context.extent(context.intent(context.extent(three))), context.extent(three))


@given(tables_and_subsets())
def test_closing_extends_and_is_monotone_and_idempotent(instance) -> None:
    table, (_, _, one, two) = instance
    context = Context(table)
    closed = context.closure(one)
    assert subset(np.flatnonzero(one), closed)
    assert subset(closed, context.closure(one | two))
    assert np.array_equal(context.closure(closed), closed)


@given(tables_and_subsets())
def test_the_closure_of_a_set_of_points_is_the_closure_unit(instance) -> None:
    table, (objects, *_) = instance
    if not table.size:
        return
    context, activations = Context(table), ActivationSets(table)
    unit = closure_unit(activations, objects)
    assert unit.neurons == tuple(context.intent(objects))
    assert np.array_equal(unit.points(activations), context.extent(context.intent(objects)))


def test_of_nothing_everything_is_true() -> None:
    context = Context(np.zeros((2, 3)))
    assert context.intent([]).tolist() == [0, 1, 2]
    assert context.extent([]).tolist() == [0, 1]
    assert Context(np.zeros((0, 3))).closure([]).tolist() == [0, 1, 2]
    assert Context(np.zeros((3, 0))).intent([0]).tolist() == []


def test_sparse_and_dense_tables_numbers_masks_and_names_are_the_same() -> None:
    table = np.array([[1, 1, 0], [0, 1, 1]])
    for given_table in (table, table.astype(bool), sparse.coo_matrix(table), sparse.csc_array(table)):
        context = Context(given_table, objects=["x", "y"], attributes=["a", "b", "c"])
        for attributes in ([1, 2], ["b", "c"], [False, True, True], np.array([2, 1]), ("c",), range(1, 3)):
            assert context.extent(attributes).tolist() == [1]
        assert context.intent(["x", "y"]).tolist() == [1]
    assert Context(table).attributes == ("attribute 0", "attribute 1", "attribute 2")
    assert Context(table).objects == ("object 0", "object 1")


def test_points_by_neurons_and_points_by_concepts() -> None:
    context = Context.from_activations(ActivationSets([[1, 0], [1, 1]], names=["on", "off"]))
    assert (context.attributes, context.objects) == (("on", "off"), ("point 0", "point 1"))
    concepts = ConceptSet([[1, 1], [1, 0]], names=["animal", "dog"], parents=[-1, 0])
    assert Context.from_concepts(concepts).closure(["dog"]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0, 2]],), "incidence holds 2 at"),
        (([[0, np.nan]],), "incidence holds nan at"),
        (([0, 1],), r"incidence has 1 dimension"),
        (([[0], [0, 1]],), "incidence has rows of different lengths"),
        (([["a"]],), "incidence has dtype"),
        (([[0, 1]], ["x", "y"]), "objects has 2 names"),
        (([[0, 1]], "x"), "objects is 'x'"),
        (([[0, 1]], None, ["a"]), "attributes has 1 names"),
        (([[0, 1]], None, ["a", "a"]), "attributes has 'a' at 0 and at 1"),
        (([[0, 1]], None, ["a", 1]), "attributes has 1 at 1, a int"),
        (([[0, 1]], None, 2), "attributes is 2"),
    ],
)
def test_malformed_contexts_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError, match="^" + message):
        Context(*arguments)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ([3], "attributes has 3 at 0"),
        ([0, -1], "attributes has -1 at 1"),
        ([True], "attributes is a mask of length 1"),
        ([0.5], "attributes has dtype float64"),
        (["d"], "attributes has 'd', which is unknown"),
        ("a", "attributes is 'a'"),
        (0, "attributes is 0"),
        ([[0, 1]], "attributes has 2 dimension"),
        ([[0], [0, 1]], "attributes is ragged"),
    ],
)
def test_attributes_that_are_none_of_the_context_are_refused(attributes: object, message: str) -> None:
    context = Context([[1, 0, 1]], attributes=["a", "b", "c"])
    for derive in (context.extent, context.closure):
        with pytest.raises(InputError, match="^" + message):
            derive(attributes)
    with pytest.raises(InputError, match=r"^objects has 1 at 0"):
        context.intent([1])


@pytest.mark.parametrize("make", [Context.from_activations, Context.from_concepts])
def test_what_is_no_family_of_sets_is_refused(make) -> None:
    with pytest.raises(InputError, match="is a ndarray"):
        make(np.eye(2))
