"""Against SAELens itself (``pip install -e .[interop]``): it writes and we read, we write and it reads.

Every architecture, random and trained, encodes and decodes the same on both sides, to 1e-5 of its scale.
"""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from saelib.sae import (
    SAE,
    BatchTopK,
    Gated,
    JumpReLU,
    Matryoshka,
    ReLU,
    TopK,
    load_sae,
    save_sae,
    to_saelens,
)

sae_lens = pytest.importorskip("sae_lens", reason="needs the extra interop")

D_IN, D_SAE, K = 12, 40, 4
X = torch.randn(500, D_IN, generator=torch.Generator().manual_seed(0)) + 0.5


def shaken(sae):
    """The same SAE with every parameter moved away from where it started."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in sae.named_parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator).to(parameter.dtype))
            if name == "threshold":
                parameter.abs_().add_(0.1)
    return sae


def agree(ours: SAE, theirs) -> None:
    with torch.no_grad():
        x = X.to(ours.W_enc.dtype)
        z = theirs.encode(x)
        z = z.to_dense() if z.is_sparse else z
        x_hat = theirs.decode(z)
        assert 0 < int((z > 0).sum()) < z.numel(), "all or nothing fires: the comparison says nothing"
        assert (ours.encode(x) - z).abs().max() <= 1e-5 * z.abs().max()
        assert (ours(x) - x_hat).abs().max() <= 1e-5 * x_hat.abs().max()


# --- it writes, we read ----------------------------------------------------------------------------------

OPTIONS = [
    {"architecture": "standard"},
    {"architecture": "topk", "k": K},
    {"architecture": "topk", "k": K, "rescale_acts_by_decoder_norm": True},
    {"architecture": "jumprelu"},
    {"architecture": "gated"},
]


@pytest.mark.parametrize("subtract", [True, False], ids=["subtracts b_dec", "does not"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_it_saves_encodes_and_decodes_the_same_here(tmp_path, options, subtract, dtype):
    common = {"d_in": D_IN, "d_sae": D_SAE, "dtype": dtype, "apply_b_dec_to_input": subtract}
    about = {"hook_name": "blocks.8.hook_resid_post", "model_name": "gpt2-small", "context_size": 128}
    theirs = shaken(sae_lens.SAE.from_dict(options | common | {"metadata": about}))
    theirs.save_model(tmp_path / "sae")
    ours = load_sae(tmp_path / "sae")
    agree(ours, theirs)
    assert ours.metadata.items() >= about.items()


TRAINED = [
    ({"architecture": "standard", "l1_coefficient": 0.1}, ReLU()),
    ({"architecture": "gated", "l1_coefficient": 0.1}, Gated()),
    ({"architecture": "jumprelu", "l0_coefficient": 0.1}, JumpReLU()),
    ({"architecture": "topk", "k": K}, TopK(K)),
    ({"architecture": "topk", "k": K, "rescale_acts_by_decoder_norm": False}, TopK(K)),
    ({"architecture": "batchtopk", "k": K}, JumpReLU()),
    ({"architecture": "matryoshka_batchtopk", "k": K, "matryoshka_widths": [10, 20, 40]}, JumpReLU()),
]


@pytest.mark.parametrize(("options", "gate"), TRAINED, ids=lambda option: str(option)[:60])
def test_what_it_trains_and_saves_for_inference_encodes_and_decodes_the_same_here(tmp_path, options, gate):
    torch.manual_seed(0)
    theirs = sae_lens.TrainingSAE.from_dict(options | {"d_in": D_IN, "d_sae": D_SAE})
    train_there(theirs)
    theirs.save_inference_model(tmp_path / "sae")
    ours = load_sae(tmp_path / "sae")
    assert ours.gate == gate
    agree(ours, sae_lens.SAE.load_from_disk(tmp_path / "sae"))


def train_there(sae, steps=60):
    """Some steps of SAELens's own forward pass, which also moves the threshold that it measures."""
    step_input = pytest.importorskip("sae_lens.saes.sae").TrainStepInput
    optimiser = torch.optim.Adam(sae.parameters(), lr=1e-2)
    coefficients = {name: option.value for name, option in sae.get_coefficients().items()}
    for step in range(steps):
        given = step_input(
            sae_in=X[torch.arange(64) + 7 * step % 400],
            coefficients=coefficients,
            dead_neuron_mask=None,
            n_training_steps=step,
            is_logging_step=False,
        )
        optimiser.zero_grad()
        sae.training_forward_pass(given).loss.backward()
        optimiser.step()


