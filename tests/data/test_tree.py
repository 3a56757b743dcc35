"""The skeleton of a concept forest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.data.synthetic import Tree, branching_parents


def test_branching_numbers_concepts_level_by_level():
    assert branching_parents((2, 3), n_lone=1) == (-1, -1, 0, 0, 0, 1, 1, 1, -1)


def test_branching_444_has_84_concepts_on_three_levels():
    tree = Tree(branching_parents((4, 4, 4)))
    assert [len(level) for level in tree.by_level] == [4, 16, 64]
    assert tree.names[0] == "c0"
    assert tree.names[4 + 2 * 4 + 1] == "c2.1"
    assert tree.names[-1] == "c3.3.3"


def test_a_child_may_be_numbered_before_its_parent():
    tree = Tree((2, -1, -1, 0))
    assert tree.names == ("c1.0", "c0", "c1", "c1.0.0")
    assert tree.levels.tolist() == [1, 0, 0, 2]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_names_spell_the_chain_of_parents(draws):
    parents = tuple([-1] + [d % (i + 1) - 1 for i, d in enumerate(draws)])
    tree = Tree(parents)
    assert len(set(tree.names)) == len(parents)
    for i, p in enumerate(parents):
        assert tree.names[i].count(".") == tree.levels[i]
        if p >= 0:
            assert tree.names[i].rpartition(".")[0] == tree.names[p]
    assert sorted(np.concatenate(tree.by_level)) == list(range(len(parents)))


@pytest.mark.parametrize("parents", [(), (0,), (1, 0), (-1, 5), (-2,), (True, -1), (-1, 0.0), (1, 2, 0)])
def test_parents_that_are_no_forest_are_refused(parents):
    with pytest.raises(InputError, match="parents"):
        Tree(parents)


@pytest.mark.parametrize(
    ("branching", "n_lone"), [((), 0), ((0,), 0), ((2, -1), 0), ((2.0,), 0), ((2,), -1), ((2,), 0.5)]
)
def test_branching_that_is_no_count_is_refused(branching, n_lone):
    with pytest.raises(InputError):
        branching_parents(branching, n_lone)
