"""SAE files: a round trip, SAELens's conventions, and nothing trusted."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from saelib.errors import InputError
from saelib.sae import SAE, BatchTopK, Gated, JumpReLU, Matryoshka, ReLU, TopK, load_sae, save_sae


def shaken(gate, dtype=torch.float32) -> SAE:
    sae = SAE(3, 7, gate, seed=2, dtype=dtype)
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)).to(dtype))
        if "threshold" in sae.gate_parameters:
            sae.threshold.abs_().add_(0.1)
    return sae


@pytest.mark.parametrize("gate", [ReLU(), TopK(2), JumpReLU(), Gated()], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_saving_and_loading_gives_the_same_sae(tmp_path, gate, dtype):
    sae = shaken(gate, dtype)
    again = load_sae(save_sae(sae, tmp_path / "sae"))
    assert again.gate == gate
    for a, b in zip(sae.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("inner", [TopK(2), BatchTopK(2)], ids=str)
@pytest.mark.parametrize("nested", [False, True], ids=["plain", "Matryoshka"])
def test_a_gate_that_matters_to_training_only_is_saved_as_what_it_encodes_like(tmp_path, inner, nested):
    sae = shaken(Matryoshka(inner, (2, 7)) if nested else inner)
    again = load_sae(save_sae(sae, tmp_path / "sae"))
    assert again.gate == (TopK(2) if inner == TopK(2) else JumpReLU())
    x = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(again.encode(x), sae.encode(x))
    assert torch.equal(again(x), sae(x))
    twice = load_sae(save_sae(again, tmp_path / "twice"))
    for a, b in zip(again.parameters(), twice.parameters(), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize(
    ("gate", "architecture", "tensors"),
    [
        (JumpReLU(), "jumprelu", ["b_enc", "threshold"]),
        (BatchTopK(2), "jumprelu", ["b_enc", "threshold"]),
        (Gated(), "gated", ["b_gate", "b_mag", "r_mag"]),
    ],
    ids=str,
)
def test_layout_of_the_other_architectures(tmp_path, gate, architecture, tensors):
    folder = save_sae(shaken(gate), tmp_path / "sae")
    config = json.loads((folder / "cfg.json").read_text())
    assert config["architecture"] == architecture
    assert "k" not in config
    shapes = {name: tuple(t.shape) for name, t in load_file(folder / "sae_weights.safetensors").items()}
    assert shapes == {"W_enc": (3, 7), "W_dec": (7, 3), "b_dec": (3,)} | dict.fromkeys(tensors, (7,))


@pytest.mark.parametrize("gate", [JumpReLU(), Gated()], ids=str)
def test_missing_and_foreign_tensors_of_the_other_architectures_are_named(tmp_path, gate):
    folder = save_sae(shaken(gate), tmp_path / "sae")
    path = folder / "sae_weights.safetensors"
    whole = load_file(path)
    for name in gate.learned:
        save_file({k: v for k, v in whole.items() if k != name}, path)
        with pytest.raises(InputError, match="holds"):
            load_sae(folder)
        save_file(whole | {name: torch.zeros(6)}, path)
        with pytest.raises(InputError, match=f"{name} of shape"):
            load_sae(folder)
    save_file(whole | {"scaling_factor": torch.zeros(7)}, path)
    with pytest.raises(InputError, match="holds"):
        load_sae(folder)


@pytest.mark.parametrize("gate", [JumpReLU(), Gated()], ids=str)
def test_decoder_norms_in_the_scores_are_refused_where_they_mean_nothing(tmp_path, gate):
    folder = save_sae(shaken(gate), tmp_path / "sae")
    rewrite(folder, rescale_acts_by_decoder_norm=True)
    with pytest.raises(InputError, match="rescale_acts_by_decoder_norm"):
        load_sae(folder)


def test_both_biases_of_a_gated_encoder_that_does_not_subtract_b_dec_are_folded(tmp_path):
    sae = shaken(Gated(), torch.float64)
    folder = save_sae(sae, tmp_path / "sae")
    rewrite(folder, apply_b_dec_to_input=False)
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(50, 3)))
    own = sae.gate_parameters
    gates = x @ sae.W_enc + own["b_gate"]
    magnitudes = torch.relu(x @ (sae.W_enc * own["r_mag"].exp()) + own["b_mag"])
    torch.testing.assert_close(load_sae(folder).encode(x), magnitudes * (gates > 0))


def test_layout_is_that_of_saelens(tmp_path):
    folder = save_sae(shaken(TopK(2)), tmp_path / "sae")
    config = json.loads((folder / "cfg.json").read_text())
    assert config["architecture"] == "topk"
    assert (config["d_in"], config["d_sae"], config["k"], config["dtype"]) == (3, 7, 2, "float32")
    assert config["metadata"]["sae_lens_version"] >= "6"
    shapes = {name: tuple(t.shape) for name, t in load_file(folder / "sae_weights.safetensors").items()}
    assert shapes == {"W_enc": (3, 7), "W_dec": (7, 3), "b_enc": (7,), "b_dec": (3,)}


def rewrite(folder, **changes):
    path = folder / "cfg.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_an_encoder_that_does_not_subtract_b_dec_is_folded(tmp_path):
    sae = shaken(ReLU(), torch.float64)
    folder = save_sae(sae, tmp_path / "sae")
    rewrite(folder, apply_b_dec_to_input=False)
    x = np.random.default_rng(0).normal(size=(5, 3))
    expected = torch.relu(torch.from_numpy(x) @ sae.W_enc + sae.b_enc)
    torch.testing.assert_close(load_sae(folder).encode(x), expected)


def test_top_k_scores_scaled_by_decoder_norms_are_folded(tmp_path):
    sae = shaken(TopK(2), torch.float64)
    folder = save_sae(sae, tmp_path / "sae")
    rewrite(folder, rescale_acts_by_decoder_norm=True)
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(50, 3)))
    norms = sae.W_dec.norm(dim=1)
    scaled = TopK(2).acts(sae.pre_acts(x) * norms)
    again = load_sae(folder)
    torch.testing.assert_close(again.encode(x), scaled)
    torch.testing.assert_close(again(x), (scaled / norms) @ sae.W_dec + sae.b_dec)


def test_an_existing_folder_is_left_alone_unless_asked(tmp_path):
    folder = save_sae(shaken(ReLU()), tmp_path / "sae")
    before = (folder / "cfg.json").read_bytes()
    with pytest.raises(InputError, match="exists"):
        save_sae(shaken(TopK(2)), folder)
    assert (folder / "cfg.json").read_bytes() == before
    save_sae(shaken(TopK(2)), folder, overwrite=True)
    assert load_sae(folder).gate == TopK(2)
    assert [path.name for path in tmp_path.iterdir()] == ["sae"]


def test_a_folder_with_other_things_in_it_is_never_replaced(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(InputError, match="exists"):
        save_sae(shaken(ReLU()), tmp_path / "thesis", overwrite=True)
    assert (tmp_path / "thesis" / "chapter.txt").exists()


def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        save_sae(shaken(ReLU()), tmp_path / "file" / "sae")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("saelib.sae.files.save_file", fail)
    with pytest.raises(OSError, match="disk full"):
        save_sae(shaken(ReLU()), tmp_path / "sae")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architecture": "transcoder"}, "architecture"),
        ({"d_in": 0}, "d_in"),
        ({"d_sae": "7"}, "d_sae"),
        ({"d_sae": 8}, "shape"),
        ({"k": 99}, "k is 99"),
        ({"k": None}, "k is"),
        ({"normalize_activations": "layer_norm"}, "normalize_activations"),
    ],
    ids=str,
)
def test_a_wrong_config_is_named(tmp_path, changes, message):
    folder = save_sae(shaken(TopK(2)), tmp_path / "sae")
    rewrite(folder, **changes)
    with pytest.raises(InputError, match=message):
        load_sae(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "\xff", "[" * 100_000], ids=["empty", "list", "cut", "latin", "deep"]
)
def test_a_malformed_config_is_one_input_error(tmp_path, text):
    folder = save_sae(shaken(ReLU()), tmp_path / "sae")
    (folder / "cfg.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"cfg\.json"):
        load_sae(folder)


def test_missing_extra_misshapen_and_infinite_tensors_are_named(tmp_path):
    folder = save_sae(shaken(ReLU()), tmp_path / "sae")
    path = folder / "sae_weights.safetensors"
    whole = load_file(path)
    wrongs = [
        ({k: v for k, v in whole.items() if k != "b_enc"}, "holds"),
        (whole | {"threshold": torch.zeros(7)}, "holds"),
        (whole | {"b_dec": torch.zeros(4)}, "shape"),
        (whole | {"b_dec": torch.full((3,), float("inf"))}, "finite"),
        (whole | {"b_dec": torch.zeros(3, dtype=torch.int64)}, "floating-point"),
        (whole | {"b_dec": torch.zeros(3, dtype=torch.float64)}, "mixes dtypes"),
    ]
    for tensors, message in wrongs:
        save_file(tensors, path)
        with pytest.raises(InputError, match=message):
            load_sae(folder)


def test_cut_off_weights_and_missing_files_are_named(tmp_path):
    folder = save_sae(shaken(ReLU()), tmp_path / "sae")
    path = folder / "sae_weights.safetensors"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match="cannot be read"):
        load_sae(folder)
    path.unlink()
    with pytest.raises(InputError, match="has no sae_weights"):
        load_sae(folder)
    with pytest.raises(InputError, match=r"has no cfg\.json"):
        load_sae(tmp_path)
