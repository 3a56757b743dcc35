"""Pieces of activity on disk, each there whole or not at all: a killed run goes on where it was."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from scipy import sparse

from saelib.analysis.writing import write_bytes

__all__ = ["POINTS_PER_SHARD", "Shards"]

POINTS_PER_SHARD = 32_768


class Shards:
    """Numbered sparse matrices in a folder, for the work that one key describes.

    Under another key the folder is emptied of its shards: what was computed from other weights, points or
    settings is never taken for this work's.

    Parameters
    ----------
    folder : Path
        Made if missing.
    key : str
        A fingerprint of everything the shards are computed from.
    d_sae : int
        Number of neurons.
    keep : bool, default True
        Whether shards of the same key that are there already may be used.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> Shards(folder, "a", 2).write(0, sparse.csr_array([[True, False]]))
    >>> Shards(folder, "a", 2).has(0, 1), Shards(folder, "a", 2).has(0, 5), Shards(folder, "b", 2).has(0, 1)
    (True, False, False)
    """

    def __init__(self, folder: Path, key: str, d_sae: int, keep: bool = True) -> None:
        self.folder, self.d_sae = folder, d_sae
        named = folder / "key"
        if not (keep and named.is_file() and named.read_text() == key):
            for old in folder.glob("shard-*.npz"):
                old.unlink()
            write_bytes(named, key.encode())

    def write(self, i: int, fires: sparse.csr_array) -> None:
        """Keep one matrix."""
        stream = io.BytesIO()
        narrow = np.uint16 if self.d_sae <= 1 << 16 else np.int32
        np.savez(stream, l0=np.diff(fires.indptr).astype(np.int32), neurons=fires.indices.astype(narrow))
        write_bytes(self._path(i), stream.getvalue())

    def has(self, i: int, n_points: int) -> bool:
        """Whether the matrix is there, of so many points, and undamaged (the archive carries checksums)."""
        try:
            return bool(self.read(i).shape[0] == n_points)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return False

    def read(self, i: int) -> sparse.csr_array:
        """Read one matrix, boolean and canonical."""
        with np.load(self._path(i), allow_pickle=False) as file:
            l0, neurons = file["l0"], file["neurons"].astype(np.int32)
        indptr = np.concatenate([[0], np.cumsum(l0, dtype=np.int64)])
        data = np.ones(len(neurons), dtype=np.bool_)
        return sparse.csr_array((data, neurons, indptr), shape=(len(l0), self.d_sae))

    def _path(self, i: int) -> Path:
        return self.folder / f"shard-{i:06d}.npz"
