"""Clarified and reduced contexts, meet and join, the graph, and the measures of formal concepts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import InputError
from saelib.lattice import Context, formal_concepts
from saelib.lattice.bounds_of_two import concept_graph, join, meet
from saelib.lattice.clarifying import clarify, reduce
from saelib.lattice.measuring import concept_measures

tables = st.tuples(st.integers(0, 6), st.integers(0, 5)).flatmap(lambda shape: arrays(bool, shape))


def lattice(context):
    return formal_concepts(context, min_support=0, kernel="numpy")


@settings(max_examples=80)
@given(tables)
def test_clarified_and_reduced_contexts_have_as_many_formal_concepts_and_lines(table):
    whole = lattice(Context(table))
    for smaller in (clarify(Context(table)), reduce(Context(table))):
        found = lattice(smaller.context)
        assert len(found) == len(whole)
        assert len(found.covers()) == len(whole.covers())


@settings(max_examples=80)
@given(tables)
def test_a_clarified_context_has_no_equal_rows_or_columns_and_says_where_they_went(table):
    small = clarify(Context(table))
    dense = small.context.incidence.toarray()
    assert len(np.unique(dense, axis=0)) == len(dense) or not dense.size
    assert (dense[np.ix_(small.objects, small.attributes)] == table).all()


@settings(max_examples=60)
@given(tables)
def test_nothing_can_be_left_out_of_a_reduced_context(table):
    small = reduce(Context(table)).context
    dense, n = small.incidence.toarray(), len(lattice(small))
    for m in range(dense.shape[1]):
        assert len(lattice(Context(np.delete(dense, m, axis=1)))) < n
    for g in range(dense.shape[0]):
        assert len(lattice(Context(np.delete(dense, g, axis=0)))) < n


@settings(max_examples=60)
@given(tables)
def test_meet_and_join_are_the_greatest_below_and_the_least_above(table):
    found = lattice(Context(table))
    extents = [set(found.extent(i).tolist()) for i in range(len(found))]
    for i in range(len(found)):
        for j in range(len(found)):
            below, above = meet(found, i, j), join(found, i, j)
            assert extents[below] == extents[i] & extents[j]
            larger = [k for k in range(len(found)) if extents[i] | extents[j] <= extents[k]]
            assert extents[above] == min((extents[k] for k in larger), key=len)


def test_a_meet_below_the_iceberg_is_none():
    found = formal_concepts(Context([[1, 0], [0, 1], [1, 1]]), min_support=2)
    assert meet(found, 1, 2) is None
    assert join(found, 1, 2) == 0


def test_the_graph_has_the_lines_of_the_drawing():
    graph = concept_graph(lattice(Context([[1, 0], [0, 1]], attributes=["a", "b"])))
    assert sorted(graph.edges) == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert graph.nodes[3] == {"support": 0, "delta": 0, "intent": ("a", "b")}


@settings(max_examples=60)
@given(tables)
def test_measures_are_what_their_formulas_say(table):
    found = lattice(Context(table))
    frame = concept_measures(found)
    n = len(table)
    for i in range(len(found)):
        a, b = found.extent(i), found.intent(i)
        inside = len(a) * len(b)
        around = int(table[a].sum() + table[:, b].sum()) - inside
        row = frame.iloc[i]
        assert (row.separation is pd.NA) if around == 0 else row.separation == pytest.approx(inside / around)
        shares = [table[:, m].mean() if n else 0.0 for m in b]
        if n and (len(b) <= 1 or all(shares)):
            expected = 1.0 if len(b) <= 1 else len(a) / n / np.prod(shares)
            assert row.lift is pd.NA or row.lift == pytest.approx(expected)
    if n:
        never = [bool((table[:, found.intent(i)].sum(axis=0) == 0).any()) for i in range(len(found))]
        assert frame.lift.isna().tolist() == never


@pytest.mark.parametrize("function", [clarify, reduce])
def test_what_is_no_context_is_refused(function):
    with pytest.raises(InputError, match=r"^context"):
        function([[1, 0]])


def test_a_context_too_large_to_reduce_is_refused():
    with pytest.raises(InputError, match=r"^context has 5000 different rows"):
        reduce(Context(np.eye(5_000, dtype=bool)))


def test_positions_beyond_the_end_are_refused():
    found = lattice(Context([[1]]))
    with pytest.raises(InputError):
        meet(found, 0, 7)
