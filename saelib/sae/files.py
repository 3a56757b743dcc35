"""SAEs on disk, in SAELens's layout: ``cfg.json`` beside ``sae_weights.safetensors``; never a pickle."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from saelib.errors import InputError
from saelib.sae.gates import Gate, Gated, JumpReLU, ReLU, TopK
from saelib.sae.model import SAE

CONFIG, WEIGHTS = "cfg.json", "sae_weights.safetensors"
_LARGEST_CONFIG = 1_000_000  # bytes; a cfg.json is a few hundred
_DTYPES = {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "float64": torch.float64,
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


def save_sae(sae: SAE, folder: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write an SAE into a new folder that SAELens can read; all of it or nothing.

    What is written is the SAE as it encodes, not how it was trained: `BatchTopK` becomes a `JumpReLU` whose
    thresholds are all the one that training measured, and `Matryoshka` what its inner gate becomes.

    Parameters
    ----------
    sae : SAE
        What to write.
    folder : path
        Where; it appears whole, by one rename.
    overwrite : bool, default False
        Replace a folder that holds an SAE already.

    Raises
    ------
    InputError
        If the folder exists (and ``overwrite`` is false, or it holds something else), or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "my_sae"
    >>> sorted(path.name for path in save_sae(SAE(2, 4, TopK(1)), place).iterdir())
    ['cfg.json', 'sae_weights.safetensors']
    >>> load_sae(place)
    SAE(d_in=2, d_sae=4, gate=TopK(k=1))
    """
    folder = Path(folder).absolute()
    if folder.exists() and not (overwrite and (folder / CONFIG).is_file()):
        mend = "choose another folder" if overwrite else "choose another folder or pass overwrite=True"
        raise InputError("folder", f"{folder} exists", mend)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise InputError(
            "folder", f"{folder} cannot be written ({error.strerror})", "choose another place"
        ) from None
    try:
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in sae.state_dict().items()}
        if "threshold" in sae.gate.measured:
            tensors["threshold"] = tensors["threshold"].repeat(sae.d_sae)
        save_file(tensors, scratch / WEIGHTS)
        (scratch / CONFIG).write_text(json.dumps(_config_of(sae), indent=2, sort_keys=True) + "\n")
        scratch.chmod(0o755)
        _put_in_place(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def load_sae(folder: str | os.PathLike[str], *, device: torch.device | str = "cpu") -> SAE:
    """Read an SAE written by `save_sae` or, for inference, by SAELens 6.

    Its architectures ``standard``, ``topk``, ``jumprelu`` and ``gated`` are known; ``jumprelu`` is also what
    it writes for SAEs trained as BatchTopK or Matryoshka.

    Settings under which the same function is written otherwise are folded into the weights: an encoder
    that does not subtract ``b_dec``, and Top-K scores scaled by decoder norms.

    Parameters
    ----------
    folder : path
        Holds ``cfg.json`` and ``sae_weights.safetensors``.
    device : torch.device or str, default "cpu"
        Where to put it.

    Returns
    -------
    SAE
        In the dtype of the file.

    Raises
    ------
    InputError
        For a missing or malformed file, an unknown architecture, a tensor that is missing, extra,
        misshapen or not finite, or input normalisation, which has no place in an `SAE`.

    Examples
    --------
    >>> load_sae("no/such/folder")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: folder no/such/folder has no cfg.json: give a folder with cfg.json and ...
    """
    folder = Path(folder)
    config = _read_config(folder)
    gate = _gate_of(config)
    d_in, d_sae = _size("d_in", config), _size("d_sae", config)
    by_neuron = dict.fromkeys(gate.learned, (d_sae,))
    tensors = _read_tensors(
        folder, {"W_enc": (d_in, d_sae), **by_neuron, "W_dec": (d_sae, d_in), "b_dec": (d_in,)}
    )
    if config.get("normalize_activations", "none") not in ("none", None):
        raise _bad_config(
            f"asks for normalize_activations = {config['normalize_activations']!r}", "fold it into the points"
        )
    if not config.get("apply_b_dec_to_input", True):
        shift = tensors["b_dec"] @ tensors["W_enc"]
        tensors[gate.bias] = tensors[gate.bias] + shift
        if isinstance(gate, Gated):
            tensors["b_mag"] = tensors["b_mag"] + shift * torch.exp(tensors["r_mag"])
    if config.get("rescale_acts_by_decoder_norm", False):
        if not isinstance(gate, ReLU | TopK):
            raise _bad_config(
                "asks for rescale_acts_by_decoder_norm", "fold the decoder norms in and leave it out"
            )
        norms = tensors["W_dec"].norm(dim=1)
        tensors["W_enc"], tensors["b_enc"] = tensors["W_enc"] * norms, tensors["b_enc"] * norms
        tensors["W_dec"] = tensors["W_dec"] / norms.clamp_min(torch.finfo(norms.dtype).tiny)[:, None]
    sae = SAE(d_in, d_sae, gate, dtype=tensors["W_enc"].dtype, device=device)
    sae.load_state_dict(tensors)
    return sae


def _config_of(sae: SAE) -> dict[str, Any]:
    config: dict[str, Any] = {
        "architecture": sae.gate.architecture,
        "d_in": sae.d_in,
        "d_sae": sae.d_sae,
        "dtype": _NAMES[sae.W_enc.dtype],
        "device": "cpu",
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {"sae_lens_version": "6.54.0", "written_by": "saelib"},
    }
    if sae.gate.architecture == TopK.architecture:
        config["k"] = sae.gate.k  # type: ignore[attr-defined]
    return config


def _put_in_place(scratch: Path, folder: Path) -> None:
    if not folder.exists():
        scratch.rename(folder)
        return
    # A folder cannot be replaced by one rename; the old one waits under a name that says what it is.
    old = folder.with_name(f".{folder.name}.replaced-{os.getpid()}")
    folder.rename(old)
    scratch.rename(folder)
    shutil.rmtree(old)


def _bad_config(offence: str, mend: str) -> InputError:
    return InputError(CONFIG, offence, mend)


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    if not path.is_file():
        raise InputError("folder", f"{folder} has no {CONFIG}", f"give a folder with {CONFIG} and {WEIGHTS}")
    if path.stat().st_size > _LARGEST_CONFIG:
        raise _bad_config("is larger than 1 MB", "give the cfg.json of an SAE")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise _bad_config(f"is not JSON ({error})", "give the cfg.json of an SAE") from None
    if not isinstance(config, dict):
        raise _bad_config("is not a JSON object", "give the cfg.json of an SAE")
    return config


def _gate_of(config: dict[str, Any]) -> Gate:
    architecture = config.get("architecture", "standard")
    if architecture == "standard" and config.get("activation_fn", "relu") == "relu":
        return ReLU()
    if architecture == "topk":
        return TopK(config.get("k", 0))
    if architecture == "jumprelu" and config.get("activation_fn", "relu") == "relu":
        return JumpReLU()
    if architecture == "gated" and config.get("activation_fn", "relu") == "relu":
        return Gated()
    raise _bad_config(
        f"has architecture {architecture!r}",
        "give an SAE with architecture 'standard', 'topk', 'jumprelu' or 'gated', saved for inference",
    )


def _size(name: str, config: dict[str, Any]) -> int:
    value = config.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _bad_config(f"has {name} = {value!r}", "give a positive integer")
    return value


def _read_tensors(folder: Path, shapes: dict[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    path = folder / WEIGHTS
    if not path.is_file():
        raise InputError("folder", f"{folder} has no {WEIGHTS}", f"give a folder with {CONFIG} and {WEIGHTS}")
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(WEIGHTS, f"cannot be read ({error})", "give a whole safetensors file") from None
    if set(tensors) != set(shapes):
        raise InputError(WEIGHTS, f"holds {sorted(tensors)}", f"give exactly {sorted(shapes)}")
    for name, shape in shapes.items():
        tensor = tensors[name]
        if tuple(tensor.shape) != shape:
            raise InputError(
                WEIGHTS, f"has {name} of shape {tuple(tensor.shape)}", f"give {shape} as {CONFIG} says"
            )
        if tensor.dtype not in _NAMES or not bool(torch.isfinite(tensor).all()):
            raise InputError(WEIGHTS, f"has {name} not finite or not floating-point", "give finite weights")
    if len({tensor.dtype for tensor in tensors.values()}) > 1:
        raise InputError(WEIGHTS, "mixes dtypes", "save all tensors in one dtype")
    return tensors
