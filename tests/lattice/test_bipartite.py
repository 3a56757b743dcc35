"""The graph of a context has its crosses for edges, and nothing is lost on the way there and back."""

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import InputError
from saelib.lattice import Context, bipartite_graph


@given(arrays(bool, st.tuples(st.integers(0, 6), st.integers(0, 6))))
def test_there_and_back_again(incidence):
    context = Context(incidence)
    graph = bipartite_graph(context)
    sides = [[node for node, side in graph.nodes(data="bipartite") if side == which] for which in (0, 1)]
    assert [label for _, label in graph.nodes(data="label")] == [*context.objects, *context.attributes]
    assert [len(side) for side in sides] == list(incidence.shape)
    assert graph.number_of_edges() == incidence.sum()
    if incidence.size:
        back = networkx.bipartite.biadjacency_matrix(graph, *sides).toarray()
        assert np.array_equal(back, incidence)


def test_an_object_and_an_attribute_of_one_name_stay_two():
    graph = bipartite_graph(Context([[1]], ["dog"], ["dog"]))
    assert sorted(graph.nodes) == [("attribute", "dog"), ("object", "dog")]
    assert networkx.is_bipartite(graph)


def test_only_contexts_become_graphs():
    with pytest.raises(InputError, match=r"^context is a list"):
        bipartite_graph([[1]])
