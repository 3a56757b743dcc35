"""Implications of one context looked up in another: absorption's score is the case of a forest's edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.lattice import Context, forest_implications, implication_base, kept_implications
from saelib.phenomena import absorption


@st.composite
def forests(draw):
    """Nested concepts over a few points, activations of a few neurons, and a neuron (or none) a concept."""
    n, k, d = draw(st.integers(1, 12)), draw(st.integers(1, 6)), draw(st.integers(1, 5))
    parents = [draw(st.integers(-1, i - 1)) for i in range(k)]
    membership = draw(arrays(bool, (n, k)))
    for child, parent in enumerate(parents):
        if parent >= 0:
            membership[:, child] &= membership[:, parent]
    neurons = draw(arrays(np.int64, k, elements=st.integers(-1, d - 1)))
    return ConceptSet(membership, parents=parents), ActivationSets(draw(arrays(bool, (n, d)))), neurons


@given(forests())
def test_an_edge_of_the_forest_has_the_confidence_that_absorption_calls_implication(instance):
    concepts, activations, neurons = instance
    edges = absorption(align(activations, concepts), neurons).set_index(["child", "parent"])
    kept = kept_implications(forest_implications(concepts), Context.from_activations(activations), neurons)
    assert (kept["kind"] == "implies").all()
    assert len(kept) == len(edges)
    kept.index = pd.MultiIndex.from_arrays([kept["premise"].str[0], kept["conclusion"]])
    found = kept["found_confidence"].loc[list(edges.index)]
    assert str(found.dtype) == str(edges["implication"].dtype) == "Float64"
    assert found.array.equals(edges["implication"].array)
    assert kept["stated_premise"].loc[list(edges.index)].tolist() == edges["n_child"].tolist()
    assert kept["stated_both"].equals(kept["stated_premise"])


def test_absorption_on_a_planted_world_is_the_same_by_both_ways():
    rng = np.random.default_rng(0)
    animal = rng.random(2000) < 0.5
    kinds = rng.integers(0, 4, 2000)
    membership = np.stack([animal, *(animal & (kinds == i) for i in range(3))], axis=1)
    concepts = ConceptSet(membership, ["animal", "dog", "cat", "bat"], parents=[-1, 0, 0, 0])
    active = membership ^ (rng.random(membership.shape) < 0.05)
    active[membership[:, 1] & (rng.random(2000) < 0.9), 0] = False  # dogs are absorbed
    alignment = align(ActivationSets(active), concepts)
    edges = absorption(alignment).set_index("child")["implication"]
    neurons = Context.from_activations(alignment.activations)
    # Whoever writes the base down finds the edges in it: no concept holds everywhere, and each is the only
    # premise of its own.
    base = implication_base(Context.from_concepts(concepts))
    kept = kept_implications(base, neurons, alignment.learn()).query("conclusion == 'animal'")
    found = kept.set_index(kept["premise"].str[0])["found_confidence"]
    assert sorted(found.index) == ["bat", "cat", "dog"]
    assert found.to_dict() == edges.to_dict()
    assert found["dog"] < 0.3 < 0.7 < min(found["cat"], found["bat"])


@st.composite
def pairs_of_contexts(draw):
    n, m, d = draw(st.integers(0, 7)), draw(st.integers(0, 5)), draw(st.integers(1, 4))
    assignment = draw(arrays(np.int64, m, elements=st.integers(-1, d - 1)))
    return draw(arrays(bool, (n, m))), draw(arrays(bool, (n + 1, d))), assignment


@given(pairs_of_contexts())
def test_every_number_by_definition(instance):
    human, neurons, assignment = instance
    base = implication_base(Context(human))
    frame = kept_implications(base, Context(neurons), assignment)
    at = {name: i for i, name in enumerate(base.context.attributes)}
    expected = sum(
        1 if base.premise_support[i] == 0 and len(base.premise(i)) > 1 else len(base.conclusion(i))
        for i in range(len(base))
    )
    assert len(frame) == expected
    for line in frame.to_dict("records"):
        premise = [at[name] for name in line["premise"]]
        assert premise == base.premise(line["implication"]).tolist()
        images = assignment[premise]
        assert line["premise_image"] == tuple(images)
        stated = human[:, premise].all(axis=1)
        assert line["stated_premise"] == stated.sum()
        fires = neurons[:, images].all(axis=1)
        all_known = bool((images >= 0).all())
        if line["kind"] == "excludes":
            assert stated.sum() == 0
            assert len(premise) > 1
            assert pd.isna(line["conclusion"])
            assert line["conclusion_image"] == -1
            assert line["trivial"] == (len(set(images)) < len(images))
            assert pd.isna(line["found_confidence"])
            assert pd.isna(line["found_both"])
            if not all_known:
                assert pd.isna(line["kept"])
                assert pd.isna(line["found_premise"])
            else:
                assert line["found_premise"] == fires.sum()
                alive = neurons[:, images].any(axis=0).all()
                assert pd.isna(line["kept"]) if not alive else line["kept"] == (not fires.any())
            continue
        q = at[line["conclusion"]]
        assert q in base.conclusion(line["implication"])
        assert line["conclusion_image"] == assignment[q]
        assert line["stated_both"] == (stated & human[:, q]).sum() == stated.sum()
        assert line["trivial"] == (assignment[q] >= 0 and assignment[q] in images)
        assert pd.isna(line["found_premise"]) if not all_known else line["found_premise"] == fires.sum()
        if not all_known or assignment[q] < 0:
            assert pd.isna(line["found_both"])
            assert pd.isna(line["found_confidence"])
            assert pd.isna(line["kept"])
            continue
        both = (fires & neurons[:, assignment[q]]).sum()
        assert line["found_both"] == both
        if fires.any():
            assert line["found_confidence"] == both / fires.sum()
            assert line["kept"] == (both == fires.sum())
        else:
            assert pd.isna(line["found_confidence"])
            assert pd.isna(line["kept"])


@given(arrays(bool, st.tuples(st.integers(1, 7), st.integers(1, 5))))
def test_a_context_keeps_all_its_own_implications(incidence):
    context = Context(incidence)
    frame = kept_implications(implication_base(context), context)
    assert frame["kept"].fillna(True).all()
    implied = frame[(frame["kind"] == "implies") & (frame["stated_premise"] > 0)]
    assert (implied["found_confidence"] == implied["stated_confidence"]).all()
    assert not frame.loc[frame["kind"] == "implies", "trivial"].any()


def test_neurons_that_exclude_each_other_as_their_concepts_do():
    human = Context([[1, 0, 0], [0, 1, 0], [0, 0, 1]], attributes=["dog", "cat", "bat"])
    base = implication_base(human)
    neurons = Context([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]])
    frame = kept_implications(base, neurons, [0, 1, 2]).set_index("premise")
    assert (frame["kind"] == "excludes").all()
    assert frame.loc[[("dog", "cat")], "found_premise"].tolist() == [1]
    assert frame.loc[[("dog", "cat"), ("dog", "bat"), ("cat", "bat")], "kept"].tolist() == [False, True, True]
    dead = kept_implications(base, neurons, [0, 1, 3]).set_index("premise")
    assert dead["kept"].isna().tolist() == [False, True, True]  # who never fires excludes nobody
    shared = kept_implications(base, neurons, [0, 0, 2]).set_index("premise")
    assert shared.loc[[("dog", "cat")], "trivial"].tolist() == [True]
    assert shared.loc[[("dog", "cat")], "kept"].tolist() == [False]


def test_implications_of_neurons_may_be_looked_up_among_concepts():
    neurons = implication_base(Context([[1, 1], [1, 0], [0, 0]], attributes=["neuron 0", "neuron 1"]))
    concepts = Context([[0, 1], [1, 1], [1, 0]], attributes=["dog", "animal"])
    (line,) = kept_implications(neurons, concepts, [1, 0]).to_dict("records")
    assert (line["premise"], line["conclusion"]) == (("neuron 1",), "neuron 0")
    assert (line["found_premise"], line["found_both"], line["kept"]) == (2, 1, False)


def test_nothing_stated_gives_an_empty_table_of_the_same_types():
    full = kept_implications(
        implication_base(Context([[1, 1], [1, 0]])), Context([[1, 1]]), np.zeros(2, dtype=int)
    )
    empty = kept_implications(implication_base(Context(np.zeros((1, 0)))), Context([[1]]), [])
    assert len(empty) == 0
    assert empty.dtypes.drop(["premise", "premise_image", "conclusion", "kind"]).equals(
        full.dtypes.drop(["premise", "premise_image", "conclusion", "kind"])
    )
    assert {str(full[name].dtype) for name in ("found_premise", "found_both")} == {"Int64"}
    assert {str(full[name].dtype) for name in ("stated_confidence", "found_confidence")} == {"Float64"}
    assert str(full["conclusion"].dtype) == str(empty["conclusion"].dtype) == "string"
    assert str(full["kept"].dtype) == "boolean"


BASE = implication_base(Context([[1, 1], [1, 0]], attributes=["a", "b"]))


@pytest.mark.parametrize(
    ("arguments", "offence"),
    [
        (([([0], [1])], Context([[1]])), "implications is a list"),
        ((BASE, [[1]]), "context is a list"),
        ((BASE, Context([[1, 1]])), "assignment is left out, but the attributes differ"),
        ((BASE, Context([[1, 1]]), [0]), r"assignment has shape \(1,\)"),
        ((BASE, Context([[1, 1]]), [0.0, 1.0]), r"assignment has shape \(2,\) and type float64"),
        ((BASE, Context([[1, 1]]), ["a", "b"]), r"assignment has shape \(2,\) and type <U1"),
        ((BASE, Context([[1, 1]]), [[0], [1, 2]]), "assignment is ragged"),
        ((BASE, Context([[1, 1]]), [0, 2]), "assignment has 2 at 1: give numbers from -1 to 1"),
        ((BASE, Context([[1, 1]]), [-2, 0]), "assignment has -2 at 0"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, offence):
    with pytest.raises(InputError, match=f"^{offence}"):
        kept_implications(*arguments)


def test_a_forest_is_asked_of_concepts_alone():
    with pytest.raises(InputError, match=r"^concepts is a Context"):
        forest_implications(Context([[1]]))
    assert len(forest_implications(ConceptSet([[1, 0]]))) == 0
