"""A Hugging Face model in a folder, opened without running anything that is in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from saelib.errors import InputError

_PICKLES = ("pytorch_model*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")


def opened_model(folder: str | os.PathLike[str]) -> tuple[Any, Any]:
    """Open the model of a folder and its tokenizer, from plain files only.

    Parameters
    ----------
    folder : path
        ``config.json``, ``tokenizer.json`` and weights as ``.safetensors``.

    Returns
    -------
    (transformers.PreTrainedModel, transformers.PreTrainedTokenizerBase)
        The model without its head, in float32, for inference.

    Raises
    ------
    InputError
        If a file is missing, the weights are pickled or not all there, the model comes with code of its own,
        or the ``real`` extra is not installed.

    Examples
    --------
    >>> opened_model("no/such/model")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: folder no/such/model is no folder: give the folder of a Hugging Face model
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError("folder", f"{place} is no folder", "give the folder of a Hugging Face model")
    for name in ("config.json", "tokenizer.json"):
        if not (place / name).is_file():
            raise InputError(
                "folder", f"{place} has no {name}", "save it with save_pretrained, tokenizer too"
            )
    if not list(place.glob("*.safetensors")):
        pickled = sorted(path.name for pattern in _PICKLES for path in place.glob(pattern))
        what = f"only pickled weights ({pickled[0]})" if pickled else "no .safetensors file"
        raise InputError("folder", f"{place} has {what}", "save the model with safe_serialization=True")
    _check_own_code(place)
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError:
        raise InputError(
            "folder",
            f"{place} needs the package transformers",
            "install the extra: pip install 'saelib[real]'",
        ) from None
    plain = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(place), use_fast=True, **plain)
        model, found = AutoModel.from_pretrained(
            str(place), use_safetensors=True, dtype=torch.float32, output_loading_info=True, **plain
        )
    except Exception as error:  # transformers raises whatever its parts raise
        reason = " ".join(str(error).split())[:200]
        raise InputError("folder", f"{place} cannot be opened ({reason})", "save the model again") from None
    # What is missing would be filled with random numbers; only a pooler is nothing that points come from.
    missing = sorted(name for name in found["missing_keys"] if "pooler" not in name)
    if missing:
        raise InputError("folder", f"{place} lacks the weights {missing[0]!r}", "save the whole model")
    return model.eval(), tokenizer


def _check_own_code(place: Path) -> None:
    for name in ("config.json", "tokenizer_config.json"):
        path = place / name
        if not path.is_file():
            continue
        if path.stat().st_size > 10_000_000:
            raise InputError(
                "folder", f"{path} is larger than 10 MB", "give the folder of a Hugging Face model"
            )
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise InputError("folder", f"{path} is not JSON", "save the model again") from None
        if not isinstance(settings, dict):
            raise InputError("folder", f"{path} is no JSON object", "save the model again")
        if "auto_map" in settings:
            raise InputError(
                "folder",
                f"{place} comes with Python code of its own (auto_map in {name}), which is not run",
                "save the activations as .npy yourself",
            )
