from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.geometry.neuron import Neuron
from saelib.phenomena import absorption, hierarchy, parallel_chains, planted


def zoo(n: int = 200) -> ConceptSet:
    point = np.arange(n)
    animal, dog, puppy = point < n // 2, point < n // 5, point < n // 10
    names = ["animal", "dog", "puppy"]
    return ConceptSet(np.column_stack([animal, dog, puppy]), names=names, parents=[-1, 0, 1])


def test_a_faithful_dictionary_keeps_every_edge() -> None:
    concepts = zoo()
    edges = hierarchy(align(planted(concepts), concepts))
    assert edges.order.tolist() == ["kept", "kept"]
    assert (edges.inclusion == 1.0).all()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([range(20), range(10)], "kept"),
        ([range(10), range(20)], "reversed"),
        ([range(20), range(20)], "equal"),
        ([range(20), range(20, 30)], "apart"),
        ([range(20), range(10, 30)], "crossing"),
        ([range(20), []], "unavailable"),
    ],
)
def test_each_order_by_hand(columns: list[range], expected: str) -> None:
    active = np.zeros((40, 2), dtype=bool)
    for j, rows in enumerate(columns):
        active[list(rows), j] = True
    concepts = ConceptSet(np.ones((40, 2), dtype=bool), parents=[-1, 0])
    edges = hierarchy(align(ActivationSets(active), concepts), np.array([0, 1]))
    assert edges.order.tolist() == [expected]


@given(seed=st.integers(0, 1000))
def test_inclusion_is_the_implication_of_the_absorption_table(seed: int) -> None:
    rng = np.random.default_rng(seed)
    concepts = zoo()
    alignment = align(ActivationSets(rng.random((200, 4)) < 0.3), concepts)
    neurons = rng.integers(-1, 4, 3)
    left = hierarchy(alignment, neurons).inclusion
    right = absorption(alignment, neurons).implication
    assert left.isna().equals(right.isna())
    assert left.dropna().tolist() == right.dropna().tolist()


def test_tolerance_is_checked() -> None:
    concepts = zoo()
    with pytest.raises(InputError, match="tolerance is 1"):
        hierarchy(align(planted(concepts), concepts), tolerance=1)


# --- off the data ----------------------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000))
def test_listed_pairs_are_nested_at_random_points_and_others_are_not_everywhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    W = rng.integers(-2, 3, (2, 6)).astype(float)
    b = rng.integers(-3, 4, 6).astype(float)
    listed = {(row.inner, row.outer) for row in parallel_chains(W, b, cosine=1.0).itertuples()}
    # Far and near points: two half-planes that are not nested differ somewhere on this grid.
    points = np.stack(np.meshgrid(*[np.linspace(-40, 40, 161)] * 2), -1).reshape(-1, 2) + 0.01
    fires = [Neuron(W[:, j], b[j]).fires(points) for j in range(6)]
    for i in range(6):
        for j in range(i + 1, 6):
            if not (W[:, i].any() and W[:, j].any()):
                assert (i, j) not in listed
                continue
            nested = not (fires[i] & ~fires[j]).any() or not (fires[j] & ~fires[i]).any()
            assert nested == ((i, j) in listed or (j, i) in listed), (W[:, [i, j]], b[[i, j]])
    for inner, outer in listed:
        assert not (fires[inner] & ~fires[outer]).any()


def test_a_chain_of_three_is_three_pairs() -> None:
    frame = parallel_chains([[1.0, 1.0, 2.0]], [0.0, -1.0, -6.0])
    assert sorted(zip(frame.inner, frame.outer, frame.gap, strict=True)) == [
        (1, 0, 1.0),
        (2, 0, 3.0),
        (2, 1, 2.0),
    ]


@pytest.mark.parametrize(
    ("weights", "offsets", "cosine", "message"),
    [
        ([1.0], [0.0], 0.9, "W_enc has shape"),
        ([[1.0, 2.0]], [0.0], 0.9, "W_enc has shape"),
        ([[np.nan]], [0.0], 0.9, "W_enc holds nan"),
        ([[1.0]], [0.0], 0.0, "cosine is 0.0"),
    ],
)
def test_malformed_weights_are_refused(weights: list, offsets: list, cosine: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parallel_chains(weights, offsets, cosine=cosine)


def test_a_dictionary_larger_than_a_block_has_the_pairs_of_all_products() -> None:
    rng = np.random.default_rng(0)
    W = rng.normal(size=(2, 1_100))
    W /= np.linalg.norm(W, axis=0)
    found = parallel_chains(W, rng.normal(size=1_100), cosine=0.99999)
    wanted = np.argwhere(np.triu(W.T @ W >= 0.99999 - 1e-12, k=1))
    pairs = np.sort(found[["inner", "outer"]].to_numpy(), axis=1)
    assert np.array_equal(pairs, wanted)
    assert (wanted[:, 0] < 1_024).any()
    assert (wanted[:, 0] >= 1_024).any()
