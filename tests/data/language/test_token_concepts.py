"""Concepts of word pieces against what one counts by hand, on a text of one window made here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saelib import InputError
from saelib.data.language import TokenActivations, Tokens, token_activations, token_data, token_halves
from saelib.data.language.token_concepts import context_concepts, token_concepts, word_concepts
from saelib.data.language.token_pieces import Pieces, inside_quotation, sentences
from saelib.sets import ConceptSet

WORDS = ["“", "is", "mr", ".", "lee", "running", "?", "”", "asked", "the", "the", "musgrove"]
#              0     1     2    3     4       5       6    7      8       9     10      11, in two pieces


def made() -> tuple[Pieces, tuple[str, ...]]:
    from saelib.data.language.token_concepts import GROUPS, MARKS

    strings = [*WORDS[:11], "mus", "##grove"]
    extra = [word for group in (*GROUPS.values(), *MARKS.values()) for word in group]
    vocabulary = tuple(dict.fromkeys([*strings, *extra]))
    words = tuple(dict.fromkeys(WORDS))
    n = len(strings)
    which = [words.index(word) for word in WORDS] + [words.index("musgrove")]
    text = "“Is Mr. Lee running?” asked the the Musgrove"
    at, begins = 0, []
    for word in WORDS:
        at = text.lower().index(word, at)
        begins.append(at)
        at += len(word)
    printed = [text[a : a + len(word)] for a, word in zip(begins, WORDS, strict=True)]
    opens, closes, last = sentences(text, printed, np.array(begins))
    again = [*range(12), 11]
    pieces = Pieces(
        ids=np.array([vocabulary.index(s) for s in strings], np.int32),
        words=np.array(words),
        word=np.array(which, np.int32),
        starts=np.array([True] * 12 + [False]),
        capital=np.array([w[0].isupper() for w in printed])[again],
        quoted=inside_quotation(printed)[again],
        opens=opens[again],
        closes=closes[again],
        last=last[again],
        book=np.zeros(n, np.int8),
        chapter=np.zeros(n, np.int16),
        window=np.zeros(n, np.int32),
        position=np.arange(n, dtype=np.int16),
    )
    return pieces, vocabulary


@pytest.fixture(scope="module")
def concepts() -> dict[str, list[int]]:
    found, vocabulary = made()
    every = [*token_concepts(found, vocabulary), *word_concepts(found), *context_concepts(found)]
    assert len({one.name for one in every}) == len(every)
    return {one.name: np.flatnonzero(one.holds).tolist() for one in every}


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("continues a word", [12]),
        ("begins with m", [2, 11]),
        ("punctuation", [0, 3, 6, 7]),
        ("end mark", [3, 6]),
        ("opening quotation mark", [0]),
        ("article", [9, 10]),
        ("title", [2]),
        ("7 to 9 letters", [5, 11, 12]),
        ("ends in -ing", [5]),
        ("ends in -ed", [8]),
        ("inside quotation marks", [1, 2, 3, 4, 5, 6]),
        ("in a question", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("in a question, quoted", [1, 2, 3, 4, 5, 6]),
        ("in an exclamation", []),
        ("begins a sentence", [1]),
        ("ends a sentence", [5]),
        ("capital within a sentence", [2, 4, 11, 12]),
        ("seen before in the window", [10]),
        ("follows “the”", [10, 11, 12]),
        ("follows “mr”", [3]),
        ("precedes a full stop", [2]),
        ("follows an opening quotation mark", [1]),
    ],
)
def test_a_concept_holds_where_one_sees_it(concepts: dict, name: str, places: list[int]) -> None:
    assert concepts[name] == places


def test_a_full_stop_after_a_title_or_an_initial_ends_nothing() -> None:
    words = ["J", ".", "Lee", "met", "Dr", ".", "Roylott", ".", "So", "did", "I", ".", "No", "!"]
    text = "J. Lee met Dr. Roylott. So did I. No!"
    begins = np.array([0, 1, 3, 7, 11, 13, 15, 22, 24, 27, 31, 32, 34, 36])
    opens, closes, last = sentences(text, words, begins)
    assert [w for w, yes in zip(words, opens, strict=True) if yes] == ["J", "So", "No"]
    assert [w for w, yes in zip(words, last, strict=True) if yes] == ["Roylott", "I", "No"]
    assert closes.tolist() == [1] * 12 + [3] * 2


@given(st.lists(st.sampled_from(["“", "”", "word", ","]), max_size=30))
def test_a_word_is_quoted_when_the_last_mark_before_it_opens(words: list[str]) -> None:
    found = inside_quotation(words)
    for i, word in enumerate(words):
        marks = [w for w in words[:i] if w in "“”"]
        # A mark is not inside; one that opens within a speech stands inside it.
        assert found[i] == (word != "”" and bool(marks) and marks[-1] == "“")


# --- splitting and reading ---------------------------------------------------------------------------------


def tokens(chapters: list[int]) -> Tokens:
    n = len(chapters)
    human = ConceptSet(np.ones((n, 1)))
    return Tokens(np.zeros(n, np.int32), ("",) * n, np.arange(n), np.array(chapters), human, ("token",))


@given(st.lists(st.integers(0, 9), min_size=2, max_size=50), st.integers(0, 2**32))
def test_a_chapter_is_never_in_both_halves(chapters: list[int], seed: int) -> None:
    data = tokens(chapters)
    if len(set(chapters)) < 2:
        with pytest.raises(InputError, match="one chapter only"):
            token_halves(data, seed)
        return
    half = token_halves(data, seed)
    assert not {c for c, yes in zip(chapters, half, strict=True) if yes} & {
        c for c, yes in zip(chapters, half, strict=True) if not yes
    }
    assert len(set(np.array(chapters)[half])) == len(set(chapters)) // 2


def shards() -> TokenActivations:
    x = np.arange(40, dtype=np.float32)[:, None].repeat(2, axis=1)
    return TokenActivations(tuple(np.split(x, [7, 8, 20, 31, 35])), d_in=2)


@given(st.integers(0, 2**40 - 1), st.integers(0, 100))
def test_a_pass_of_the_stream_gives_every_chosen_piece_once_and_no_other(bits: int, seed: int) -> None:
    chosen = np.array([bits >> i & 1 for i in range(40)], dtype=bool)
    if not chosen.any():
        return
    wanted, stream, passes = np.flatnonzero(chosen).tolist(), shards().stream(chosen, seed), []
    for _ in range(2):
        seen: list[float] = []
        while len(seen) < len(wanted):
            seen += next(stream)[:, 0].tolist()
        assert sorted(seen) == wanted
        passes.append(seen)
    assert shards().rows(chosen)[:, 0].tolist() == wanted


def test_the_stream_is_the_same_for_the_same_seed_and_shuffled() -> None:
    everything = np.ones(40, bool)
    first, again, other = (next(shards().stream(everything, seed))[:, 0].tolist() for seed in (0, 0, 1))
    assert first == again != other
    assert first != sorted(first)


@pytest.mark.parametrize("chosen", [np.ones(39, bool), np.ones(40, int), np.ones((40, 1), bool)])
def test_a_choice_that_does_not_fit_is_refused(chosen: np.ndarray) -> None:
    with pytest.raises(InputError, match="give 40 truth values"):
        shards().rows(chosen)


@pytest.mark.parametrize("layer", [-1, 7, 3.0, True, "3", None])
def test_a_layer_that_the_network_lacks_is_refused(layer: object) -> None:
    with pytest.raises(InputError, match="layer is"):
        token_activations(layer)  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", [0, 251, True, 1000.0, "all"])
def test_a_limit_of_less_than_two_windows_is_refused(limit: object) -> None:
    with pytest.raises(InputError, match="limit is"):
        token_data(limit)  # type: ignore[arg-type]
