"""Concepts: what is stored, how a forest is checked, how labels become concepts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from saelib import ConceptSet, InputError

matrices = st.tuples(st.integers(0, 12), st.integers(1, 6)).flatmap(lambda shape: arrays(bool, shape))


@given(matrices, st.sampled_from(["csr", "csc", "coo", "lil", "dense", "int", "float"]))
def test_every_form_of_the_same_matrix_is_stored_alike(matrix, form):
    given_as = {"dense": matrix, "int": matrix.astype(int), "float": matrix.astype(float)}.get(form)
    if given_as is None:
        given_as = sparse.coo_array(matrix).asformat(form)
    concepts = ConceptSet(given_as)
    stored = concepts.membership
    assert stored.dtype == bool
    assert stored.has_canonical_format
    assert stored.data.all()
    np.testing.assert_array_equal(stored.toarray(), matrix)
    np.testing.assert_array_equal(concepts.sizes, matrix.sum(axis=0))
    assert concepts.sizes.dtype == np.int64
    for i, name in enumerate(concepts):
        np.testing.assert_array_equal(concepts.extent(i), np.flatnonzero(matrix[:, i]))
        np.testing.assert_array_equal(concepts[name], concepts[i])


def test_explicit_zeros_and_unsorted_indices_are_repaired_without_touching_the_input():
    data, indices = np.array([1, 0, 1]), np.array([2, 1, 0])
    given_as = sparse.csr_array((data, indices, np.array([0, 3])), shape=(1, 3))
    concepts = ConceptSet(given_as)
    assert concepts.membership.indices.tolist() == [0, 2]
    assert given_as.indices.tolist() == [2, 1, 0]
    assert given_as.nnz == 3


def test_repeated_boolean_entries_are_one_membership():
    twice = sparse.coo_array((np.ones(2, bool), ([0, 0], [1, 1])), shape=(1, 2))
    assert ConceptSet(twice).membership.nnz == 1


def test_a_canonical_boolean_matrix_is_not_copied():
    matrix = sparse.csr_array(np.eye(3, dtype=bool))
    assert np.shares_memory(ConceptSet(matrix).membership.indices, matrix.indices)


@pytest.mark.parametrize("wrap", [np.array, sparse.csr_array])
@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[0, 1], [0, 2]], r"^membership holds 2 at point 1, set 1: give booleans"),
        ([[0.0, np.nan], [0.5, 1.0]], r"^membership holds nan at point 0, set 1: decide"),
        ([[1.0, 0.0], [-0.5, 7.0]], r"^membership holds -0.5 at point 1, set 0"),
    ],
)
def test_the_first_value_that_is_neither_zero_nor_one_is_named(wrap, matrix, message):
    with pytest.raises(InputError, match=message):
        ConceptSet(wrap(matrix))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([True, False], r"^membership has 1 dimension"),
        (np.zeros((2, 2, 2), bool), r"^membership has 3 dimension"),
        ([["a", "b"]], r"^membership has dtype <U1"),
        (np.zeros((1, 1), complex), r"^membership has dtype complex128"),
        ([[1, 0], [1]], r"^membership has rows of different lengths"),
        (None, r"^membership has 0 dimension"),
    ],
)
def test_what_is_no_zero_one_matrix_is_refused(matrix, message):
    with pytest.raises(InputError, match=message):
        ConceptSet(matrix)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a"], r"^names has 1 entries for 2 concepts"),
        (["a", 1], r"^names has 1 at 1, a int"),
        (["a", "a"], r"^names has 'a' at 0 and at 1"),
        ("ab", r"^names is a single string"),
        (3, r"^names is 3"),
    ],
)
def test_names_that_do_not_name_are_refused(names, message):
    with pytest.raises(InputError, match=message):
        ConceptSet([[1, 0]], names)


def test_parents_may_be_numbers_names_or_nothing():
    matrix, names = [[1, 1, 1, 1]], ["a", "b", "c", "d"]
    for parents in ([-1, 0, 1, -1], [None, "a", "b", None], np.array([-1, 0, 1, -1])):
        concepts = ConceptSet(matrix, names, parents)
        assert concepts.parents.dtype == np.int64
        assert concepts.parents.tolist() == [-1, 0, 1, -1]
        assert concepts.levels.tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("parents", "message"),
    [
        ([-1, 0], r"^parents has 2 entries for 3 concepts"),
        ([-1, 3, 0], r"^parents has 3 at 1: give numbers from -1"),
        ([-2, 0, 0], r"^parents has -2 at 0"),
        ([-1, "z", 0], r"^parents has 'z' at 1, which names no concept"),
        ([-1, 0.0, 0], r"^parents has 0.0 at 1"),
        ([-1, True, 0], r"^parents has True at 1"),
        ([0, -1, -1], r"^parents run in a circle: a -> a"),
        ([2, 2, 1], r"^parents run in a circle: b -> c -> b"),
        ("abc", r"^parents is a str"),
        (1, r"^parents is a int"),
    ],
)
def test_parents_that_are_no_forest_are_refused(parents, message):
    with pytest.raises(InputError, match=message):
        ConceptSet([[1, 1, 1]], ["a", "b", "c"], parents)


def test_a_child_outside_its_parent_is_refused_by_its_first_stray_point():
    matrix = [[1, 1, 0], [1, 1, 1], [0, 1, 1]]
    with pytest.raises(InputError, match=r"^membership has point 2 in 'dog' but not in its parent 'animal'"):
        ConceptSet(matrix, ["animal", "dog", "other"], [-1, "animal", -1])


@given(matrices, st.data())
def test_containment_is_refused_exactly_when_it_fails(matrix, data):
    n = matrix.shape[1]
    parents = [data.draw(st.integers(-1, i - 1)) for i in range(n)]
    nested = all((matrix[:, i] <= matrix[:, p]).all() for i, p in enumerate(parents) if p >= 0)
    if nested:
        assert ConceptSet(matrix, parents=parents).parents.tolist() == parents
    else:
        with pytest.raises(InputError, match="but not in its parent"):
            ConceptSet(matrix, parents=parents)


@given(st.data())
def test_levels_count_the_steps_to_the_root(data):
    n = data.draw(st.integers(1, 10))
    parents = [data.draw(st.integers(-1, i - 1)) for i in range(n)]

    def depth(i):
        return 0 if parents[i] < 0 else 1 + depth(parents[i])

    assert ConceptSet(np.ones((1, n), bool), parents=parents).levels.tolist() == [depth(i) for i in range(n)]


def test_a_selected_child_goes_to_its_nearest_selected_ancestor():
    concepts = ConceptSet(np.ones((2, 4), bool), ["a", "b", "c", "d"], [-1, "a", "b", "c"])
    part = concepts.select(["d", "a"])
    assert part.names == ("d", "a")
    assert part.parents.tolist() == [1, -1]
    assert concepts[["d", "c"]].parents.tolist() == [1, -1]
    assert concepts[2:].levels.tolist() == [0, 1]


def test_labels_become_one_concept_a_boolean_column_and_one_a_value():
    labels = pd.DataFrame(
        {
            "even": [True, False, True],
            "digit": [4, 3, 4],
            "shape": pd.Categorical(["round", "flat", "flat"], categories=["round", "flat", "none"]),
            "loop": pd.Series([True, True, False], dtype="boolean"),
        }
    )
    concepts = ConceptSet.from_labels(labels, parents={"digit=4": "even"})
    assert concepts.names == ("even", "digit=3", "digit=4", "shape=round", "shape=flat", "shape=none", "loop")
    assert concepts.parents.tolist() == [-1, -1, 0, -1, -1, -1, -1]
    assert [concepts.extent(name).tolist() for name in concepts] == [
        [0, 2],
        [1],
        [0, 2],
        [0],
        [1, 2],
        [],
        [0, 1],
    ]


def test_a_column_of_python_booleans_is_a_boolean_column():
    labels = pd.DataFrame({"even": pd.Series([True, False], dtype=object)})
    assert ConceptSet.from_labels(labels).names == ("even",)


def test_labels_without_columns_are_no_concepts():
    assert len(ConceptSet.from_labels(pd.DataFrame(index=range(3)))) == 0


@pytest.mark.parametrize(
    ("labels", "parents", "message"),
    [
        (pd.DataFrame({"a": ["x", None]}), None, r"^labels is missing column 'a' at row 1"),
        (pd.DataFrame({"a": [1.0, np.nan]}), None, r"^labels is missing column 'a' at row 1"),
        ([["x"]], None, r"^labels is a list: give a pandas DataFrame"),
        (pd.DataFrame([[True, True]], columns=["a", "a"]), None, r"^names has 'a' at 0 and at 1"),
        (pd.DataFrame({"a": [True]}), {"b": "a"}, r"^parents has a child 'b'"),
        (pd.DataFrame({"a": [True]}), {"a": "b"}, r"^parents has 'b' at 0"),
    ],
)
def test_labels_that_leave_questions_are_refused(labels, parents, message):
    with pytest.raises(InputError, match=message):
        ConceptSet.from_labels(labels, parents)
