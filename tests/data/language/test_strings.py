"""The baseline on spelling, against a search by hand over every rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import ConceptSet, InputError
from saelib.data.language import Nouns, string_baseline


def nouns_of(words: list[str], membership: np.ndarray) -> Nouns:
    heads = tuple(word.split()[-1] for word in words)
    single = np.array([" " not in word for word in words])
    return Nouns(tuple(words), heads, single, ConceptSet(membership))


def rules(words: list[str]) -> dict[str, np.ndarray]:
    """Every rule with what it holds for."""
    heads = [word.split()[-1] for word in words]
    found = {f"… {head}": np.array([other == head for other in heads]) for head in heads}
    for head in heads:
        for letters in range(2, 7):
            if len(head) >= letters:
                found[f"-{head[-letters:]}"] = np.array([other.endswith(head[-letters:]) for other in heads])
    return found


def f1(rule: np.ndarray, concept: np.ndarray) -> float:
    return 2 * int((rule & concept).sum()) / max(int(rule.sum() + concept.sum()), 1)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(["ab", "cab", "dcab", "x ab", "y cab", "b", "xab"]), min_size=2, max_size=9),
    st.data(),
)
def test_the_rule_is_the_best_there_is_on_the_first_half(words: list[str], data: st.DataObject) -> None:
    n = len(words)
    bits = st.lists(st.booleans(), min_size=n, max_size=n)
    concept = np.array(data.draw(bits))
    first = np.array(data.draw(bits.filter(lambda half: any(half) and not all(half))))
    row = string_baseline(nouns_of(words, concept[:, None]), first).iloc[0]
    known = {name: holds for name, holds in rules(words).items() if holds[first].any()}
    if not concept[first].any():
        assert row[["rule", "chosen_f1", "fired", "hits", "f1"]].isna().all()
        assert row["size"] == concept[~first].sum()
        return
    best = max(f1(holds[first], concept[first]) for holds in known.values())
    assert row["chosen_f1"] == best
    equal = [name for name, holds in known.items() if f1(holds[first], concept[first]) == best]
    text = {name: name.lstrip("… -") for name in equal}
    # most general first: support, then short texts, endings before last words, then the alphabet
    expected = min(
        equal, key=lambda name: (-known[name][first].sum(), len(text[name]), name[0] != "-", text[name])
    )
    assert row["rule"] == expected
    fires, held = known[expected][~first], concept[~first]
    assert (row["fired"], row["size"], row["hits"]) == (fires.sum(), held.sum(), (fires & held).sum())
    for name, above, below in (
        ("f1", 2 * row["hits"], row["fired"] + row["size"]),
        ("jaccard", row["hits"], row["fired"] + row["size"] - row["hits"]),
        ("precision", row["hits"], row["fired"]),
        ("recall", row["hits"], row["size"]),
    ):
        assert pd.isna(row[name]) if below == 0 else row[name] == above / below


def test_many_rules_are_searched_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abc"), 4)) for _ in range(60)]
    nouns, first = nouns_of(words, rng.random((60, 5)) < 0.4), rng.random(60) < 0.5
    whole = string_baseline(nouns, first)
    monkeypatch.setattr("saelib.data.language.strings._BLOCK", 7)
    pd.testing.assert_frame_equal(string_baseline(nouns, first), whole)


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (np.ones(2, bool), "first leaves one half empty"),
        (np.zeros(2, bool), "first leaves one half empty"),
        (np.array([True]), r"first is bool \[1\]: give one bool a noun, \[2\]"),
        (np.array([0, 1]), r"first is int64 \[2\]"),
        ([[True, False]], r"first is bool \[1, 2\]"),
    ],
)
def test_a_half_that_is_none_is_refused(first: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        string_baseline(nouns_of(["vein", "pier"], np.ones((2, 1), bool)), first)


def test_something_else_than_nouns_is_refused() -> None:
    with pytest.raises(InputError, match="nouns is a str"):
        string_baseline("vein", np.array([True, False]))  # type: ignore[arg-type]
