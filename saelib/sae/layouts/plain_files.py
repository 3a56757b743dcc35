"""Bytes from a folder of unknown origin: ordinary files of bounded size, and nothing that can run code."""

from __future__ import annotations

import json
import math
import re
import stat
from pathlib import Path
from typing import Any

from saelib.errors import InputError

_LARGEST_JSON = 1_000_000  # bytes; the configuration of an SAE takes a few hundred
PICKLED = (".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt", ".npz")


def size_of(path: Path, mend: str) -> int:
    """Bytes of an ordinary file, or `InputError`: opening a pipe or a device could wait for ever."""
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(path.name, f"cannot be read ({error.strerror})", mend) from None
    if not stat.S_ISREG(status.st_mode):
        raise InputError(path.name, "is not an ordinary file", mend)
    return status.st_size


def first_bytes(path: Path, n: int) -> bytes:
    """Up to n bytes from the start of an ordinary file."""
    try:
        with path.open("rb") as file:
            return file.read(n)
    except OSError as error:
        raise InputError(
            path.name, f"cannot be read ({error.strerror})", "give a file that you may read"
        ) from None


def looks_pickled(start: bytes) -> bool:
    """Whether a file begins as a pickle does, or the zip archive in which torch keeps one."""
    return start[:2] == b"PK" or (start[:1] == b"\x80" and start[1:2] <= b"\x05")


def conversion(name: str, to: str) -> str:
    """How to convert a pickle of tensors: one command, for whoever trusts the file.

    A name that a shell could take for more than a name is not put into the command.
    """
    if not re.fullmatch(r"[\w.-]+", name, re.ASCII):
        name = "ae.pt"
    return (
        f'if you trust whoever made it, run once in that folder: python -c "import torch; '
        f"from safetensors.torch import save_file; "
        f"save_file({{k: v.clone().contiguous() for k, v in "
        f"torch.load('{name}', map_location='cpu', weights_only=True).items()}}, '{to}')\""
    )


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a small file, every number in it finite.

    Raises
    ------
    InputError
        For a file that is no ordinary one, larger than 1 MB, or not a JSON object in UTF-8.
    """
    mend = "give the configuration that was written with the SAE"
    if size_of(path, mend) > _LARGEST_JSON:
        raise InputError(path.name, "is larger than 1 MB", mend)
    try:
        found = parse_json(first_bytes(path, _LARGEST_JSON + 1))
    except (ValueError, RecursionError) as error:
        raise InputError(path.name, f"is not JSON ({error})", mend) from None
    if not isinstance(found, dict):
        raise InputError(path.name, "is not a JSON object", mend)
    return found


def parse_json(text: bytes) -> Any:
    """What JSON says, by the standard: no NaN, no infinity, no name twice; else ValueError."""
    return json.loads(
        text.decode("utf-8"),
        parse_constant=_refuse_constant,
        parse_float=_finite,
        object_pairs_hook=_without_repeats,
    )


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is too large a number")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
