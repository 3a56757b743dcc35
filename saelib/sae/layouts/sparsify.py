"""The layout of EleutherAI's sparsify: ``cfg.json`` beside ``sae.safetensors``, always Top-K."""

from __future__ import annotations

from pathlib import Path

import torch

from saelib.sae.gates import TopK
from saelib.sae.layouts.folding import built
from saelib.sae.layouts.plain_files import read_json
from saelib.sae.layouts.settings import size_in, unfit
from saelib.sae.layouts.tensor_files import read_tensors
from saelib.sae.model import SAE

CONFIG, WEIGHTS = "cfg.json", "sae.safetensors"
# Settings under which it computes something else than an autoencoder of its own input.
_OTHERWISE = ("transcode", "skip_connection", "embed_skip", "gram_lookup", "signed")


def read(folder: Path, device: torch.device | str) -> SAE:
    """Read what sparsify wrote: see `saelib.sae.load_sae`."""
    config = read_json(folder / CONFIG)
    for name in _OTHERWISE:
        if config.get(name, False):
            raise unfit(CONFIG, f"asks for {name}", "give an autoencoder that was trained without it")
    if config.get("activation", "topk") != "topk":
        raise unfit(CONFIG, f"has activation {config['activation']!r}", "give an SAE with activation 'topk'")
    d_in = size_in(config, "d_in", CONFIG)
    if not config.get("num_latents"):  # as it does itself
        d_sae = d_in * size_in(config, "expansion_factor", CONFIG)
    else:
        d_sae = size_in(config, "num_latents", CONFIG)
    gate = TopK(size_in(config, "k", CONFIG))
    shapes = {"encoder.weight": (d_sae, d_in), "encoder.bias": (d_sae,)}
    stored = read_tensors(folder / WEIGHTS, shapes | {"W_dec": (d_sae, d_in), "b_dec": (d_in,)}, says=CONFIG)
    tensors = {
        "W_enc": stored["encoder.weight"].T.contiguous(),
        "b_enc": stored["encoder.bias"],
        "W_dec": stored["W_dec"],
        "b_dec": stored["b_dec"],
    }
    # It names no hook but the folder after it.
    return built(gate, tensors, device, {"hook_name": folder.resolve().name})
