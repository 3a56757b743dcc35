"""Matrices in ``.npy`` and ``.safetensors`` files, mapped into memory after their headers are checked."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from saelib.errors import InputError

_LARGEST_HEADER = 100_000_000  # bytes; what the safetensors library itself allows
_FLOATS = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8"}
_SIZES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2}
_SIZES |= {"I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8, "C64": 8}
_NAMES = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"}


class Mapped:
    """A matrix in a file of which only the rows that are asked for are read.

    Parameters
    ----------
    path : Path
        The file.
    values : ndarray, shape [n_points, d_in]
        The mapped numbers; the bits of bfloat16 as uint16.
    dtype : str
        ``"float16"``, ``"bfloat16"``, ``"float32"`` or ``"float64"``.
    """

    def __init__(self, path: Path, values: np.ndarray, dtype: str) -> None:
        self.path, self._values, self.dtype = path, values, dtype
        self.shape: tuple[int, int] = (int(values.shape[0]), int(values.shape[1]))

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Rows from ``start`` up to ``stop``, in the numbers of the file (bfloat16 as float32)."""
        return self._numbers(np.array(self._values[start:stop]))

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Rows by their numbers, in the order given."""
        return self._numbers(self._values[indices])

    def _numbers(self, raw: np.ndarray) -> np.ndarray:
        if self.dtype != "bfloat16":
            return raw
        # bfloat16 is the upper half of a float32, which numpy does have.
        return (raw.astype(np.uint32) << 16).view(np.float32)


def mapped_npy(path: Path, argument: str) -> Mapped:
    """Map a ``.npy`` file whose header agrees with its size.

    Parameters
    ----------
    path : Path
        The file; read up to the end of its header.
    argument : str
        What the caller calls it.

    Raises
    ------
    InputError
        For Python objects (they would be pickled), numbers that are no floats, anything but a matrix, and a
        header that does not account for every byte of the file.
    """
    try:
        with path.open("rb") as stream:
            version = np.lib.format.read_magic(stream)
            # Both read a literal, no expression, and no more of it than max_header_size.
            read = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, fortran, dtype = read(stream, max_header_size=10_000)
            offset = stream.tell()
    except (ValueError, OSError, EOFError) as error:
        raise _malformed(path, argument, error, "npy") from None
    if dtype.hasobject:
        raise InputError(
            argument,
            f"{path} holds Python objects, that is a pickle",
            "save a matrix of floating-point numbers",
        )
    if dtype.kind != "f" or dtype.itemsize > 8:
        raise InputError(argument, f"{path} holds {dtype}", "save it as float16, float32 or float64")
    _check_matrix(path, shape, argument)
    _check_size(path, offset + math.prod(shape) * dtype.itemsize, argument)
    values = np.memmap(path, dtype, mode="r", offset=offset, shape=shape, order="F" if fortran else "C")
    return Mapped(path, values, dtype.newbyteorder("=").name)


def mapped_safetensors(path: Path, argument: str, tensor: str | None = None) -> Mapped:
    """Map one matrix of a ``.safetensors`` file whose header agrees with its size.

    Parameters
    ----------
    path : Path
        The file; only its header is read.
    argument : str
        What the caller calls it.
    tensor : str, optional
        Its name; not needed if there is one matrix of floating-point numbers only.

    Raises
    ------
    InputError
        If the header is no header, its tensors overlap, leave gaps or do not end where the file does, or
        which matrix is meant is unknown.
    """
    header, base = _header(path, argument)
    spans = sorted((*_span(path, name, entry, argument), name) for name, entry in header.items())
    reached = 0
    for start, stop, name in spans:
        if start != reached:
            raise _malformed(
                path, argument, f"tensor {name!r} begins at {start}, not {reached}", "safetensors"
            )
        reached = stop
    _check_size(path, base + reached, argument)
    matrices = [
        name for name, entry in header.items() if len(entry["shape"]) == 2 and entry["dtype"] in _FLOATS
    ]
    if tensor is None and len(matrices) != 1:
        held = ", ".join(map(repr, matrices[:8])) or "none"
        mend = "say which with tensor=" if matrices else "save one matrix, one row a point"
        raise InputError(argument, f"{path} holds {len(matrices)} matrices of floats ({held})", mend)
    name = matrices[0] if tensor is None else tensor
    if name not in matrices:
        held = ", ".join(map(repr, matrices[:8])) or "none"
        raise InputError("tensor", f"{name!r} is no matrix of floats in {path}", f"name one of {held}")
    entry = header[name]
    _check_matrix(path, tuple(entry["shape"]), argument)
    values = np.memmap(
        path, _FLOATS[entry["dtype"]], "r", base + entry["data_offsets"][0], tuple(entry["shape"])
    )
    return Mapped(path, values, _NAMES[entry["dtype"]])


def _header(path: Path, argument: str) -> tuple[dict[str, Any], int]:
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > min(size - 8, _LARGEST_HEADER):
            raise _malformed(path, argument, f"a header of {length} bytes in {size}", "safetensors")
        try:
            header = json.loads(stream.read(length).decode())
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise _malformed(path, argument, "its header is not JSON", "safetensors") from None
    if not isinstance(header, dict):
        raise _malformed(path, argument, "its header is no JSON object", "safetensors")
    header.pop("__metadata__", None)
    return header, 8 + length


def _span(path: Path, name: str, entry: Any, argument: str) -> tuple[int, int]:
    """Where a tensor lies, if its entry makes sense."""
    try:
        start, stop = (_whole(each) for each in entry["data_offsets"])
        count = math.prod(_whole(each) for each in entry["shape"])
        if stop - start == count * _SIZES[entry["dtype"]]:
            return start, stop
    except (KeyError, TypeError, ValueError):
        pass
    raise _malformed(path, argument, f"the entry of tensor {name!r} makes no sense", "safetensors")


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError
    return value


def _check_matrix(path: Path, shape: tuple[int, ...], argument: str) -> None:
    if len(shape) != 2:
        mend = "give a matrix, one row a point; reshape(-1, d_in) makes one of tokens within texts"
        raise InputError(argument, f"{path} has shape {shape}", mend)
    if 0 in shape:
        raise InputError(argument, f"{path} has shape {shape}", "give at least one point and one dimension")


def _check_size(path: Path, described: int, argument: str) -> None:
    size = path.stat().st_size
    if size != described:
        raise InputError(
            argument,
            f"{path} has {size:,} bytes but its header describes {described:,}",
            "write or copy the file again",
        )


def _malformed(path: Path, argument: str, why: object, kind: str) -> InputError:
    reason = " ".join(str(why).split())[:200]
    return InputError(argument, f"{path} is no whole .{kind} file ({reason})", "write or copy the file again")
