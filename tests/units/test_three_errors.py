"""Three errors for every concept: their order, and that they are what the readers one by one say."""

import numpy as np
import pytest

from saelib import ActivationSets, ConceptSet, InputError, align
from saelib.units import and_unit, boolean_limit, or_unit, three_errors


def families(rng, n_points=30, d_sae=8, n_concepts=6):
    active = rng.random((n_points, d_sae)) < rng.random(d_sae)
    member = rng.random((n_points, n_concepts)) < rng.random(n_concepts)
    member[:, 0] = active[:, :2].all(axis=1)
    member[:, 1] = active[:, 1:4].any(axis=1)
    member[:, 2] = active[:, 0] ^ active[:, 1]
    active[:, -1] = False
    member[:, -1] = rng.random() < 0.5  # an empty concept, or one that holds everywhere
    return ActivationSets(active), ConceptSet(member)


def wide(frame, value):
    return frame.pivot(index="concept", columns="reader", values=value)


@pytest.mark.parametrize("objective", ["errors", "jaccard"])
def test_errors_fall_from_neuron_to_unit_to_boolean_limit_for_every_concept(objective):
    value = "errors" if objective == "errors" else "distance"
    for seed in range(60):
        rng = np.random.default_rng(seed)
        most = int(rng.integers(1, 5))
        frame = three_errors(*families(rng), max_neurons=most, objective=objective, progress=False)
        table = wide(frame, value)
        assert (table["single"] >= table["unit"]).all()
        assert (table["unit"] == table[["and", "or"]].min(axis=1)).all()
        assert (table["unit"] >= table["boolean"]).all()
        assert (wide(frame, "n_neurons")[["and", "or", "unit"]] <= most).all(axis=None)


@pytest.mark.parametrize("objective", ["errors", "jaccard"])
@pytest.mark.parametrize("search", ["greedy", "exact"])
def test_every_row_is_what_the_reader_by_itself_says(objective, search):
    activations, concepts = families(np.random.default_rng(5))
    frame = three_errors(activations, concepts, objective=objective, search=search, progress=False)
    rows = {(row.concept, row.reader): row for row in frame.itertuples()}
    alignment = align(activations, concepts)
    for i, name in enumerate(concepts):
        for reader, find in (("and", and_unit), ("or", or_unit)):
            unit, row = find(activations, (concepts, name), None, objective, search), rows[name, reader]
            assert (unit.neurons, unit.missed, unit.leaked) == (row.neurons, row.missed, row.leaked)
            assert (unit.jaccard, unit.optimal) == (row.jaccard, row.optimal)
        limit, row = boolean_limit(activations, concepts[name], objective), rows[name, "boolean"]
        assert (limit.missed, limit.leaked, limit.n_patterns) == (row.missed, row.leaked, row.n_patterns)
        single = rows[name, "single"]
        wrong = alignment.neuron_sizes + alignment.concept_sizes[i] - 2 * alignment.counts[:, i]
        assert single.jaccard == alignment.jaccard[single.neurons[0], i]
        if objective == "errors":
            assert single.errors == wrong.min()
        else:
            assert single.jaccard == alignment.jaccard[:, i].max()
    if search == "exact":
        assert frame["optimal"].all()


def test_concepts_made_of_neurons_are_read_by_the_unit_that_made_them():
    frame = three_errors(*families(np.random.default_rng(3), n_points=300), progress=False)
    errors = wide(frame, "errors")
    assert errors.loc["concept 0", "and"] == errors.loc["concept 1", "or"] == 0
    exclusive = errors.loc["concept 2"]
    assert exclusive["boolean"] == 0 < exclusive["unit"]


def test_rows_are_tidy_and_typed_and_nothing_is_missing():
    activations, concepts = families(np.random.default_rng(0))
    frame = three_errors(activations, concepts, held_out=(activations, concepts), progress=False)
    assert len(frame) == len(concepts) * 2 * 5
    assert not frame.isna().any(axis=None)
    assert frame["reader"].tolist()[:5] == ["single", "and", "or", "unit", "boolean"]
    assert frame[["missed", "leaked", "errors", "concept_size"]].dtypes.eq(np.int64).all()
    assert (frame["errors"] == frame["missed"] + frame["leaked"]).all()


def test_held_out_rows_score_the_readers_chosen_on_the_other_points():
    rng = np.random.default_rng(1)
    activations, concepts = families(rng, n_points=80)
    halves = [(activations.take_points(s), concepts.take_points(s)) for s in (slice(40), slice(40, None))]
    frame = three_errors(*halves[0], held_out=halves[1], progress=False)
    first, second = (part.reset_index() for _, part in frame.groupby("scored_on", sort=False))
    alone = three_errors(*halves[0], progress=False)
    assert first.drop(columns="index").equals(alone)
    assert (first["neurons"] == second["neurons"]).all()
    for row in second[second["reader"] == "or"].itertuples():
        unit = or_unit(halves[0][0], (halves[0][1], row.concept)).scored_on(
            halves[1][0], (halves[1][1], row.concept)
        )
        assert (unit.missed, unit.leaked) == (row.missed, row.leaked)
    for row in second[second["reader"] == "boolean"].itertuples():
        limit = boolean_limit(
            halves[0][0],
            (halves[0][1], row.concept),
            held_out=(halves[1][0], (halves[1][1], row.concept)),
        )
        assert (limit.missed, limit.leaked, limit.unseen) == (row.missed, row.leaked, row.unseen)


def test_order_of_points_does_not_matter():
    rng = np.random.default_rng(2)
    activations, concepts = families(rng)
    rows = rng.permutation(activations.n_points)
    moved = three_errors(activations.take_points(rows), concepts.take_points(rows), progress=False)
    assert moved.equals(three_errors(activations, concepts, progress=False))


def test_a_family_without_concepts_gives_an_empty_table_with_all_columns():
    frame = three_errors(ActivationSets([[1]]), ConceptSet(np.zeros((1, 0))), progress=False)
    assert len(frame) == 0
    assert "errors" in frame


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("activations", np.eye(2)),
        ("activations", ActivationSets(np.zeros((2, 0)))),
        ("concepts", np.eye(2)),
        ("concepts", ConceptSet([[1]])),
        ("max_neurons", 0),
        ("objective", "recall"),
        ("search", "fast"),
        ("largest", -5),
        ("time_limit", 0.0),
        ("held_out", ActivationSets([[1]])),
        ("held_out", (ActivationSets([[1, 0]]), ConceptSet([[1]]))),
        ("held_out", (ActivationSets([[1]]), ConceptSet([[1], [1]]))),
        ("held_out", (ActivationSets([[1]]), ConceptSet([[1]], names=["other"]))),
        ("held_out", (ActivationSets([[1]]), np.eye(1))),
    ],
)
def test_malformed_input_is_refused_by_name(setting, value):
    arguments = {"activations": ActivationSets([[1], [0]]), "concepts": ConceptSet([[1], [0]])}
    with pytest.raises(InputError, match=f"^{setting} "):
        three_errors(**arguments | {setting: value}, progress=False)
