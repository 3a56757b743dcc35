"""Opening points, whatever file they are in."""

from __future__ import annotations

import os
import re
from pathlib import Path

from saelib.data.files.mapping import mapped_npy, mapped_safetensors
from saelib.data.files.points import Points, Source
from saelib.data.files.recognising import recognised
from saelib.data.files.row_groups import RowGroups
from saelib.errors import InputError, checked_type

_KINDS = ("npy", "safetensors", "parquet")


def open_points(path: str | os.PathLike[str], *, tensor: str | None = None) -> Points:
    """Open the points of an SAE without reading them.

    What a file says of itself is held against its size before anything of it is read, and nothing in it is
    ever executed.

    Parameters
    ----------
    path : path
        A ``.npy`` file with a matrix, one row a point; a ``.safetensors`` file with one; a ``.parquet`` file
        with one numeric column a dimension or one column of equally long lists; or a folder of files of one
        of these kinds, taken in the order of the numbers in their names (``part_2`` before ``part_10``).
    tensor : str, optional
        Name of the matrix in a ``.safetensors`` file that has several.

    Returns
    -------
    Points
        float16, bfloat16 (in ``.safetensors``), float32 or float64 in the file; float32 when read.

    Raises
    ------
    InputError
        If the file is missing, is of another kind than its name says, holds something else than a matrix of
        floats, or has another size than its header describes; if the files of a folder do not go together.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> folder = Path(tempfile.mkdtemp())
    >>> for number in (2, 10):
    ...     np.save(folder / f"part_{number}.npy", np.full((1, 2), number, np.float32))
    >>> open_points(folder).rows(0, 2)[:, 0]
    array([ 2., 10.], dtype=float32)
    >>> open_points("points.pt")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: points points.pt does not exist: give a .npy or .safetensors or .parquet file
    """
    checked_type("points", path, (str, os.PathLike), "give the path of a file or folder")
    place = Path(path)
    files = _shards(place) if place.is_dir() else [place]
    sources = [_source(file, tensor) for file in files]
    if tensor is not None and files[0].suffix.lower() != ".safetensors":
        raise InputError(
            "tensor", f"is {tensor!r} for {files[0]}", "leave it out: only .safetensors has names"
        )
    return Points(sources)


def _source(file: Path, tensor: str | None) -> Source:
    path, kind = recognised(file, _KINDS, "points")
    if kind == "npy":
        return mapped_npy(path, "points")
    if kind == "safetensors":
        return mapped_safetensors(path, "points", tensor)
    return RowGroups(path, "points")


def _shards(folder: Path) -> list[Path]:
    """The files of a folder in natural order; other files beside them, such as a README, do not count."""
    endings = {f".{kind}" for kind in _KINDS}
    files = [
        file
        for file in folder.iterdir()
        if file.suffix.lower() in endings and not file.name.startswith(".") and file.is_file()
    ]
    kinds = sorted({file.suffix.lower() for file in files})
    if len(kinds) != 1:
        what = (
            f"files of {len(kinds)} kinds ({', '.join(kinds)})"
            if kinds
            else "no .npy, .safetensors or .parquet file"
        )
        raise InputError("points", f"{folder} has {what}", "give a folder with shards of one kind")
    return sorted(files, key=lambda file: _natural(file.name))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", name)]
