"""Folders of other libraries: hand-made after their documented formats, read as those libraries encode."""

import json
import shlex

import pytest
import torch
from safetensors.torch import save_file
from torch.nn.functional import relu

from saelib.errors import InputError
from saelib.sae import SAE, Gated, JumpReLU, ReLU, TopK, load_sae, save_sae

D_IN, D_SAE, K = 5, 11, 3
NUMBERS = torch.Generator().manual_seed(3)


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=NUMBERS, dtype=torch.float64)


X = drawn(300, D_IN)
ENC, DEC, B_ENC, B_DEC = drawn(D_SAE, D_IN), drawn(D_IN, D_SAE), drawn(D_SAE), drawn(D_IN)
THRESHOLD, R_MAG, B_MAG = drawn(D_SAE).abs() + 0.1, 0.3 * drawn(D_SAE), drawn(D_SAE)
LINEAR = {"encoder.weight": ENC, "encoder.bias": B_ENC, "decoder.weight": DEC}
PLAIN = {"W_enc": ENC.T, "b_enc": B_ENC, "W_dec": DEC.T, "b_dec": B_DEC}
COUNTED = {"k": torch.tensor(K, dtype=torch.int32), "threshold": torch.tensor(0.8)}


def top_k(p: torch.Tensor) -> torch.Tensor:
    values, places = relu(p).topk(K, dim=1)
    return torch.zeros_like(p).scatter(1, places, values)


def write(folder, weights_name, tensors, config_name, config):
    folder.mkdir()
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / weights_name)
    (folder / config_name).write_text(json.dumps(config))
    return folder


def write_dictionary(folder, kind, tensors, **trainer):
    trainer = {"dict_class": kind, "activation_dim": D_IN, "dict_size": D_SAE, "k": K} | trainer
    trainer |= {
        "lm_name": "EleutherAI/pythia-70m",
        "layer": 3,
        "submodule_name": "resid_post_layer_3",
    }
    config = {"trainer": trainer, "buffer": {"d_submodule": D_IN}}
    return write(folder, "ae.safetensors", tensors, "config.json", config)


def write_sparsify(folder, tensors=None, **changes):
    config = {"activation": "topk", "expansion_factor": 32, "normalize_decoder": True, "num_latents": D_SAE}
    config |= {"k": K, "multi_topk": False, "skip_connection": False, "transcode": False, "d_in": D_IN}
    if tensors is None:
        tensors = {"encoder.weight": ENC, "encoder.bias": B_ENC, "W_dec": DEC.T, "b_dec": B_DEC}
    return write(folder, "sae.safetensors", tensors, "cfg.json", config | changes)


def write_saelens(folder, tensors, **changes):
    config = {"architecture": "standard", "d_in": D_IN, "d_sae": D_SAE, "dtype": "float64"} | changes
    return write(folder, "sae_weights.safetensors", tensors, "cfg.json", config)


def reads_as(folder, gate, z, x_hat) -> SAE:
    sae = load_sae(folder)
    assert sae.gate == gate
    assert sae.W_enc.dtype == torch.float64
    assert torch.allclose(sae.encode(X), z, rtol=1e-12, atol=1e-12)
    assert torch.allclose(sae(X), x_hat, rtol=1e-12, atol=1e-12)
    return sae


# --- dictionary_learning ---------------------------------------------------------------------------------


def test_its_standard_autoencoder_is_read_with_unit_decoder_rows(tmp_path):
    folder = write_dictionary(tmp_path / "ae", "AutoEncoder", LINEAR | {"bias": B_DEC})
    z = relu((X - B_DEC) @ ENC.T + B_ENC)
    sae = reads_as(folder, ReLU(), z * DEC.norm(dim=0), z @ DEC.T + B_DEC)
    assert torch.allclose(sae.W_dec.norm(dim=1), torch.ones(D_SAE, dtype=torch.float64))
    assert sae.metadata["model_name"] == "EleutherAI/pythia-70m"
    assert sae.metadata["hook_layer"] == 3


