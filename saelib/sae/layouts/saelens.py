"""SAELens's layout: ``cfg.json`` beside ``sae_weights.safetensors``, of its version 6 and of 3 to 5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from saelib.errors import InputError
from saelib.sae.gates import Gate, Gated, JumpReLU, ReLU, TopK
from saelib.sae.layouts.folding import built, decoder_norms, input_not_shifted, input_scaled
from saelib.sae.layouts.plain_files import read_json
from saelib.sae.layouts.settings import size_in, unfit
from saelib.sae.layouts.tensor_files import read_header, read_tensors
from saelib.sae.model import SAE

CONFIG, WEIGHTS = "cfg.json", "sae_weights.safetensors"
_SCALER = "activation_scaler.json"
_NAMES = {
    torch.float16: "float16",
    torch.bfloat16: "bfloat16",
    torch.float32: "float32",
    torch.float64: "float64",
}
# What the file says of the model that the points come from; before version 6 it stood beside the rest.
_ABOUT = (
    "model_name",
    "hook_name",
    "hook_layer",
    "hook_head_index",
    "prepend_bos",
    "context_size",
    "dataset_path",
    "neuronpedia_id",
)
_FINETUNED = ("scaling_factor", "finetuning_scaling_factor")  # one tensor, under its older and its newer name


def read(folder: Path, device: torch.device | str) -> SAE:
    """Read what SAELens wrote: see `saelib.sae.load_sae`."""
    config = _modern(read_json(folder / CONFIG))
    gate = _gate_of(config)
    d_in, d_sae = size_in(config, "d_in", CONFIG), size_in(config, "d_sae", CONFIG)
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(gate.learned, (d_sae,))
    shapes |= {"W_enc": (d_in, d_sae), "W_dec": (d_sae, d_in), "b_dec": (d_in,)}
    shapes |= {name: (d_sae,) for name in _FINETUNED if name in read_header(folder / WEIGHTS)}
    tensors = read_tensors(folder / WEIGHTS, shapes, says=CONFIG)
    tensors = _finetuned(tensors, config)
    if not config.get("apply_b_dec_to_input", True):
        tensors = input_not_shifted(tensors, gate)
    if config.get("rescale_acts_by_decoder_norm", False):
        if not isinstance(gate, ReLU | TopK):
            raise unfit(
                CONFIG, "asks for rescale_acts_by_decoder_norm", "fold the decoder norms in and leave it out"
            )
        tensors = decoder_norms(tensors)
    tensors = _normalised(tensors, config, folder)
    return built(gate, tensors, device, _about(config))


def config_of(sae: SAE) -> dict[str, Any]:
    """What SAELens's ``cfg.json`` says of an SAE."""
    config: dict[str, Any] = {
        "architecture": sae.gate.architecture,
        "d_in": sae.d_in,
        "d_sae": sae.d_sae,
        "dtype": _NAMES[sae.W_enc.dtype],
        "device": "cpu",
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {**sae.metadata, "sae_lens_version": "6.54.0", "written_by": "saelib"},
    }
    if sae.gate.architecture == TopK.architecture:
        config["k"] = sae.gate.k  # type: ignore[attr-defined]
    return config


def tensors_of(sae: SAE) -> dict[str, torch.Tensor]:
    """The weights by SAELens's names, on the CPU; one threshold for all neurons becomes one for each."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in sae.state_dict().items()}
    if "threshold" in sae.gate.measured:
        tensors["threshold"] = tensors["threshold"].repeat(sae.d_sae)
    return tensors


def _modern(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration in the words of version 6."""
    modern = dict(config)
    if "activation_fn_str" in config:
        modern["activation_fn"] = config["activation_fn_str"]
    if modern.get("architecture", "standard") == "standard" and modern.get("activation_fn") == "topk":
        modern["architecture"] = "topk"
    if "hook_point" in config:
        modern["hook_name"] = config["hook_point"]
    options = config.get("activation_fn_kwargs")
    if modern.get("architecture") == "topk" and isinstance(options, dict) and "k" in options:
        modern["k"] = options["k"]
    if isinstance(config.get("normalize_activations"), bool):
        modern["normalize_activations"] = (
            "expected_average_only_in" if config["normalize_activations"] else "none"
        )
    return modern


def _gate_of(config: dict[str, Any]) -> Gate:
    architecture = config.get("architecture", "standard")
    activation = config.get("activation_fn", "topk" if architecture == "topk" else "relu")
    if architecture == "topk":
        return TopK(config.get("k", 0))
    if activation == "relu":
        for gate in (ReLU(), JumpReLU(), Gated()):
            if architecture == gate.architecture:
                return gate
    if architecture in ("batchtopk", "matryoshka_batchtopk"):
        raise unfit(
            CONFIG,
            f"is of a training checkpoint, architecture {architecture!r}",
            "save it with sae.save_inference_model(folder), which writes the jumprelu it encodes as",
        )
    offence = f"has architecture {architecture!r}"
    if architecture in ("standard", "jumprelu", "gated"):
        offence = f"has activation_fn {activation!r}"
    raise unfit(
        CONFIG,
        offence,
        "give an SAE with architecture 'standard', 'topk', 'jumprelu' or 'gated', saved for inference",
    )


def _finetuned(tensors: dict[str, torch.Tensor], config: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Versions 3 to 5 multiplied each activation by a factor before they decoded it, if they were told to."""
    for name in _FINETUNED:
        if name in tensors:
            factor = tensors[name]
            tensors = {key: tensor for key, tensor in tensors.items() if key != name}
            if bool(torch.allclose(factor, torch.ones_like(factor))):  # written in any case for a time
                continue
            if not config.get("finetuning_scaling_factor", False):
                raise InputError(
                    WEIGHTS,
                    f"holds {name} besides, though finetuning_scaling_factor is false in {CONFIG}",
                    "remove the one or set the other",
                )
            tensors["W_dec"] = tensors["W_dec"] * factor[:, None]
    return tensors


def _normalised(
    tensors: dict[str, torch.Tensor], config: dict[str, Any], folder: Path
) -> dict[str, torch.Tensor]:
    asked = config.get("normalize_activations") or "none"
    if asked == "none":
        return tensors
    if asked != "expected_average_only_in":
        mend = "give points that are normalised so already, and write 'none' there"
        if asked == "covariance_whitening":
            mend = "call fold_activation_whitening on it in SAELens and save it again"
        raise unfit(CONFIG, f"asks for normalize_activations = {asked!r}", mend)
    if not (folder / _SCALER).exists():
        raise unfit(
            CONFIG,
            f"asks for normalize_activations = {asked!r}, and there is no {_SCALER} that says the scale",
            "call fold_activation_norm_scaling_factor on it in SAELens and save it again",
        )
    scale = read_json(folder / _SCALER).get("scaling_factor")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or scale <= 0:
        raise unfit(_SCALER, f"has scaling_factor = {scale!r}", "give a positive number")
    return input_scaled(tensors, float(scale))


def _about(config: dict[str, Any]) -> dict[str, Any]:
    said = config.get("metadata")
    about = {name: config[name] for name in _ABOUT if name in config}
    return about | (said if isinstance(said, dict) else {})
