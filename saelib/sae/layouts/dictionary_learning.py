"""The layout of dictionary_learning, converted: ``config.json`` beside ``ae.safetensors``.

The library itself writes the weights as ``ae.pt``, a pickle, which is never opened here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from saelib.errors import InputError
from saelib.sae.gates import Gate, Gated, JumpReLU, ReLU, TopK
from saelib.sae.layouts.folding import Tensors, built, input_not_shifted, one_threshold
from saelib.sae.layouts.plain_files import read_json
from saelib.sae.layouts.settings import size_in, unfit
from saelib.sae.layouts.tensor_files import read_header, read_tensors
from saelib.sae.model import SAE

CONFIG, WEIGHTS, PICKLE = "config.json", "ae.safetensors", "ae.pt"

# Our name of each tensor, and the one that a class stores it under; a weight [out, in] is transposed.
_LINEAR = {"W_enc": "encoder.weight", "b_enc": "encoder.bias", "W_dec": "decoder.weight"}
_PLAIN = {"W_enc": "W_enc", "b_enc": "b_enc", "W_dec": "W_dec", "b_dec": "b_dec"}
_STORED: dict[str, dict[str, str]] = {
    "AutoEncoder": _LINEAR | {"b_dec": "bias"},
    "AutoEncoderNew": _LINEAR | {"b_dec": "decoder.bias"},
    "GatedAutoEncoder": {
        "W_enc": "encoder.weight",
        "W_dec": "decoder.weight",
        "b_dec": "decoder_bias",
        "r_mag": "r_mag",
        "b_gate": "gate_bias",
        "b_mag": "mag_bias",
    },
    "JumpReluAutoEncoder": _PLAIN | {"threshold": "threshold"},
    "AutoEncoderTopK": _LINEAR | {"b_dec": "b_dec"},
    "BatchTopKSAE": _LINEAR | {"b_dec": "b_dec"},
    "MatryoshkaBatchTopKSAE": _PLAIN,
}
_MEASURED = ("BatchTopKSAE", "MatryoshkaBatchTopKSAE")  # one threshold that training measured says who fires
_SUBTRACTS_NOTHING = ("AutoEncoderNew", "JumpReluAutoEncoder")


def read(folder: Path, device: torch.device | str) -> SAE:
    """Read what dictionary_learning wrote and its owner converted: see `saelib.sae.load_sae`."""
    trainer = read_json(folder / CONFIG).get("trainer")
    if not isinstance(trainer, dict):
        raise unfit(CONFIG, "says nothing of a trainer", "give the config.json that was written with ae.pt")
    kind = trainer.get("dict_class")
    if not isinstance(kind, str) or kind not in _STORED:
        raise unfit(CONFIG, f"has dict_class {kind!r}", f"give one of {', '.join(_STORED)}")
    d_in, d_sae = size_in(trainer, "activation_dim", CONFIG), size_in(trainer, "dict_size", CONFIG)
    gate = _gate_of(kind, trainer)
    tensors, beside = _by_our_names(folder / WEIGHTS, kind, gate, d_in, d_sae)
    if kind in _SUBTRACTS_NOTHING:
        tensors = input_not_shifted(tensors, gate)
    if kind == "AutoEncoder":
        tensors = _unit_rows(tensors)
    if kind in _MEASURED:
        tensors["threshold"] = one_threshold(beside["threshold"], d_sae, tensors["W_enc"].dtype)
    if isinstance(gate, TopK) and "k" in beside and int(beside["k"]) != gate.k:
        raise InputError(
            WEIGHTS, f"has k = {int(beside['k'])} where {CONFIG} says {gate.k}", "give files of one training"
        )
    about = {"model_name": trainer.get("lm_name"), "hook_name": trainer.get("submodule_name")}
    return built(gate, tensors, device, about | {"hook_layer": trainer.get("layer")})


def _gate_of(kind: str, trainer: dict[str, Any]) -> Gate:
    if kind == "AutoEncoderTopK":
        return TopK(size_in(trainer, "k", CONFIG))
    if kind == "GatedAutoEncoder":
        return Gated()
    return ReLU() if kind in ("AutoEncoder", "AutoEncoderNew") else JumpReLU()


def _by_our_names(path: Path, kind: str, gate: Gate, d_in: int, d_sae: int) -> tuple[Tensors, Tensors]:
    """The weights by our names, and what is stored beside them."""
    stored, header = _STORED[kind], read_header(path)
    ours: dict[str, tuple[int, ...]] = {"W_enc": (d_in, d_sae), "W_dec": (d_sae, d_in), "b_dec": (d_in,)}
    ours |= dict.fromkeys(gate.learned, (d_sae,))
    shapes = {
        theirs: ours[name][::-1] if theirs.endswith(".weight") else ours[name]
        for name, theirs in stored.items()
    }
    beside: dict[str, tuple[int, ...]] = {}
    if kind in _MEASURED:
        beside["threshold"] = ()
    # Buffers that came with later versions, and that inference does without
    optional: dict[str, tuple[int, ...]] = {}
    if isinstance(gate, TopK) or kind in _MEASURED:
        optional = {"k": (), "threshold": ()}
    if kind == "MatryoshkaBatchTopKSAE" and "group_sizes" in header:
        optional["group_sizes"] = header["group_sizes"].shape
    beside |= {name: shape for name, shape in optional.items() if name in header}
    found = read_tensors(
        path, shapes | beside, counts=("k", "group_sizes"), numbers=tuple(beside), says=CONFIG
    )
    weights = {
        name: found[theirs].T.contiguous() if theirs.endswith(".weight") else found[theirs]
        for name, theirs in stored.items()
    }
    return weights, {name: found[name] for name in beside}


def _unit_rows(tensors: Tensors) -> Tensors:
    """As `AutoEncoder.from_pretrained` does: decoder rows of length 1, their norms moved into the encoder."""
    norms = tensors["W_dec"].norm(dim=1)
    norms = torch.where(
        norms > 0, norms, torch.ones_like(norms)
    )  # a neuron that writes nothing stays as it is
    return tensors | {
        "W_enc": tensors["W_enc"] * norms,
        "b_enc": tensors["b_enc"] * norms,
        "W_dec": tensors["W_dec"] / norms[:, None],
    }