def test_a_neuron_that_writes_nothing_stays_as_it_is(tmp_path):
    dead = DEC.clone()
    dead[:, 4] = 0
    tensors = LINEAR | {"bias": B_DEC, "decoder.weight": dead}
    sae = load_sae(write_dictionary(tmp_path / "ae", "AutoEncoder", tensors))
    assert torch.equal(sae.W_enc[:, 4], ENC[4])
    assert not sae.W_dec[4].any()


def test_its_autoencoder_of_april_does_not_subtract_the_bias(tmp_path):
    folder = write_dictionary(tmp_path / "ae", "AutoEncoderNew", LINEAR | {"decoder.bias": B_DEC})
    z = relu(X @ ENC.T + B_ENC)
    reads_as(folder, ReLU(), z, z @ DEC.T + B_DEC)


def test_its_gated_autoencoder(tmp_path):
    tensors = {"encoder.weight": ENC, "decoder.weight": DEC, "decoder_bias": B_DEC}
    tensors |= {"r_mag": R_MAG, "gate_bias": B_ENC, "mag_bias": B_MAG}
    folder = write_dictionary(tmp_path / "ae", "GatedAutoEncoder", tensors)
    u = (X - B_DEC) @ ENC.T
    z = (u + B_ENC > 0) * relu(R_MAG.exp() * u + B_MAG)
    reads_as(folder, Gated(), z, z @ DEC.T + B_DEC)


def test_its_jump_relu_does_not_subtract_the_bias(tmp_path):
    folder = write_dictionary(tmp_path / "ae", "JumpReluAutoEncoder", PLAIN | {"threshold": THRESHOLD})
    p = X @ ENC.T + B_ENC
    z = relu(p * (p > THRESHOLD))
    reads_as(folder, JumpReLU(), z, z @ DEC.T + B_DEC)


@pytest.mark.parametrize("beside", [COUNTED, {}, {"k": COUNTED["k"]}], ids=["now", "early", "between"])
def test_its_top_k_is_read_whatever_its_version_kept_beside(tmp_path, beside):
    folder = write_dictionary(tmp_path / "ae", "AutoEncoderTopK", LINEAR | {"b_dec": B_DEC} | beside)
    z = top_k((X - B_DEC) @ ENC.T + B_ENC)
    reads_as(folder, TopK(K), z, z @ DEC.T + B_DEC)


@pytest.mark.parametrize(
    ("kind", "tensors"),
    [
        ("BatchTopKSAE", LINEAR | {"b_dec": B_DEC}),
        ("MatryoshkaBatchTopKSAE", PLAIN | {"group_sizes": torch.tensor([4, 7])}),
    ],
)
@pytest.mark.parametrize("threshold", [0.8, -1.0], ids=["measured", "never measured"])
def test_its_batch_top_k_fires_by_the_threshold_that_training_measured(tmp_path, kind, tensors, threshold):
    beside = COUNTED | {"threshold": torch.tensor(threshold)}
    folder = write_dictionary(tmp_path / "ae", kind, tensors | beside)
    p = relu((X - B_DEC) @ ENC.T + B_ENC)
    z = p * (p > torch.tensor(threshold))
    reads_as(folder, JumpReLU(), z, z @ DEC.T + B_DEC)


def test_a_threshold_between_two_numbers_of_the_weights_dtype_lets_the_same_activations_pass(tmp_path):
    threshold = torch.tensor(1.001953125)  # 1 + 2^-9: bfloat16 has 1 and 1 + 2^-7
    for dtype in (torch.bfloat16, torch.float16):
        tensors = {name: tensor.to(dtype) for name, tensor in (LINEAR | {"b_dec": B_DEC}).items()}
        folder = write_dictionary(
            tmp_path / str(dtype), "BatchTopKSAE", tensors | COUNTED | {"threshold": threshold}
        )
        own = load_sae(folder).threshold[0]
        every = torch.linspace(0.9, 1.1, 200).to(dtype)
        assert torch.equal(every > own, every.float() > threshold)


