"""Points from a model folder: what comes out is the residual stream, and nothing in the folder is run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from saelib.data.files import model_points
from saelib.data.files.model_folder import opened_model
from saelib.data.files.stopping import Stream
from saelib.errors import InputError

pytest.importorskip("transformers")
pytest.importorskip("tokenizers")

pytestmark = pytest.mark.slow  # for the import of transformers; the models are tiny

WORDS = ["the", "a", "dog", "cat", "sat", "ran", "on", "mat", "big", "small"]
TEXTS = ["the dog sat", "a big cat ran on the mat", "dog", "the small cat", "a cat sat on a dog"]


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random model with a tokenizer of ten words."""
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    torch.manual_seed(0)
    place = tmp_path_factory.mktemp(request.param)
    if request.param == "gpt2":
        config = transformers.GPT2Config(vocab_size=16, n_positions=8, n_embd=8, n_layer=3, n_head=2)
        model = transformers.GPT2LMHeadModel(config)
    else:
        config = transformers.LlamaConfig(
            vocab_size=16, hidden_size=8, intermediate_size=16, num_hidden_layers=3,
            num_attention_heads=2, max_position_embeddings=8,
        )  # fmt: skip
        model = transformers.LlamaForCausalLM(config)
    model.save_pretrained(place, safe_serialization=True)
    words = Tokenizer(models.WordLevel({w: i for i, w in enumerate(["?", *WORDS])}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=words, unk_token="?").save_pretrained(place)
    return place


def stream(folder: Path, text: str, layer: int) -> np.ndarray:
    """The residual stream by a hook on the block itself, one text at a time and without padding."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, local_files_only=True).eval()
    caught = []
    blocks = model.h if hasattr(model, "h") else model.layers

    def catch(module: object, inputs: tuple, output: object) -> None:
        caught.append(output[0] if isinstance(output, tuple) else output)

    blocks[layer - 1].register_forward_hook(catch)
    ids = torch.tensor([[["?", *WORDS].index(word) for word in text.split()]])
    with torch.inference_mode():
        model(ids)
    (states,) = caught
    return states.reshape(-1, 8).numpy()


@pytest.mark.parametrize("tokens", ["last", "mean", "every"])
def test_points_are_what_the_block_hands_on_whatever_stands_beside_a_text(
    folder: Path, tokens: str, tmp_path: Path
) -> None:
    points = model_points(folder, TEXTS, 2, tmp_path / "out", tokens=tokens, batch_size=3, shard_size=4)

    whole = [stream(folder, text, 2) for text in TEXTS]
    wanted = {
        "last": np.stack([states[-1] for states in whole]),
        "mean": np.stack([states.mean(axis=0) for states in whole]),
        "every": np.concatenate(whole),
    }[tokens]
    np.testing.assert_allclose(points.rows(0, len(points)), wanted, atol=1e-5)
    assert [path.name for path in points.paths] == ["points_00000.npy", "points_00001.npy"]
    if tokens == "every":
        table = pd.concat(pd.read_parquet(path) for path in sorted((tmp_path / "out/tokens").iterdir()))
        assert table.token.tolist() == " ".join(TEXTS).split()
        assert table.text.tolist() == [i for i, text in enumerate(TEXTS) for _ in text.split()]


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_blocks_after_the_layer_are_not_run_and_not_missed(folder: Path, layer: int) -> None:
    import torch

    model, tokenizer = opened_model(folder)
    blocks = model.h if hasattr(model, "h") else model.layers
    runs = []
    for i, block in enumerate(blocks):
        block.register_forward_hook(lambda *_, i=i: runs.append(i))
    stream = Stream(model, layer)
    ids = torch.tensor([tokenizer("the dog sat")["input_ids"], tokenizer("a big cat")["input_ids"]])
    given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with torch.inference_mode():
        whole = model(**given, output_hidden_states=True).hidden_states[layer]
    assert torch.equal(stream(**given), whole)
    assert stream.block is blocks[layer]
    runs.clear()
    assert torch.equal(stream(**given), whole)
    assert runs == list(range(layer))


def test_where_stopping_would_change_a_bit_the_whole_network_is_run(folder: Path) -> None:
    import torch

    model, tokenizer = opened_model(folder)
    blocks = model.h if hasattr(model, "h") else model.layers
    stream = Stream(model, 2)
    stream.block = blocks[1]  # the wrong one, as in a model whose blocks are not in their order
    ids = torch.tensor([tokenizer("the dog sat")["input_ids"]])
    given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with torch.inference_mode():
        whole = model(**given, output_hidden_states=True).hidden_states[2]
    assert torch.equal(stream(**given), whole)
    assert stream.block is None
    assert torch.equal(stream(**given), whole)


def test_a_stopped_run_goes_on_and_other_settings_are_refused(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = model_points(folder, TEXTS, 1, out, shard_size=2)
    before = {path: path.stat().st_mtime_ns for path in first.paths}
    whole = first.rows(0, 5)
    first.paths[1].unlink()

    again = model_points(folder, TEXTS, 1, out, shard_size=2)

    np.testing.assert_array_equal(again.rows(0, 5), whole)
    after = {path: path.stat().st_mtime_ns for path in again.paths}
    assert [after[path] == before[path] for path in again.paths] == [True, False, True]
    with pytest.raises(InputError, match="holds points of other texts or settings"):
        model_points(folder, TEXTS, 2, out, shard_size=2)


def test_texts_come_from_files_too(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(TEXTS) + "\n")
    pd.DataFrame({"text": TEXTS, "other": 1}).to_csv(tmp_path / "a.csv", index=False)
    pd.DataFrame({"words": TEXTS}).to_parquet(tmp_path / "a.parquet")
    wanted = model_points(folder, TEXTS, 1, tmp_path / "list").rows(0, 5)
    for name in ("a.txt", "a.csv", "a.parquet"):
        found = model_points(folder, tmp_path / name, 1, tmp_path / f"{name}.out")
        np.testing.assert_array_equal(found.rows(0, 5), wanted)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layer": 3}, "layer is 3: give a number from 0 to 2"),
        ({"layer": True}, "layer is True"),
        ({"tokens": "first"}, "tokens is 'first'"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"texts": []}, "texts has no text: give at least one"),
        ({"texts": ["dog", " "]}, "texts has no text at 1"),
        ({"texts": ["dog " * 9]}, "texts has 9 tokens in text 0, the model takes 8"),
        ({"texts": 3}, "texts is a int"),
    ],
)
def test_what_does_not_fit_is_refused(folder: Path, arguments: dict, message: str, tmp_path: Path) -> None:
    given = {"texts": TEXTS, "layer": 1, "out": tmp_path / "out"} | arguments
    with pytest.raises(InputError, match=message):
        model_points(folder, **given)


def test_a_long_text_is_cut_on_request(folder: Path, tmp_path: Path) -> None:
    cut = model_points(folder, ["dog " * 9], 1, tmp_path / "out", max_length=3)
    np.testing.assert_allclose(cut.rows(0, 1)[0], stream(folder, "dog dog dog", 1)[-1], atol=1e-5)


def spoilt(folder: Path, place: Path) -> Path:
    place.mkdir()
    for path in folder.iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    return place


def test_pickled_weights_code_of_its_own_and_gaps_are_refused(folder: Path, tmp_path: Path) -> None:
    pickled = spoilt(folder, tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    coded = spoilt(folder, tmp_path / "coded")
    config = json.loads((coded / "config.json").read_text())
    (coded / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "evil.Model"}}))
    (coded / "evil.py").write_text("raise SystemExit('run')")
    wordless = spoilt(folder, tmp_path / "wordless")
    (wordless / "tokenizer.json").unlink()
    cut = spoilt(folder, tmp_path / "cut")
    (cut / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-100])
    deeper = spoilt(folder, tmp_path / "deeper")
    more = {"n_layer": 4} if "n_layer" in config else {"num_hidden_layers": 4}
    (deeper / "config.json").write_text(json.dumps(config | more))
    for place, message in [
        (pickled, r"only pickled weights \(pytorch_model.bin\)"),
        (coded, "Python code of its own"),
        (wordless, "no tokenizer.json"),
        (cut, "cannot be opened"),
        (deeper, "lacks the weights"),
    ]:
        with pytest.raises(InputError, match=message) as refused:
            model_points(place, TEXTS, 1, tmp_path / "never")
        assert "\n" not in str(refused.value)
    assert not (tmp_path / "never").exists()
