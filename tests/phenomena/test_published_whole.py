"""SAEBench's score from end to end: probes, split sets, and the rank correlations between measures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from saelib import ConceptSet, InputError
from saelib.phenomena import (
    absorbing_sae,
    concept_probe,
    faithful_sae,
    published_scores,
    rank_correlations,
    split_set,
)


def animals(n: int = 600, seed: int = 0) -> tuple[np.ndarray, ConceptSet]:
    """A parent with two exclusive children in three orthogonal directions, amplitudes 1."""
    rng = np.random.default_rng(seed)
    parent, kind = rng.random(n) < 0.5, rng.integers(0, 3, n)
    held = np.column_stack([parent, parent & (kind == 0), parent & (kind == 1)])
    return held.astype(float), ConceptSet(held, names=["animal", "dog", "cat"], parents=[-1, 0, 0])


def test_a_probe_finds_the_direction_however_rare_the_concept() -> None:
    rng = np.random.default_rng(0)
    inside = rng.random(4_000) < 0.03
    points = rng.standard_normal((4_000, 5)) + 6 * inside[:, None] * np.eye(5)[2]
    probe = concept_probe(points, inside)
    direction = probe.direction / np.linalg.norm(probe.direction)
    assert direction[2] > 0.9
    assert (probe.finds(points) == inside).mean() > 0.98


def test_a_concept_with_one_neuron_has_a_split_set_of_one() -> None:
    points, _ = animals()
    inside = points[:, 0] > 0
    found = split_set(points, inside, points, inside)
    assert found.neurons == (0,)
    assert found.f1[0] == 1.0


@pytest.mark.parametrize("parts", [2, 3, 5])
def test_a_concept_cut_in_parts_has_them_all_in_its_split_set(parts: int) -> None:
    rng = np.random.default_rng(parts)
    which = rng.integers(0, 2 * parts, 2_000)
    acts = np.zeros((2_000, parts + 2))
    for part in range(parts):
        acts[which == part, part] = 1.0
    acts[:, parts:] = rng.random((2_000, 2))
    found = split_set(sparse.csr_array(acts), which < parts, acts, which < parts)
    assert set(found.neurons) == set(range(parts))
    assert split_set(acts, which < parts, acts, which < parts, most=1).neurons == found.neurons[:1]


def test_the_gain_decides_how_far_the_set_grows() -> None:
    acts = np.repeat(np.eye(3), [70, 20, 10], axis=0)
    acts = np.vstack([acts, np.zeros((100, 3))])
    inside = np.arange(200) < 100
    found = split_set(acts, inside, acts, inside, l1=1e-4)
    assert found.f1 == pytest.approx((140 / 170, 180 / 190, 1.0))
    sizes = [
        len(split_set(acts, inside, acts, inside, l1=1e-4, gain=gain).neurons) for gain in (0.03, 0.06, 0.2)
    ]
    assert sizes == [3, 2, 1]


def test_a_faithful_dictionary_scores_0_and_an_absorbing_one_1_on_the_child_absorbed() -> None:
    (x, concepts), (other, held_out) = animals(seed=0), animals(seed=1)
    faithful = published_scores(faithful_sae(np.eye(3)), x, concepts, other, held_out)
    assert (faithful.fraction == 0).all()
    assert (faithful.full == 0).all()
    assert (faithful.split == (0,)).all()
    sae = absorbing_sae(np.eye(3), [-1, 0, 0], {1: 1.0})
    absorbing = published_scores(sae, x, concepts, other, held_out, most=1).set_index("child")
    assert absorbing.loc["dog", ["fraction", "full"]].tolist() == [1.0, 1.0]
    assert absorbing.loc["cat", ["fraction", "full"]].tolist() == [0.0, 0.0]
    whole = absorbing[absorbing.index.isna()].iloc[0]
    assert whole["full"] == pytest.approx(held_out.sizes[1] / held_out.sizes[0])
    # Left to itself the split set takes in the dog's neuron, and nothing is absorbed any more.
    free = published_scores(sae, x, concepts, other, held_out)
    assert set(free.split.iloc[0]) == {0, 1}
    assert (free.full == 0).all()


def test_a_parent_that_no_probe_can_find_is_unavailable() -> None:
    rng = np.random.default_rng(0)
    inside = rng.random(300) < 0.2
    concepts = ConceptSet(np.column_stack([inside, inside]), names=["all", "same"], parents=[-1, 0])
    x = rng.standard_normal((300, 3))
    frame = published_scores(faithful_sae(np.eye(3)), x, concepts, x, concepts)
    assert frame.probe_f1.iloc[0] <= 0.6
    assert frame.fraction.isna().all()
    assert frame.full.isna().all()


def test_rank_correlations_are_spearmans_on_the_rows_both_have() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 9, (30, 3)), columns=["a", "b", "c"]).astype("Float64")
    frame.loc[:4, "a"] = pd.NA
    frame["same"] = 1.0
    frame["few"] = pd.array([1.0, 2.0, 3.0] + [pd.NA] * 27, dtype="Float64")
    found = rank_correlations(frame, list(frame)).set_index(["first", "second"])
    both = frame[["a", "b"]].dropna().astype(float)
    assert found.loc[("a", "b"), "correlation"] == pytest.approx(stats.spearmanr(both.a, both.b).statistic)
    assert found.loc[("a", "b"), "n"] == 25
    assert found.loc[("b", "a"), "correlation"] == pytest.approx(found.loc[("a", "b"), "correlation"])
    assert found.loc[("b", "same"), "correlation"] is pd.NA
    assert found.loc[("b", "few"), "correlation"] is pd.NA


X, Y = np.eye(2).repeat(3, axis=0), np.array([1, 1, 1, 0, 0, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: concept_probe(X, Y[:3]), "labels has shape"),
        (lambda: concept_probe(X, np.ones(6)), "labels are all equal"),
        (lambda: concept_probe(X, Y * 2), "labels has shape"),
        (lambda: concept_probe(X * np.nan, Y), "points is not finite"),
        (lambda: concept_probe([["a"]], [1]), "points is not of numbers"),
        (lambda: concept_probe(X, Y, l2=0), "l2 is 0"),
        (lambda: concept_probe(X, Y).finds([[1.0]]), "points has shape"),
        (lambda: split_set(X, Y, X[:, :1], Y), "held_out_acts has shape"),
        (lambda: split_set(X, Y, X, Y, most=0), "most is 0"),
        (lambda: split_set(X, Y, X, Y, gain=-1), "gain is -1"),
        (lambda: split_set(X, Y, X, Y, l1=0), "l1 is 0"),
        (lambda: split_set(X[0], Y, X, Y), "acts has shape"),
        (lambda: rank_correlations(pd.DataFrame({"a": [1]}), ["a"]), "measures are"),
        (lambda: rank_correlations(pd.DataFrame({"a": [1]}), ["a", "b"]), "measures name"),
        (lambda: rank_correlations(pd.DataFrame({"a": [1], "b": [1]}), ["a", "b"], 1), "least is 1"),
    ],
)
def test_malformed_input_is_refused(call, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_samples_that_do_not_fit_are_refused() -> None:
    x, concepts = animals()
    sae = faithful_sae(np.eye(3))
    with pytest.raises(InputError, match="held_out_concepts are other concepts"):
        published_scores(sae, x, concepts, x, concepts.select([0, 1]))
    with pytest.raises(InputError, match="points has shape"):
        published_scores(sae, x[:3], concepts, x, concepts)
    with pytest.raises(InputError, match="fish"):
        published_scores(sae, x, concepts, x, concepts, names=["fish"])