def test_a_config_of_before_version_6_is_understood_as_it_understands_it(tmp_path):
    theirs = shaken(sae_lens.SAE.from_dict({"architecture": "topk", "k": K, "d_in": D_IN, "d_sae": D_SAE}))
    theirs.save_model(tmp_path / "sae")
    old = {"d_in": D_IN, "d_sae": D_SAE, "dtype": "torch.float32", "model_name": "gpt2-small"}
    old |= {"hook_name": "blocks.3.hook_resid_pre", "hook_layer": 3, "prepend_bos": True, "context_size": 64}
    old |= {"activation_fn_str": "topk", "activation_fn_kwargs": {"k": K}, "normalize_activations": False}
    old |= {"apply_b_dec_to_input": False, "finetuning_scaling_factor": False, "sae_lens_version": "3.22.1"}
    (tmp_path / "sae" / "cfg.json").write_text(json.dumps(old))
    weights = tmp_path / "sae" / "sae_weights.safetensors"
    save_file(load_file(weights) | {"scaling_factor": torch.ones(D_SAE)}, weights)
    ours, theirs = load_sae(tmp_path / "sae"), sae_lens.SAE.load_from_disk(tmp_path / "sae")
    agree(ours, theirs)
    assert ours.metadata["hook_name"] == theirs.cfg.metadata.hook_name == "blocks.3.hook_resid_pre"


def test_a_scale_that_it_keeps_beside_a_checkpoint_is_folded_as_it_folds_it(tmp_path):
    theirs = shaken(
        sae_lens.SAE.from_dict(
            {
                "architecture": "standard",
                "d_in": D_IN,
                "d_sae": D_SAE,
                "normalize_activations": "expected_average_only_in",
            }
        )
    )
    theirs.save_model(tmp_path / "sae")
    (tmp_path / "sae" / "activation_scaler.json").write_text(json.dumps({"scaling_factor": 0.4}))
    theirs.fold_activation_norm_scaling_factor(0.4)
    agree(load_sae(tmp_path / "sae"), theirs)


# --- we write, it reads ----------------------------------------------------------------------------------

GATES = [
    ReLU(),
    TopK(K),
    JumpReLU(),
    Gated(),
    BatchTopK(K),
    Matryoshka(TopK(K), (10, D_SAE)),
    Matryoshka(BatchTopK(K), (10, D_SAE)),
]


def own(gate) -> SAE:
    sae = shaken(SAE(D_IN, D_SAE, gate, seed=3))
    for name in gate.measured:
        getattr(sae, name).fill_(0.7)
    return sae


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_what_we_save_encodes_and_decodes_the_same_there(tmp_path, gate):
    sae = own(gate)
    theirs = sae_lens.SAE.load_from_disk(save_sae(sae, tmp_path / "sae"))
    agree(sae, theirs)
    assert theirs.cfg.architecture() == gate.architecture


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_the_object_we_hand_over_encodes_and_decodes_the_same_and_shares_nothing(gate):
    sae = own(gate)
    theirs = to_saelens(sae, hook_name="blocks.0.hook_resid_post")
    agree(sae, theirs)
    assert theirs.cfg.metadata.hook_name == "blocks.0.hook_resid_post"
    before = sae.W_dec.clone()
    with torch.no_grad():
        theirs.W_dec.mul_(2)
    assert torch.equal(sae.W_dec, before)
