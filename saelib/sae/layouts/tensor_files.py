"""Tensors from a safetensors file of unknown origin: judged by its header before anything is allocated."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from saelib.errors import InputError
from saelib.sae.layouts.plain_files import (
    conversion,
    first_bytes,
    looks_pickled,
    parse_json,
    size_of,
)

_LARGEST_HEADER = 1_000_000  # bytes; a header takes about a hundred for each tensor
DTYPES = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64}
_BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2}
_BYTES |= {"I8": 1, "U8": 1, "BOOL": 1}
_WHOLE = "give a whole safetensors file"


@dataclass(frozen=True)
class Entry:
    """What a header says of one tensor.

    Attributes
    ----------
    dtype : str
        As safetensors writes it: ``"F32"``, ``"BF16"``, ``"I64"``…
    shape : tuple of int
        Its shape.
    """

    dtype: str
    shape: tuple[int, ...]


def read_header(path: Path) -> dict[str, Entry]:
    """What a safetensors file holds, by name, from its header alone.

    The header is believed only where it agrees with the file: every tensor takes the bytes that its shape
    and dtype take, they lie one after the other, and the last ends where the file ends.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of str to Entry
        In the order of the file.

    Raises
    ------
    InputError
        For what is no ordinary file, a pickle under another name, a header that is absurdly long, malformed
        or disagrees with the size of the file, or a file that is almost wholly holes.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "two.safetensors"
    >>> from safetensors.torch import save_file
    >>> save_file({"b_dec": torch.zeros(3)}, path)
    >>> read_header(path)
    {'b_dec': Entry(dtype='F32', shape=(3,))}
    """
    size = size_of(path, _WHOLE)
    start = first_bytes(path, 16)
    length = int.from_bytes(start[:8], "little")
    if len(start) < 10 or start[8:9] != b"{":
        if looks_pickled(start):
            raise InputError(
                path.name,
                "is a pickle or a zip archive under another name, which can run code when it is opened",
                "rename it to ae.pt, and " + conversion("ae.pt", path.name),
            )
        raise InputError(path.name, "cannot be read (it does not begin as safetensors does)", _WHOLE)
    if length > min(_LARGEST_HEADER, size - 8):
        raise InputError(path.name, f"cannot be read (a header of {length} bytes in {size})", _WHOLE)
    try:
        header = parse_json(first_bytes(path, 8 + length)[8:])
    except (ValueError, RecursionError) as error:
        raise InputError(path.name, f"cannot be read (its header is not JSON: {error})", _WHOLE) from None
    found, end = {}, 0
    for name, entry, begins, ends in sorted(_spans(path, header), key=lambda span: span[2:]):
        if begins != end or ends - begins != _BYTES.get(entry.dtype, 0) * math.prod(entry.shape):
            raise InputError(path.name, f"cannot be read (its header misplaces {name!r})", _WHOLE)
        found[name], end = entry, ends
    if end != size - 8 - length:
        raise InputError(
            path.name, f"cannot be read ({size - 8 - length} bytes where its header speaks of {end})", _WHOLE
        )
    if _is_a_hole(path, size):
        raise InputError(path.name, f"claims {size} bytes and holds almost none", _WHOLE)
    return found


def read_tensors(
    path: Path,
    shapes: Mapping[str, tuple[int, ...]],
    *,
    counts: Collection[str] = (),
    numbers: Collection[str] = (),
    says: str,
) -> dict[str, torch.Tensor]:
    """Read exactly the tensors that are expected, finite and of one floating-point dtype.

    Parameters
    ----------
    path : Path
        A safetensors file.
    shapes : mapping of str to tuple of int
        Which tensors it must hold, and their shapes.
    counts, numbers : collection of str, optional
        Which of them may hold integers, or another floating-point dtype than the weights.
    says : str
        Where the shapes come from, for the message.

    Returns
    -------
    dict of str to torch.Tensor
        As stored.

    Raises
    ------
    InputError
        As `read_header`, and for a tensor that is missing, extra, misshapen, not finite or of a wrong dtype.

    Examples
    --------
    >>> read_tensors(Path("no.safetensors"), {"b_dec": (3,)}, says="cfg.json")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: no.safetensors cannot be read (No such file or directory): give a whole ...
    """
    header = read_header(path)
    missing, extra = sorted(set(shapes) - set(header)), sorted(set(header) - set(shapes))
    if missing:
        raise InputError(path.name, f"holds no {missing[0]}", f"give exactly {', '.join(sorted(shapes))}")
    if extra:
        raise InputError(
            path.name, f"holds {extra[0]!r} besides", f"give exactly {', '.join(sorted(shapes))}"
        )
    for name, shape in shapes.items():
        if header[name].shape != shape:
            raise InputError(
                path.name, f"has {name} of shape {header[name].shape}", f"give {shape} as {says} says"
            )
        if header[name].dtype not in DTYPES and name not in counts:
            raise InputError(
                path.name, f"has {name} of dtype {header[name].dtype}", "give floating-point weights"
            )
    if len({header[name].dtype for name in shapes if name not in counts and name not in numbers}) > 1:
        raise InputError(path.name, "mixes dtypes", "save all tensors in one dtype")
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(path.name, f"cannot be read ({error})", _WHOLE) from None
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise InputError(path.name, f"has {name} not finite (NaN or infinity)", "give finite weights")
    return tensors


def _is_a_hole(path: Path, size: int) -> bool:
    """Whether a hundredth of a file at most was ever written, and the rest is one gap that reads as zeros."""
    if not hasattr(os, "SEEK_HOLE"):
        return False
    with path.open("rb") as file:
        hole = os.lseek(file.fileno(), 0, os.SEEK_HOLE)
        if hole >= size:
            return False
        try:
            end = os.lseek(file.fileno(), hole, os.SEEK_DATA)
        except OSError:  # no data after it
            end = size
    return end - hole > size - size // 100


def _spans(path: Path, header: Any) -> list[tuple[str, Entry, int, int]]:
    if not isinstance(header, dict):
        raise InputError(path.name, "cannot be read (its header is no JSON object)", _WHOLE)
    spans = []
    for name, said in header.items():
        if name == "__metadata__":
            continue
        try:
            begins, ends = said["data_offsets"]
            entry = Entry(said["dtype"], tuple(said["shape"]))
        except (KeyError, TypeError, ValueError):
            entry, begins, ends = Entry("", ()), -1, -1
        whole = all(type(n) is int and n >= 0 for n in (*entry.shape, begins, ends))
        if not whole or not isinstance(entry.dtype, str) or entry.dtype not in _BYTES:
            raise InputError(path.name, f"cannot be read (its header misdescribes {name!r})", _WHOLE)
        spans.append((name, entry, begins, ends))
    return spans
