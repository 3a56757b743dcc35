"""What concepts and activation sets share: taking points, selecting sets, looking up by name."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError

matrices = st.tuples(st.integers(1, 10), st.integers(1, 6)).flatmap(lambda shape: arrays(bool, shape))


@given(matrices, st.data())
def test_taking_points_and_selecting_sets_is_indexing(matrix, data):
    n_points, n_sets = matrix.shape
    rows = data.draw(st.lists(st.integers(-n_points, n_points - 1), max_size=12))
    sets = data.draw(st.permutations(range(n_sets)))[: data.draw(st.integers(0, n_sets))]
    family = ActivationSets(matrix).take_points(rows).select(sets)
    expected = matrix[np.array(rows, dtype=int)][:, np.array(sets, dtype=int)]
    np.testing.assert_array_equal(family.active.toarray(), expected)
    assert family.active.has_canonical_format
    assert family.names == tuple(f"neuron {i}" for i in sets)
    np.testing.assert_array_equal(family.sizes, expected.sum(axis=0))
    np.testing.assert_array_equal(family.l0, expected.sum(axis=1))


def test_masks_slices_and_names_select_too():
    family = ConceptSet(np.eye(3, dtype=bool), ["a", "b", "c"])
    assert family.take_points(np.array([True, False, True])).n_points == 2
    assert family.take_points(slice(1, None)).n_points == 2
    assert family[["c", 0]].names == ("c", "a")
    assert family[np.array(["c", "b"])].names == ("c", "b")
    assert family[np.array([False, True, True])].names == ("b", "c")
    assert family[::-1].names == ("c", "b", "a")
    assert family[-1].tolist() == [2]
    assert len(family[[]]) == 0


def test_a_family_reads_like_a_mapping_from_names_to_points():
    family = ConceptSet([[1, 0], [1, 1]], ["a", "b"])
    assert len(family) == family.n_sets == family.n_concepts == 2
    assert list(family) == ["a", "b"]
    assert "b" in family
    assert "z" not in family
    assert {name: family[name].tolist() for name in family} == {"a": [0, 1], "b": [1]}
    assert family["a"].dtype == np.int64
    assert repr(family) == "ConceptSet(2 concepts over 2 points: 'a', 'b')"
    assert repr(ActivationSets(np.ones((1, 6)))).endswith("'neuron 3', …)")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: f.extent("z"), r"^concept 'z' is unknown: name one of 'a', 'b'"),
        (lambda f: f.extent(2), r"^concept 2 is out of range"),
        (lambda f: f.extent(True), r"^concept is a bool"),
        (lambda f: f.extent(0.5), r"^concept is a float"),
        (lambda f: f[1.5], r"^which is 1.5"),
        (lambda f: f.select("a"), r"^which is 'a'"),
        (lambda f: f.select(["a", 0]), r"^which names 'a' twice"),
        (lambda f: f.select([2]), r"^which has 2 at 0: give numbers below 2, the number of sets"),
        (lambda f: f.select([0.0]), r"^which has dtype float64"),
        (lambda f: f.select([True]), r"^which is a mask of length 1: give one of length 2"),
        (lambda f: f.take_points([0, 3]), r"^rows has 3 at 1: give numbers below 3, the number of points"),
        (lambda f: f.take_points([-4]), r"^rows has -4 at 0"),
        (lambda f: f.take_points([True]), r"^rows is a mask of length 1"),
        (lambda f: f.take_points([[0], [1]]), r"^rows has 2 dimension"),
        (lambda f: f.take_points([[0], [1, 2]]), r"^rows is ragged"),
        (lambda f: f.take_points(["a"]), r"^rows has dtype"),
        (lambda f: f.take_points(1), r"^rows has 0 dimension"),
    ],
)
def test_what_is_not_there_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call(ConceptSet(np.ones((3, 2), bool), ["a", "b"]))


def test_a_family_survives_the_way_to_another_process():
    family = ConceptSet([[1, 1]], ["a", "b"], [-1, 0])
    again = pickle.loads(pickle.dumps(family))
    assert again.names == family.names
    assert again.parents.tolist() == [-1, 0]
    assert (again.membership != family.membership).nnz == 0


def test_sets_and_alignment_do_not_import_torch():
    code = "import sys, saelib.sets, saelib.alignment; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
