"""The file and the network against the libraries that usually read and run them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from saelib import InputError
from saelib.data.language import smollm2_file
from saelib.data.language.gguf_file import GGUF
from saelib.data.language.nouns import noun_words
from saelib.data.language.smollm2 import SmolLM2, Tokenizer

PREFIX = "I was talking about the"


def weights() -> Path:
    try:
        return smollm2_file()
    except InputError as error:
        pytest.skip(str(error))


def test_a_block_of_four_bits_is_scale_times_nibble_plus_offset() -> None:
    scale_and_offset = np.array([0.5, -1.0], np.float16).view(np.uint8)
    nibbles = np.arange(16, dtype=np.uint8) | 0xF0  # low: 0 to 15, high: 15 each
    content = np.concatenate([scale_and_offset, nibbles])
    found = GGUF({}, {"w": ((1, 32), 3, 0)}, content).tensor("w")
    assert found.tolist() == [[*(0.5 * i - 1 for i in range(16)), *[6.5] * 16]]


def test_a_block_of_eight_bits_is_scale_times_integer() -> None:
    content = np.concatenate(
        [np.array([0.25], np.float16).view(np.uint8), np.arange(-16, 16, dtype=np.int8).view(np.uint8)]
    )
    found = GGUF({}, {"w": ((1, 32), 8, 0)}, content).tensor("w")
    assert found.tolist() == [[0.25 * i for i in range(-16, 16)]]


def test_a_file_of_the_library_is_read_as_the_library_reads_it(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    rng = np.random.default_rng(0)
    tensors = {"a": rng.normal(size=(5, 64)), "b": rng.normal(size=(3, 96)), "c": rng.normal(size=7)}
    kinds = {"a": gguf.GGMLQuantizationType.Q8_0, "b": gguf.GGMLQuantizationType.Q4_1}
    writer = gguf.GGUFWriter(tmp_path / "x.gguf", "llama")
    writer.add_token_list(["ab", "ć", "Ġthe"])
    writer.add_uint32("n", 7)
    writer.add_float32("x", 0.5)
    writer.add_bool("yes", True)
    for name, values in tensors.items():
        data = values.astype(np.float32)
        coded = gguf.quantize(data, kinds[name]) if name in kinds else data
        writer.add_tensor(name, coded, raw_dtype=kinds.get(name))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    file = GGUF.opened(tmp_path / "x.gguf")
    assert file.fields["tokenizer.ggml.tokens"] == ["ab", "ć", "Ġthe"]
    assert (file.fields["n"], file.fields["x"], file.fields["yes"]) == (7, 0.5, True)
    for tensor in gguf.GGUFReader(tmp_path / "x.gguf").tensors:
        expected = gguf.dequantize(tensor.data, tensor.tensor_type)
        assert np.array_equal(file.tensor(tensor.name), expected)
        assert file.tensor(tensor.name).shape == tensors[tensor.name].shape
    assert np.array_equal(file.tensor("a", rows=np.array([4, 0])), file.tensor("a")[[4, 0]])
    with pytest.raises(InputError, match="tensor 'z' is not in the file"):
        file.tensor("z")


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"GGUF" + (2).to_bytes(4, "little") + bytes(64))
    with pytest.raises(InputError, match="the weights are no GGUF file of version 3"):
        GGUF.opened(tmp_path / "a")
    with pytest.raises(InputError, match="tensor 'w' is coded by scheme 14"):
        GGUF({}, {"w": ((1, 32), 14, 0)}, np.zeros(64, np.uint8)).tensor("w")


def test_nouns_are_cut_as_transformers_cuts_them() -> None:
    tokens = Tokenizer(GGUF.opened(weights()))
    assert tokens([PREFIX]) == [[57, 436, 5348, 563, 260]]
    assert tokens([" facial vein", " aardvark"]) == [[11202, 17537], [253, 477, 102, 792]]
    # What transformers 4.57.6 makes of all of them with the tokenizer it converts from the same file, which
    # takes it twelve seconds.
    found = json.dumps(tokens([f" {word}" for word in noun_words()])).encode()
    assert hashlib.sha256(found).hexdigest() == (
        "52df0f4a15d0f98f8591cc8861b6e813d201ae0b480a563f83bfaf38c0f0ddf3"
    )


@pytest.mark.slow
def test_the_residual_stream_is_that_of_transformers() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from transformers.models.llama.configuration_llama import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaModel

    path, depth = weights(), 16
    network, file = SmolLM2(path, depth, PREFIX), GGUF.opened(path)
    settings = LlamaConfig(
        vocab_size=1, hidden_size=576, intermediate_size=1536, num_hidden_layers=depth,
        num_attention_heads=9, num_key_value_heads=3, rope_theta=100_000.0, rms_norm_eps=1e-5,
    )  # fmt: skip
    peer = LlamaModel(settings).eval()
    peer.norm = torch.nn.Identity()
    names = {
        "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    }  # fmt: skip
    state = {"embed_tokens.weight": torch.zeros(1, 576)}
    for layer in range(depth):
        for ours, theirs in names.items():
            weight = torch.from_numpy(file.tensor(f"blk.{layer}.{ours}.weight").copy())
            if ours in ("attn_q", "attn_k"):  # it keeps the coordinates that are rotated together apart
                weight = weight.reshape(-1, 32, 2, 576).transpose(1, 2).reshape(weight.shape)
            state[f"layers.{layer}.{theirs}.weight"] = weight
    peer.load_state_dict(state)

    words = [" facial vein", " dog", " aardvark", " pier"]
    (beginning,) = network.tokens([PREFIX])
    for word in words:
        (tokens,) = network.tokens([word])
        embedded = torch.from_numpy(file.tensor("token_embd.weight", rows=np.array([1, *beginning, *tokens])))
        with torch.inference_mode():
            states = peer(inputs_embeds=embedded[None], output_hidden_states=True).hidden_states
        (found,) = network.last_tokens([tokens], (1, 8, 16))
        for row, layer in zip(found, (1, 8, 16), strict=True):
            expected = states[layer][0, -1].numpy()
            assert np.linalg.norm(row - expected) <= 1e-5 * np.linalg.norm(expected)


def test_words_in_one_batch_do_not_see_one_another() -> None:
    network = SmolLM2(weights(), 2, PREFIX)
    tokens = network.tokens([" facial vein", " iron pier", " neck vein"])
    together = network.last_tokens(tokens, (1, 2))
    for row, each in zip(together, tokens, strict=True):
        alone = network.last_tokens([each], (1, 2))[0]
        assert np.abs(row - alone).max() <= 1e-5 * np.abs(alone).max()