@pytest.mark.parametrize(
    ("kind", "tensors", "message"),
    [
        ("CrossCoder", LINEAR, "dict_class 'CrossCoder'"),
        (["AutoEncoder"], LINEAR, "dict_class"),
        ("AutoEncoder", LINEAR, "holds no bias"),
        ("AutoEncoder", LINEAR | {"bias": B_DEC, "r_mag": R_MAG}, "holds 'r_mag' besides"),
        ("AutoEncoder", LINEAR | {"bias": B_DEC[:4]}, "has bias of shape"),
        ("AutoEncoder", LINEAR | {"bias": B_DEC * torch.nan}, "bias not finite"),
        ("BatchTopKSAE", LINEAR | {"b_dec": B_DEC}, "holds no threshold"),
        ("AutoEncoderTopK", LINEAR | {"b_dec": B_DEC, "k": torch.tensor(4)}, "k = 4 where"),
        ("AutoEncoderTopK", LINEAR | {"b_dec": B_DEC, "k": torch.zeros(2)}, "has k of shape"),
    ],
)
def test_what_is_wrong_with_a_dictionary_is_named(tmp_path, kind, tensors, message):
    with pytest.raises(InputError, match=message):
        load_sae(write_dictionary(tmp_path / "ae", kind, tensors))


@pytest.mark.parametrize("change", [{"activation_dim": 6}, {"dict_size": 12}])
def test_a_dictionary_of_other_size_than_its_config_says_is_named(tmp_path, change):
    with pytest.raises(InputError, match=r"shape .* as config\.json says"):
        load_sae(write_dictionary(tmp_path / "ae", "AutoEncoder", LINEAR | {"bias": B_DEC}, **change))


def test_a_config_without_a_trainer_is_named(tmp_path):
    folder = write(tmp_path / "ae", "ae.safetensors", LINEAR, "config.json", {"trainer": 3})
    with pytest.raises(InputError, match="nothing of a trainer"):
        load_sae(folder)


def test_its_pickle_is_never_opened_and_the_command_in_the_message_converts_it(tmp_path, monkeypatch):
    folder = write_dictionary(tmp_path / "ae", "AutoEncoder", LINEAR | {"bias": B_DEC})
    (folder / "ae.safetensors").unlink()
    torch.save(LINEAR | {"bias": B_DEC}, folder / "ae.pt")
    with pytest.raises(InputError, match=r"ae\.pt, a pickle") as caught:
        load_sae(folder)
    assert "\n" not in str(caught.value)
    python, option, code = shlex.split(caught.value.mend.partition("in that folder: ")[2])
    assert (python, option) == ("python", "-c")
    monkeypatch.chdir(folder)
    exec(code, {})
    z = relu((X - B_DEC) @ ENC.T + B_ENC)
    reads_as(folder, ReLU(), z * DEC.norm(dim=0), z @ DEC.T + B_DEC)


# --- sparsify --------------------------------------------------------------------------------------------


def test_sparsify_encodes_its_k_largest(tmp_path):
    z = top_k((X - B_DEC) @ ENC.T + B_ENC)
    sae = reads_as(write_sparsify(tmp_path / "layers.5.mlp"), TopK(K), z, z @ DEC.T + B_DEC)
    assert sae.metadata == {"hook_name": "layers.5.mlp"}


