"""The sweep over running text: fair nulls, readers against brute force, neurons judged on other chapters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import ConceptSet, InputError
from saelib.data.language import TokenActivations, Tokens
from saelib.data.language.token_pieces import WINDOW
from saelib.study import plan
from saelib.study.running_text import at_best, by_kind, of_concepts
from saelib.study.settings.running_text import QUICK
from saelib.study.sweeps import running_text as sweep
from saelib.study.sweeps.running_text_measures import by_concept, judging, permuted
from saelib.study.sweeps.running_text_readers import best_cut, looked_up, probed

TINY = replace(QUICK, sizes=(8,), budgets=(1, 2), seeds=(0, 1), steps=6, batch_size=64, judged=4, least=2)


def made() -> tuple[Tokens, TokenActivations]:
    """Ten chapters of two windows; even pieces are long vectors to the right, concepts know it."""
    rng = np.random.default_rng(0)
    n = 20 * WINDOW
    ids = rng.integers(0, 30, n)
    x = rng.normal(size=(n, 4)).astype(np.float32)
    x[:, 0] += 8 * (ids % 2 == 0)
    human = ConceptSet(
        np.stack([ids % 2 == 0, ids == 4, x[:, 1] > 0], axis=1), ["even", "four", "up"], [-1, 0, -1]
    )
    chapters = np.repeat(np.arange(10), 2 * WINDOW)
    windows = np.repeat(np.arange(20), WINDOW)
    kinds = ("token", "token", "context")
    return Tokens(ids, tuple(map(str, ids)), windows, chapters, human, kinds), TokenActivations((x,), d_in=4)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    tokens, activations = made()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("saelib.data.language.tokens.token_data", lambda limit=None: tokens)
        patch.setattr(
            "saelib.data.language.token_extraction.token_activations", lambda layer, limit=None: activations
        )
        return sweep.gather([sweep.run_cell(TINY, cell) for cell in reversed(sweep.cells(TINY))])


def test_every_dictionary_reader_and_concept_has_its_row(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(plan.sweeps(plan.profile("full"))["running_text"].tables)
    assert len(tables["running_text"]) == 2 * 2 * 2  # seeds, sparsities, trained and random
    assert len(tables["running_text_concepts"]) == 2 * 2 * 3 * 3  # three dictionaries, three concepts
    assert len(tables["running_text_readers"]) == 2 * 3 * 3
    concepts = tables["running_text_concepts"]
    assert not concepts.duplicated([*sweep.KEYS["running_text_concepts"], "concept"]).any()
    assert not concepts.drop(columns="parent").isna().any(axis=None)
    assert concepts.parent.dropna().eq("even").all()
    assert (tables["running_text"].l0 <= tables["running_text"].k).all()


def test_what_the_vectors_say_is_read_by_who_can_read_it(tables: dict[str, pd.DataFrame]) -> None:
    read = tables["running_text_readers"].pivot_table(index="reader", columns="concept", values="jaccard")
    assert read.loc["lookup", ["even", "four"]].tolist() == [1.0, 1.0]
    assert read.loc["lookup", "up"] < 0.6
    assert read.loc["probe", ["even", "up"]].min() > 0.9
    assert read.loc["dimension", ["even", "up"]].min() > 0.8
    assert read.loc[["probe", "dimension"], "four"].max() < 0.3


def test_chapters_are_split_and_points_belong_to_their_half() -> None:
    tokens, activations = made()
    ground = judging(tokens, activations, TINY, seed=3)
    assert [len(points) for points in ground.points] == [4 * WINDOW] * 2
    everything = activations.shards[0]
    for points, side in zip(ground.points, (ground.half, ~ground.half), strict=True):
        of_the_side = {row.tobytes() for row in everything[side]}
        assert all(row.tobytes() in of_the_side for row in points)
    assert np.array_equal(ground.ids[0], tokens.ids[ground.half])
    assert ground.counted.n_points == ground.half.sum()
    # The pieces judged are those of the points: long vectors to the right are even.
    assert ((ground.points[1][:, 0] > 4) == (ground.ids[1] % 2 == 0)).mean() > 0.99


def test_rare_concepts_take_no_part() -> None:
    tokens, activations = made()
    ground = judging(tokens, activations, replace(TINY, least=100), seed=0)
    assert ground.concepts[0].names == ("even", "up")
    assert ground.kinds == ("token", "context")


# --- permuted labels ---------------------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(0, 2**32))
def test_permuting_keeps_every_window_together_up_to_a_turn(n_windows: int, seed: int) -> None:
    held = np.random.default_rng(seed).random((n_windows * WINDOW, 1)) < 0.3
    mixed = permuted((ConceptSet(held),), seed)[0].membership.toarray()

    def turned(window: np.ndarray) -> bytes:
        return min(np.roll(window, shift).tobytes() for shift in range(WINDOW))

    before, after = (sorted(turned(w) for w in m.reshape(n_windows, WINDOW)) for m in (held, mixed))
    assert before == after


# --- readers -----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_the_best_cut_is_the_best_of_all_cuts(rows: list[tuple[int, bool]]) -> None:
    values, inside = np.array([float(v) for v, _ in rows]), np.array([b for _, b in rows])

    def f1(cut: float) -> float:
        fires = values > cut
        return 2 * (fires & inside).sum() / max(fires.sum() + inside.sum(), 1)

    assert f1(best_cut(values, inside)) == pytest.approx(max(f1(cut) for cut in np.arange(-0.5, 6)))


def test_a_piece_that_was_never_counted_is_said_to_have_what_most_have() -> None:
    ids = np.array([0] * 10 + [1] * 10)
    labels = (ids == 0)[:, None]
    assert looked_up(ids, labels, np.array([0, 1, 2])).ravel().tolist()[:2] == [True, False]
    # An occurrence is left out of its own rate: pieces met once tell nothing.
    once = looked_up(np.arange(20), np.arange(20)[:, None] < 10, np.arange(20, 40))
    assert len(set(once.ravel().tolist())) == 1


def test_a_probe_finds_nothing_of_an_empty_concept() -> None:
    x = np.random.default_rng(0).normal(size=(100, 3))
    assert not probed(x, np.zeros((100, 1), bool), x, 0.01).any()


def test_neurons_and_thresholds_are_chosen_on_the_first_half_alone() -> None:
    from scipy import sparse

    truth = ConceptSet(np.array([[1], [1], [0], [0]]), ["it"])
    first = sparse.csr_array(np.array([[2.0, 0], [2, 1], [1, 1], [0, 1]]))  # neuron 0, above 1
    second = sparse.csr_array(np.array([[1.0, 1], [2, 1], [0, 0], [2, 0]]))  # neuron 1 would be perfect
    frame = by_concept(first, second, (truth, truth), ("token",), replace(QUICK, quantiles=(0.0, 0.3)))
    row = frame.iloc[0]
    assert (row.neuron, row.threshold, row.chosen_jaccard) == (0, 1.0, 1.0)
    assert (row.jaccard, row.recall, row.precision, row.leak) == (pytest.approx(1 / 3), 0.5, 0.5, 0.5)
    assert not row.detected
    assert row.frequency == 0.5


# --- what the chapter reads --------------------------------------------------------------------------------


def grid(values: dict[tuple[int, int, int], float], **labels: str) -> pd.DataFrame:
    rows = [{"d_sae": d, "k": k, "seed": s, "jaccard": v} | labels for (d, k, s), v in values.items()]
    return pd.DataFrame(rows)


def test_the_setting_of_a_seed_is_chosen_on_the_others() -> None:
    values = {(8, k, s): ((0.5, 0.5, 0.5), (0.9, 0.0, 0.0))[k - 1][s] for k in (1, 2) for s in (0, 1, 2)}
    # Without seed 1 the mean of k = 1 is 0.5, of k = 2 it is 0.45.
    assert at_best(grid(values)).tolist() == [0.5, 0.5, 0.5]


def test_settings_that_differ_between_seeds_are_refused() -> None:
    with pytest.raises(InputError, match="lacks a setting"):
        at_best(grid({(8, 1, 0): 0.1, (8, 2, 0): 0.1, (8, 1, 1): 0.1}))
    with pytest.raises(InputError, match="at least two"):
        at_best(grid({(8, 1, 0): 0.1}))


def test_concepts_are_averaged_within_their_kind_and_kept_only_if_every_seed_has_them(
    tables: dict[str, pd.DataFrame],
) -> None:
    concepts, readers = tables["running_text_concepts"], tables["running_text_readers"]
    kinds = by_kind(concepts, readers)
    assert len(kinds) == 2 * 2 * (3 + 3)  # kinds, seeds, dictionaries and readers
    missing = concepts[(concepts.concept != "up") | (concepts.seed == 0)]
    assert of_concepts(missing, readers).concept.tolist() == ["even", "four"]
    one = kinds[(kinds.kind == "token") & (kinds.reader == "lookup")]
    assert one.jaccard.tolist() == [1.0, 1.0]


def test_profiles_leave_two_seeds_to_choose_on_and_cells_a_plain_name() -> None:
    for name in ("quick", "full"):
        settings = plan.profile(name).settings["running_text"]
        assert len(settings.seeds) >= 2
        assert len(settings.budgets) >= 2
        assert all(cell[0].isalpha() for cell in sweep.cells(settings))
