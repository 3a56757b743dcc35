"""Read the one GGUF file of known checksum that holds SmolLM2: its vocabulary and its weights as float32.

The library ``gguf`` reads any such file but spends four seconds on the vocabulary alone; the tests compare
the two.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from saelib.errors import InputError

# Kinds of value in the header: struct's letter by the number of the kind.
_SCALARS = dict(enumerate("BbHhIif?")) | {10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
# Kinds of tensor: values and bytes of a block.
_F32, _Q4_1, _Q8_0 = 0, 3, 8
_BLOCKS = {_F32: (1, 4), _Q4_1: (32, 20), _Q8_0: (32, 34)}


@dataclass(frozen=True)
class GGUF:
    """An open GGUF file.

    Parameters
    ----------
    fields : dict
        The header's values by key.
    tensors : dict
        By name: shape (rows last but one, as numpy has it), kind and offset.
    content : numpy.ndarray
        The file's bytes, mapped into memory.

    Examples
    --------
    >>> GGUF({}, {"a": ((2,), 0, 0)}, np.array([1.0, 2.0], np.float32).view(np.uint8)).tensor("a")
    array([1., 2.], dtype=float32)
    """

    fields: dict[str, Any]
    tensors: dict[str, tuple[tuple[int, ...], int, int]]
    content: NDArray[np.uint8]

    @classmethod
    def opened(cls, path: Path) -> Self:
        """Read the header and map the rest.

        Parameters
        ----------
        path : Path
            A GGUF file of version 3 whose checksum is known: lengths inside it are believed.

        Returns
        -------
        GGUF
            Its fields and where its tensors are.

        Raises
        ------
        InputError
            If it is not such a file.

        Examples
        --------
        >>> GGUF.opened(Path(__file__))
        Traceback (most recent call last):
        ...
        saelib.errors.InputError: the weights are no GGUF file of version 3: install the package that ...
        """
        content = np.memmap(path, dtype=np.uint8, mode="r")
        header = _Header(content)
        if content[:4].tobytes() != b"GGUF" or header.scalar("I", skip=4) != 3:
            raise InputError(
                "the weights", "are no GGUF file of version 3", "install the package that has them again"
            )
        n_tensors, n_fields = header.scalar("Q"), header.scalar("Q")
        fields = {header.string(): header.value(header.scalar("I")) for _ in range(n_fields)}
        described = []
        for _ in range(n_tensors):
            name = header.string()
            shape = tuple(header.scalar("Q") for _ in range(header.scalar("I")))
            described.append((name, shape[::-1], header.scalar("I"), header.scalar("Q")))
        alignment = fields.get("general.alignment", 32)
        start = -(-header.at // alignment) * alignment
        return cls(fields, {name: (shape, kind, start + at) for name, shape, kind, at in described}, content)

    def tensor(self, name: str, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """A tensor as float32.

        Parameters
        ----------
        name : str
            Of the tensor.
        rows : numpy.ndarray, optional
            Only these rows of a matrix.

        Returns
        -------
        numpy.ndarray
            float32, of the tensor's shape.

        Raises
        ------
        InputError
            If there is no such tensor or it is coded in a way not known here.

        Examples
        --------
        >>> GGUF({}, {}, np.zeros(0, np.uint8)).tensor("a")
        Traceback (most recent call last):
        ...
        saelib.errors.InputError: tensor 'a' is not in the file: install the package that has it again
        """
        if name not in self.tensors:
            raise InputError(
                "tensor", f"{name!r} is not in the file", "install the package that has it again"
            )
        shape, kind, start = self.tensors[name]
        if kind not in _BLOCKS:
            raise InputError("tensor", f"{name!r} is coded by scheme {kind}", "give one of F32, Q4_1, Q8_0")
        values, size = _BLOCKS[kind]
        width = shape[-1] // values * size
        blocks = self.content[start : start + int(np.prod(shape[:-1])) * width].reshape(-1, width)
        if rows is not None:
            blocks, shape = blocks[rows], (len(rows), *shape[1:])
        return _decoded(np.ascontiguousarray(blocks).reshape(-1, size), kind).reshape(shape)


class _Header:
    """A place in the bytes that moves forward as values are read."""

    def __init__(self, content: NDArray[np.uint8]) -> None:
        self._bytes = content.data
        self.at = 0

    def scalar(self, letter: str, skip: int = 0) -> Any:
        self.at += skip
        (value,) = struct.unpack_from(f"<{letter}", self._bytes, self.at)
        self.at += struct.calcsize(letter)
        return value

    def string(self) -> str:
        length = self.scalar("Q")
        self.at += length
        return bytes(self._bytes[self.at - length : self.at]).decode("utf-8")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            inner, length = self.scalar("I"), self.scalar("Q")
            return [self.value(inner) for _ in range(length)]
        return self.scalar(_SCALARS[kind])


def _decoded(blocks: NDArray[np.uint8], kind: int) -> NDArray[np.float32]:
    """Blocks of bytes as numbers: a scale (and an offset) for 32 small integers each."""
    if kind == _F32:
        return blocks.reshape(-1).view(np.float32)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    if kind == _Q8_0:
        return blocks[:, 2:].view(np.int8).astype(np.float32) * scale
    offset = blocks[:, 2:4].copy().view(np.float16).astype(np.float32)
    numbers = np.empty((len(blocks), 32), dtype=np.float32)
    numbers[:, :16] = blocks[:, 4:] & 15
    numbers[:, 16:] = blocks[:, 4:] >> 4
    numbers *= scale
    numbers += offset
    return numbers