def test_sparsify_without_a_number_of_latents_multiplies_the_dimension(tmp_path):
    tensors = {"encoder.weight": drawn(10, D_IN), "encoder.bias": drawn(10)}
    tensors |= {"W_dec": drawn(10, D_IN), "b_dec": B_DEC}
    assert load_sae(write_sparsify(tmp_path / "sae", tensors, num_latents=0, expansion_factor=2)).d_sae == 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"activation": "groupmax"}, "activation 'groupmax'"),
        ({"transcode": True}, "asks for transcode"),
        ({"skip_connection": True}, "asks for skip_connection"),
        ({"d_in": 6}, "shape"),
        ({"num_latents": -3}, "num_latents = -3"),
        ({"k": 0}, "k = 0"),
        ({"k": 99}, "k is 99"),
    ],
    ids=str,
)
def test_what_sparsify_does_otherwise_is_named(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        load_sae(write_sparsify(tmp_path / "sae", **changes))


# --- SAELens, of several versions ------------------------------------------------------------------------

HELD = PLAIN | {"W_enc": ENC.T, "W_dec": DEC.T}


def test_an_older_config_names_its_top_k_by_the_activation(tmp_path):
    folder = write_saelens(
        tmp_path / "sae",
        HELD,
        activation_fn_str="topk",
        activation_fn_kwargs={"k": K},
        hook_point="blocks.3.hook_resid_pre",
        model_name="gpt2-small",
        normalize_activations=False,
    )
    z = top_k((X - B_DEC) @ ENC.T + B_ENC)
    sae = reads_as(folder, TopK(K), z, z @ DEC.T + B_DEC)
    assert sae.metadata == {"model_name": "gpt2-small", "hook_name": "blocks.3.hook_resid_pre"}


@pytest.mark.parametrize("name", ["scaling_factor", "finetuning_scaling_factor"])
def test_a_factor_on_the_activations_is_folded_into_the_decoder(tmp_path, name):
    factor = drawn(D_SAE).abs()
    tensors = HELD | {name: factor}
    folder = write_saelens(
        tmp_path / "sae", tensors, finetuning_scaling_factor=True, activation_fn_str="relu"
    )
    z = relu((X - B_DEC) @ ENC.T + B_ENC)
    reads_as(folder, ReLU(), z, (z * factor) @ DEC.T + B_DEC)
    ones = HELD | {name: torch.ones(D_SAE, dtype=torch.float64)}
    reads_as(write_saelens(tmp_path / "ones", ones), ReLU(), z, z @ DEC.T + B_DEC)
    with pytest.raises(InputError, match="finetuning_scaling_factor is false"):
        load_sae(write_saelens(tmp_path / "unasked", tensors))


def test_points_scaled_by_one_number_are_folded_when_the_number_is_there(tmp_path):
    folder = write_saelens(tmp_path / "sae", HELD, normalize_activations="expected_average_only_in")
    with pytest.raises(InputError, match=r"no activation_scaler\.json"):
        load_sae(folder)
    (folder / "activation_scaler.json").write_text('{"scaling_factor": 0.25}')
    z = relu((0.25 * X - B_DEC) @ ENC.T + B_ENC)
    reads_as(folder, ReLU(), z, (z @ DEC.T + B_DEC) / 0.25)
    for wrong in ("null", "0", "-1", "NaN", '"1"', "true"):
        (folder / "activation_scaler.json").write_text(f'{{"scaling_factor": {wrong}}}')
        with pytest.raises(InputError, match=r"activation_scaler\.json"):
            load_sae(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normalize_activations": "layer_norm"}, "'layer_norm'.*normalised so already"),
        ({"normalize_activations": "constant_norm_rescale"}, "constant_norm_rescale"),
        ({"normalize_activations": "covariance_whitening"}, "fold_activation_whitening"),
        ({"architecture": "batchtopk"}, "save_inference_model"),
        ({"architecture": "matryoshka_batchtopk"}, "save_inference_model"),
        ({"architecture": "transcoder"}, "architecture 'transcoder'"),
        ({"architecture": ["standard"]}, "architecture"),
        ({"activation_fn_str": "tanh-relu"}, "activation_fn 'tanh-relu'"),
    ],
    ids=str,
)
def test_what_saelens_does_otherwise_is_named(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        load_sae(write_saelens(tmp_path / "sae", HELD, **changes))


def test_where_the_points_come_from_is_kept_and_written_again(tmp_path):
    about = {"hook_name": "blocks.8.hook_resid_post", "model_name": "gpt2", "prepend_bos": True}
    folder = write_saelens(
        tmp_path / "sae", HELD, metadata=about | {"kwargs": {"a": 1}, "neuronpedia_id": None}
    )
    sae = load_sae(folder)
    assert sae.metadata == about
    again = load_sae(save_sae(sae, tmp_path / "again"))
    assert again.metadata.items() >= about.items()
