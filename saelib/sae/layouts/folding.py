"""The same function written otherwise: what other libraries keep beside the weights, folded into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from saelib.errors import InputError
from saelib.sae.gates import Gate, Gated
from saelib.sae.model import SAE

Tensors = dict[str, torch.Tensor]


def input_not_shifted(tensors: Tensors, gate: Gate) -> Tensors:
    """Of an encoder that does not subtract ``b_dec``, one that does: its biases grow by ``b_dec W_enc``."""
    shift = tensors["b_dec"] @ tensors["W_enc"]
    folded = tensors | {gate.bias: tensors[gate.bias] + shift}
    if isinstance(gate, Gated):
        folded["b_mag"] = tensors["b_mag"] + shift * torch.exp(tensors["r_mag"])
    return folded


def decoder_norms(tensors: Tensors) -> Tensors:
    """Of activations that are multiplied by the norms of their decoder rows, an encoder that does it.

    A neuron whose decoder row is zero stays silent, which is what it contributes.
    """
    norms = tensors["W_dec"].norm(dim=1)
    return tensors | {
        "W_enc": tensors["W_enc"] * norms,
        "b_enc": tensors["b_enc"] * norms,
        "W_dec": tensors["W_dec"] / norms.clamp_min(torch.finfo(norms.dtype).tiny)[:, None],
    }


def input_scaled(tensors: Tensors, scale: float) -> Tensors:
    """Of an SAE that works on points multiplied by ``scale``, one that works on the points as they are."""
    return tensors | {
        "W_enc": tensors["W_enc"] * scale,
        "W_dec": tensors["W_dec"] / scale,
        "b_dec": tensors["b_dec"] / scale,
    }


def one_threshold(threshold: torch.Tensor, d_sae: int, dtype: torch.dtype) -> torch.Tensor:
    """One threshold for all neurons, [d_sae], in the dtype of the weights.

    It is rounded down: a number of ``dtype`` exceeds what is returned exactly if it exceeds ``threshold``.
    A negative one says that training had not measured it yet, and lets every positive activation pass; so
    does 0.
    """
    rounded = threshold.to(dtype)
    if bool(rounded.to(threshold.dtype) > threshold):
        rounded = torch.nextafter(rounded, torch.full_like(rounded, -torch.inf))
    return rounded.clamp_min(0).repeat(d_sae)


def built(gate: Gate, tensors: Mapping[str, torch.Tensor], device: Any, metadata: Mapping[str, Any]) -> SAE:
    """An SAE of these tensors, in their dtype."""
    d_in, d_sae = tensors["W_enc"].shape
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise InputError(name, f"overflows {tensor.dtype} when it is converted", "save it in float32")
    sae = SAE(d_in, d_sae, gate, dtype=tensors["W_enc"].dtype, device=device)
    sae.load_state_dict(dict(tensors))
    sae.metadata = {
        name: value for name, value in metadata.items() if isinstance(value, str | int | float | bool)
    }
    return sae
