"""What is analysed, whether it comes as objects or as files, and how to tell it from other inputs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from saelib.data.files import Points as PointsInFiles
from saelib.data.files import open_points, read_concepts
from saelib.errors import InputError
from saelib.sae import SAE, load_sae
from saelib.sets import ConceptSet

__all__ = ["Points", "Sources", "opened"]

_BLOCK = 1 << 16  # bytes
_BLOCKS = 64  # read of a large file for its checksum


@runtime_checkable
class Points(Protocol):
    """Points that are read when asked for, such as :func:`saelib.data.files.open_points` opens."""

    shape: tuple[int, int]

    def rows(self, start: int, stop: int) -> npt.NDArray[np.floating]:
        """Rows from ``start`` up to ``stop``."""

    def take(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.floating]:
        """Rows by their numbers."""


class InMemory:
    """An array, read as points in files are.

    Examples
    --------
    >>> InMemory(np.eye(2)).take(np.array([1])).tolist()
    [[0.0, 1.0]]
    """

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.shape: tuple[int, int] = (int(array.shape[0]), int(array.shape[1]))

    def rows(self, start: int, stop: int) -> npt.NDArray[np.floating]:
        """Rows from ``start`` up to ``stop``, float32."""
        return self._finite(np.arange(start, min(stop, len(self.array))))

    def take(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.floating]:
        """Rows by their numbers, float32."""
        return self._finite(indices)

    def _finite(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.floating]:
        found = self.array[indices].astype(np.float32)
        bad = np.flatnonzero(~np.isfinite(found))
        if bad.size:
            row, column = divmod(int(bad[0]), found.shape[1])
            offence = f"hold {found[row, column]} in row {indices[row]}, column {column}"
            raise InputError("points", offence, "drop or mend that row")
        return found


@dataclass(frozen=True, eq=False)
class Sources:
    """An SAE, points and concepts that go together; made by :func:`opened`.

    Attributes
    ----------
    sae : SAE
        The dictionary.
    points : opened points
        What it reads.
    concepts : ConceptSet
        Over these points.
    checksums : dict of str to str
        BLAKE2 of the SAE's weights, of the points and of the concepts; of large files it covers the size and
        64 blocks evenly spread.
    key : str
        Changes with whatever the activation sets depend on, the time stamps of files included.
    """

    sae: SAE
    points: Points
    concepts: ConceptSet
    checksums: dict[str, str]
    key: str


def opened(
    sae: SAE | str | os.PathLike[str],
    points: Any,
    concepts: ConceptSet | str | os.PathLike[str],
    parents: Mapping[str, str] | str | os.PathLike[str] | None,
    threshold: float,
    drop_empty: bool = False,
) -> Sources:
    """Open what is given by its path, take what is given as an object, and check that it goes together.

    Parameters
    ----------
    sae : SAE or path
        A dictionary or the folder of one.
    points : array_like, tensor, Points or path
        Points [n_points, d_in].
    concepts : ConceptSet or path
        Concepts or a file of labels.
    parents : mapping of str to str, or path, optional
        Parents, for labels from a file.
    threshold : float
        Part of what the activation sets depend on.
    drop_empty : bool, default False
        Leave concepts without a point out of a file of labels, which are refused otherwise.

    Returns
    -------
    Sources

    Raises
    ------
    InputError
        If anything is malformed or does not fit.

    Examples
    --------
    >>> from saelib.sae import ReLU
    >>> opened(SAE(2, 4, ReLU()), np.zeros((3, 2)), ConceptSet(np.zeros((4, 1))), None, 0.0)
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: concepts cover 4 points, there are 3: give one label a point, in their order
    """
    if isinstance(sae, (str, os.PathLike)):
        sae = load_sae(sae)
    if not isinstance(sae, SAE):
        raise InputError("sae", f"is a {type(sae).__name__}", "give a saelib.SAE or its folder")
    if isinstance(points, (str, os.PathLike)):
        points = open_points(points)
    elif not isinstance(points, Points):
        points = InMemory(_matrix(points))
    in_files = isinstance(points, PointsInFiles)
    of_points, stamps = _of_files(points.paths) if in_files else (_of_rows(points), [])
    n_points, d_in = points.shape
    if not n_points:
        raise InputError("points", "are none", "give at least one point")
    if d_in != sae.d_in:
        raise InputError("points", f"have {d_in} columns", f"give {sae.d_in}, the dictionary's d_in")
    if isinstance(concepts, (str, os.PathLike)):
        concepts = read_concepts(concepts, n_points, parents, drop_empty=drop_empty)
    elif parents is not None:
        raise InputError("parents", "are given beside a ConceptSet", "give them to the ConceptSet")
    if not isinstance(concepts, ConceptSet):
        raise InputError(
            "concepts", f"is a {type(concepts).__name__}", "give a ConceptSet or a file of labels"
        )
    if concepts.n_points != n_points:
        offence = f"cover {concepts.n_points} points, there are {n_points}"
        raise InputError("concepts", offence, "give one label a point, in their order")
    if not concepts.n_concepts:
        raise InputError("concepts", "are none", "give at least one concept")
    checksums = {"sae": _of_weights(sae), "points": of_points, "concepts": _of_concepts(concepts)}
    key = "\n".join([checksums["sae"], of_points, *stamps, repr(points.shape), repr(float(threshold))])
    return Sources(sae, points, concepts, checksums, key + "\n")


def _matrix(points: Any) -> np.ndarray:
    if hasattr(points, "detach"):
        points = points.detach().cpu().float().numpy()
    try:
        array = np.asarray(points)
    except ValueError:
        raise InputError("points", "have rows of different lengths", "give a matrix") from None
    if array.ndim != 2:
        raise InputError("points", f"have shape {array.shape}", "give a matrix, one row a point")
    if array.dtype.kind not in "biuf":
        raise InputError("points", f"have dtype {array.dtype}", "give real numbers")
    return array


def _of_weights(sae: SAE) -> str:
    found = hashlib.blake2b(repr(sae.gate).encode(), digest_size=16)
    for name, tensor in sorted(sae.state_dict().items()):
        found.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        # Every dtype an SAE may have is held exactly by float64.
        found.update(tensor.detach().cpu().double().contiguous().numpy().data)
    return found.hexdigest()


def _of_files(paths: tuple[Path, ...]) -> tuple[str, list[str]]:
    found, stamps = hashlib.blake2b(digest_size=16), []
    for path in paths:
        about = path.stat()
        stamps.append(f"{path.absolute()} {about.st_size} {about.st_mtime_ns}")
        found.update(str(about.st_size).encode())
        with path.open("rb") as stream:
            last = max(0, about.st_size - _BLOCK)
            for start in np.unique(np.linspace(0, last, _BLOCKS).astype(np.int64)).tolist():
                stream.seek(start)
                found.update(stream.read(_BLOCK))
    return found.hexdigest(), stamps


def _of_rows(points: Points) -> str:
    n = points.shape[0]
    found = hashlib.blake2b(repr(points.shape).encode(), digest_size=16)
    step = max(1, min(4096, (1 << 24) // max(1, points.shape[1])))
    for start in range(0, n, step):
        found.update(np.ascontiguousarray(points.rows(start, min(n, start + step))).data)
    return found.hexdigest()


def _of_concepts(concepts: ConceptSet) -> str:
    found = hashlib.blake2b(digest_size=16)
    for name in concepts.names:
        found.update(len(name.encode()).to_bytes(8, "little") + name.encode())
    found.update(concepts.parents.astype(np.int64).data)
    found.update(concepts.membership.indptr.astype(np.int64).data)
    found.update(concepts.membership.indices.astype(np.int64).data)
    return found.hexdigest()
