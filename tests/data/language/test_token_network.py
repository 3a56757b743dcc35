"""The network itself, where its weights are installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from saelib import InputError
from saelib.data.language import minilm_folder, token_activations, token_data
from saelib.data.language.token_network import hidden_states

try:
    minilm_folder()
except InputError as missing:
    pytest.skip(str(missing), allow_module_level=True)

pytestmark = pytest.mark.slow


def test_hidden_states_are_those_of_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    ids = np.random.default_rng(0).integers(1000, 20_000, (3, 126))
    network = transformers.BertModel.from_pretrained(minilm_folder(), local_files_only=True).eval()
    framed = np.pad(ids, ((0, 0), (1, 1)))
    framed[:, 0], framed[:, -1] = 101, 102
    with torch.inference_mode():
        states = network(torch.as_tensor(framed), output_hidden_states=True).hidden_states
    for layer in range(7):
        assert np.abs(states[layer][:, 1:-1].numpy() - hidden_states(ids, layer)).max() < 5e-5


def test_pieces_spell_the_text_and_every_token_concept_is_a_function_of_the_piece() -> None:
    data = token_data()
    assert data.ids.shape == (307_944,)
    assert len(data.ids) == len(data.strings)
    assert " ".join(data.strings[:6]) == "sir walter elliot , of kelly"
    assert len(data.kinds) == data.concepts.n_concepts == 129
    _, first, which = np.unique(data.ids, return_index=True, return_inverse=True)
    held = data.concepts.membership.toarray()
    depends = (held != held[first][which]).any(axis=0)
    for name, kind, other in zip(data.concepts.names, data.kinds, depends, strict=True):
        assert other == (kind == "context") or kind == "word", name


def test_a_limit_takes_whole_windows_spread_over_the_text_and_the_cache_gives_them_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAELIB_CACHE", str(tmp_path))
    data = token_data(limit=1000)
    assert len(data.ids) == 7 * 126
    assert len(set(data.chapters)) == 7
    made = token_activations(1, limit=1000)
    assert (made.n_points, made.d_in) == (882, 384)
    everything = np.ones(882, bool)
    expected = hidden_states(data.ids.reshape(-1, 126), 1).reshape(-1, 384)
    assert np.allclose(made.rows(everything), expected, atol=1e-5)
    assert np.array_equal(token_activations(1, limit=1000).rows(everything), made.rows(everything))
