"""Points made of texts: the residual stream of a model on disk."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from saelib.data.files.model_folder import opened_model
from saelib.data.files.opening import open_points
from saelib.data.files.points import Points
from saelib.data.files.stopping import Stream
from saelib.data.files.texts import given_texts
from saelib.errors import InputError

_SETTINGS = "settings.json"
_TOKENS = ("last", "mean", "every")


def model_points(
    folder: str | os.PathLike[str],
    texts: Sequence[str] | str | os.PathLike[str],
    layer: int,
    out: str | os.PathLike[str],
    *,
    tokens: str = "last",
    column: str | None = None,
    max_length: int | None = None,
    batch_size: int = 8,
    shard_size: int = 1024,
    progress: bool = True,
) -> Points:
    """Write the residual stream of a model on texts as points; stopped by whatever means, it resumes.

    The blocks after the layer are not computed, once a first batch has shown that this changes no bit.

    Parameters
    ----------
    folder : path
        A Hugging Face model: ``config.json``, ``tokenizer.json``, weights as ``.safetensors``. Nothing is
        downloaded, no code in it is run, pickled weights are refused.
    texts : sequence of str, or path
        The texts; a ``.txt`` file with one a line; or a ``.csv`` or ``.parquet`` table.
    layer : int
        After how many blocks: 0 is the embedding, up to one less than the model has. SAELens's
        ``blocks.7.hook_resid_post`` is layer 8, as is ``blocks.8.hook_resid_pre``. After the very last block
        models hand out only what their final norm has changed, which no SAE was trained on.
    out : path
        Folder of the points, ``points_00000.npy`` and so on; new, empty, or from the same call before.
    tokens : {"last", "mean", "every"}, default "last"
        One point a text (its last token, or the mean of its tokens), or one a token, in the order of the
        texts; special tokens that the tokenizer adds are tokens too. For every token,
        ``tokens/tokens_00000.parquet`` and so on say which ``text`` (from 0), which ``position`` in it and
        which ``token`` a point is.
    column : str, optional
        The column of a table with the texts; by default ``text``, or the only one.
    max_length : int, optional
        Cut texts after so many tokens. Without it a text that is too long for the model is refused.
    batch_size : int, default 8
        Texts at a time.
    shard_size : int, default 1024
        Texts a file, which is what a stopped run loses at most.
    progress : bool, default True
        Show a bar if the output is a terminal.

    Returns
    -------
    Points
        The points that were written, float32.

    Raises
    ------
    InputError
        If the model, the texts or a number does not fit, ``out`` holds points of something else, or the
        ``real`` extra is not installed.

    Examples
    --------
    >>> model_points("no/such/model", ["a dog"], 8, "points")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: folder no/such/model is no folder: give the folder of a Hugging Face model
    """
    if tokens not in _TOKENS:
        raise InputError("tokens", f"is {tokens!r}", "give 'last', 'mean' or 'every'")
    for name, value in (("batch_size", batch_size), ("shard_size", shard_size), ("max_length", max_length)):
        optional = name == "max_length" and value is None
        if not optional and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise InputError(name, f"is {value!r}", "give a positive integer")
    wanted = given_texts(texts, column)
    model, tokenizer = opened_model(folder)
    depth = int(model.config.num_hidden_layers)
    if isinstance(layer, bool) or not isinstance(layer, int) or not 0 <= layer < depth:
        raise InputError("layer", f"is {layer!r}", f"give a number from 0 to {depth - 1}")
    place = Path(out)
    settings = {
        "model": _fingerprint(Path(folder)),
        "texts": hashlib.sha256("\0".join(wanted).encode()).hexdigest(),
        "layer": layer,
        "tokens": tokens,
        "max_length": max_length,
        "shard_size": shard_size,
    }
    _claim(place, settings)
    stream = Stream(model, layer)
    longest = min(getattr(model.config, "max_position_embeddings", None) or 1 << 30, max_length or 1 << 30)
    with tqdm(total=len(wanted), unit="text", disable=None if progress else True) as bar:
        for start in range(0, len(wanted), shard_size):
            name = f"points_{start // shard_size:05}.npy"
            shard = wanted[start : start + shard_size]
            if not (place / name).exists():
                pieces = _pieces(stream, tokenizer, shard, start, longest, max_length, batch_size)
                _write_shard(place, name, pieces, tokens, tokenizer)
            bar.update(len(shard))
    return open_points(place)


def _pieces(
    stream: Stream, tokenizer: Any, texts: list[str], first: int, longest: int, most: int | None, size: int
) -> list[tuple[int, list[int], np.ndarray]]:
    """Number, tokens and residual stream [n_tokens, d_in] of each text."""
    import torch

    pieces = []
    for start in range(0, len(texts), size):
        ids = [tokenizer(text)["input_ids"] for text in texts[start : start + size]]
        for i, each in enumerate(ids):
            if not each:
                raise InputError(
                    "texts", f"has no token in text {first + start + i}", "drop it, and its label"
                )
            if len(each) > longest and most is None:
                raise InputError(
                    "texts",
                    f"has {len(each)} tokens in text {first + start + i}, the model takes {longest}",
                    f"cut it, or pass max_length={longest}",
                )
        ids = [each[:longest] for each in ids]
        width = max(map(len, ids))
        # Padded on the right, where a causal model does not look; the mask hides it from the others.
        padded = torch.tensor([each + [0] * (width - len(each)) for each in ids])
        mask = torch.tensor([[1] * len(each) + [0] * (width - len(each)) for each in ids])
        states = stream(input_ids=padded, attention_mask=mask)
        for i, each in enumerate(ids):
            pieces.append((first + start + i, each, states[i, : len(each)].float().numpy()))
    return pieces


def _write_shard(
    place: Path, name: str, pieces: list[tuple[int, list[int], np.ndarray]], tokens: str, tokenizer: Any
) -> None:
    reduced = {
        "last": lambda x: x[-1:],
        "mean": lambda x: x.mean(axis=0, keepdims=True),
        "every": lambda x: x,
    }
    points = np.concatenate([reduced[tokens](states) for _, _, states in pieces]).astype(np.float32)
    if not np.isfinite(points).all():
        raise InputError("folder", "holds a model that answers NaN or infinity", "mend its weights")
    if tokens == "every":
        import pandas as pd

        table = pd.DataFrame(
            {
                "text": np.repeat([number for number, _, _ in pieces], [len(ids) for _, ids, _ in pieces]),
                "position": np.concatenate([np.arange(len(ids)) for _, ids, _ in pieces]),
                "token": [word for _, ids, _ in pieces for word in tokenizer.convert_ids_to_tokens(ids)],
            }
        )
        # Before the points: a shard counts as done once its points are there. In a folder of its own, because
        # a folder of points holds files of one kind.
        target = place / "tokens" / name.replace("points_", "tokens_").replace(".npy", ".parquet")
        target.parent.mkdir(exist_ok=True)
        scratch = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        table.to_parquet(scratch, index=False)
        os.replace(scratch, target)
    scratch = place / f".{name}.{os.getpid()}.tmp"
    with scratch.open("wb") as stream:
        np.save(stream, points, allow_pickle=False)
    os.replace(scratch, place / name)


def _claim(place: Path, settings: dict[str, Any]) -> None:
    """Take a folder for these settings, or find that it has been taken for others."""
    path = place / _SETTINGS
    try:
        place.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            try:
                earlier = json.loads(path.read_text(encoding="utf-8"))
            except (UnicodeDecodeError, json.JSONDecodeError):
                earlier = None
            if earlier == settings:
                return
            raise InputError(
                "out", f"{place} holds points of other texts or settings", "choose another folder"
            )
        if any(place.iterdir()):
            raise InputError("out", f"{place} is not empty", "choose another folder")
        scratch = place / f".{_SETTINGS}.{os.getpid()}.tmp"
        scratch.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
        os.replace(scratch, path)
    except OSError as error:
        raise InputError(
            "out", f"{place} cannot be written ({error.strerror})", "choose another place"
        ) from None


def _fingerprint(folder: Path) -> str:
    """What changes with the model: its configuration, and which weights are there."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.safetensors")]):
        digest.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
        if path.suffix == ".json":
            digest.update(path.read_bytes())
    return digest.hexdigest()
