"""The nouns: what is in them, samples, halves."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from saelib import ConceptSet, InputError
from saelib.data.language import Nouns, noun_data, noun_halves, nouns
from saelib.data.language.nouns import noun_words, sampling_order
from saelib.data.language.pinned import Pinned

DATA = Path(nouns.__file__).with_name("wordnet_nouns")


@pytest.fixture(scope="module")
def everything() -> Nouns:
    return noun_data()


def test_there_are_38646_nouns_in_415_concepts_with_their_licence(everything: Nouns) -> None:
    assert len(set(everything.words)) == len(everything.words) == everything.concepts.n_points == 38_646
    assert everything.words == tuple(sorted(everything.words)) == noun_words()
    assert everything.concepts.n_concepts == 415
    assert everything.concepts.sizes.min() >= 60
    assert "Princeton University" in (DATA / "WORDNET_LICENSE").read_text()


def test_every_concept_is_contained_in_its_parent(everything: Nouns) -> None:
    concepts = everything.concepts
    member = concepts.membership.toarray()
    children = np.flatnonzero(concepts.parents >= 0)
    assert len(children) > 400
    assert not (member[:, children] & ~member[:, concepts.parents[children]]).any()


def test_a_name_that_occurs_twice_is_told_apart_by_its_parent_or_its_number(everything: Nouns) -> None:
    names = everything.concepts.names
    assert len(set(names)) == 415
    assert {"matter", "matter (writing)", "food (substance)", "food (solid)"} <= set(names)
    assert [name for name in names if name.startswith("region")] == [
        "region (location, 08630985)",
        "region (location, 08630039)",
    ]


def test_the_files_are_read_as_they_are_written(everything: Nouns) -> None:
    with gzip.open(DATA / "nouns.csv.gz", "rt") as stream:
        lines = stream.read().splitlines()[1:]
    for at in (0, 777, 38_645):
        word, _, numbers = lines[at].split(",")
        assert everything.words[at] == word
        held = everything.concepts.membership[[at]].indices
        assert held.tolist() == [int(number) for number in numbers.split()]


def test_heads_are_last_words_and_single_words_have_no_other(everything: Nouns) -> None:
    at = everything.words.index("facial vein")
    assert (everything.heads[at], everything.single[at]) == ("vein", False)
    for i in np.flatnonzero(everything.single)[::500]:
        assert everything.heads[i] == everything.words[i]


def test_a_sample_is_contained_in_larger_ones_and_keeps_order_and_concepts(everything: Nouns) -> None:
    small, large = noun_data(limit=40), noun_data(limit=41)
    assert len(small.words) == 40
    assert set(small.words) < set(large.words)
    assert small.words == tuple(sorted(small.words))
    assert small.concepts.names == everything.concepts.names
    at = [everything.words.index(word) for word in small.words]
    assert (small.concepts.membership != everything.concepts.membership[at]).nnz == 0
    # a sample, not the first in the alphabet
    assert len({word[0] for word in small.words}) > 5


def test_the_order_of_sampling_does_not_depend_on_the_other_words() -> None:
    words = ["pier", "vein", "roux", "bleb", "toe"]
    order = [words[i] for i in sampling_order(words)]
    without = [word for word in words if word != "roux"]
    assert [without[i] for i in sampling_order(without)] == [word for word in order if word != "roux"]


@pytest.mark.parametrize("limit", [0, -1, 38_647, 2.0, True, "3"])
def test_a_limit_out_of_range_is_refused(limit: object) -> None:
    with pytest.raises(InputError, match=r"limit is .*: give a number of nouns from 1 to 38646"):
        noun_data(limit=limit)  # type: ignore[arg-type]


# --- halves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_no_last_word_is_in_both_halves_which_are_equally_large(everything: Nouns, seed: int) -> None:
    half = noun_halves(everything, seed)
    heads = np.array(everything.heads)
    assert not set(heads[half]) & set(heads[~half])
    (_, commonest), *_ = Counter(everything.heads).most_common(1)
    assert abs(int(half.sum()) - int((~half).sum())) <= commonest


def test_halves_depend_on_the_seed_alone(everything: Nouns) -> None:
    assert np.array_equal(noun_halves(everything, 3), noun_halves(noun_data(), 3))
    assert not np.array_equal(noun_halves(everything, 3), noun_halves(everything, 4))


def few(*words: str) -> Nouns:
    heads = tuple(word.split()[-1] for word in words)
    single = np.array([" " not in word for word in words])
    return Nouns(words, heads, single, ConceptSet(np.ones((len(words), 1), bool)))


@pytest.mark.parametrize("seed", range(20))
def test_two_last_words_go_to_different_halves_however_unequal(seed: int) -> None:
    half = noun_halves(few("a vein", "b vein", "c vein", "d vein", "pier"), seed)
    assert set(half[:4].tolist()) != {half[4]}
    assert len(set(half[:4].tolist())) == 1


def test_halves_of_what_cannot_be_split_are_refused() -> None:
    with pytest.raises(InputError, match="nouns all end in the same word"):
        noun_halves(few("a vein", "b vein"), 0)
    with pytest.raises(InputError, match="nouns is a list"):
        noun_halves(["vein"], 0)  # type: ignore[arg-type]
    for seed in (-1, 0.5, True, None):
        with pytest.raises(InputError, match="seed is"):
            noun_halves(few("a vein", "pier"), seed)  # type: ignore[arg-type]


# --- pinned files ----------------------------------------------------------------------------------------


def test_a_pinned_file_is_found_only_with_its_size_and_content(tmp_path: Path) -> None:
    abc = Pinned("a", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    with pytest.raises(InputError, match=r"the data lack the file .*/a: mend it"):
        abc.found_in(tmp_path, "the data", "mend it")
    (tmp_path / "a").write_bytes(b"abc")
    assert abc.found_in(tmp_path, "the data", "mend it") == tmp_path / "a"
    (tmp_path / "a").write_bytes(b"abd")
    with pytest.raises(InputError, match="another content"):
        abc.found_in(tmp_path, "the data", "mend it")
    with (tmp_path / "a").open("wb") as stream:
        stream.truncate(10 << 30)  # refused by its size alone, or this test would take a minute
    with pytest.raises(InputError, match=r"have 10737418240 bytes in .* where 3 are known"):
        abc.found_in(tmp_path, "the data", "mend it")
    (tmp_path / "a").unlink()
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match="lack the file"):
        abc.found_in(tmp_path, "the data", "mend it")


def test_changed_nouns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in DATA.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    content = bytearray((DATA / "concepts.csv").read_bytes())
    content[100] ^= 1
    (tmp_path / "concepts.csv").write_bytes(content)
    monkeypatch.setattr(nouns, "_FOLDER", tmp_path)
    with pytest.raises(InputError, match=r"the nouns have another content .*: install saelib again"):
        noun_data()
