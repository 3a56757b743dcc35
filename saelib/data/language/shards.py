"""A long computation in pieces that are kept: resumed after a kill, shared between processes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from saelib.errors import InputError

_DIGEST = hashlib.sha256().digest_size
_ONE_THREAD = threading.Lock()


def sharded(
    folder: Path,
    shapes: Sequence[tuple[int, ...]],
    compute: Callable[[int], NDArray[np.float32]],
    progress: Callable[[int], object] = lambda number: None,
) -> list[NDArray[np.float32]]:
    """Arrays one by one from their files, computed where there is no sound file.

    Processes that need the same shards at the same time share the work: each takes the next shard that is
    neither there nor locked, and at the end waits for those the others hold. A lock falls with its process,
    so after a kill the next one computes what is missing. A file appears whole, begins with the SHA-256 of
    the rest, and is computed anew when it has another size or content.

    Parameters
    ----------
    folder : Path
        Of this computation alone: its name must change with everything the values depend on. Made if missing.
    shapes : sequence of tuple of int
        The shape of each shard.
    compute : callable
        From a shard's number to its float32 array; must give the same in every process.
    progress : callable, optional
        Told each shard's number once it is at hand.

    Returns
    -------
    list of numpy.ndarray
        float32, in the order of ``shapes``.

    Raises
    ------
    InputError
        If the folder cannot be written, or ``compute`` gives another shape or something else than finite
        numbers.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = sharded(Path(folder), [(2,)], lambda number: np.ones(2, np.float32))
    ...     second = sharded(Path(folder), [(2,)], lambda number: np.zeros(2, np.float32))
    >>> first[0], second[0]
    (array([1., 1.], dtype=float32), array([1., 1.], dtype=float32))
    """
    # Locks on files do not keep the threads of one process apart.
    with _ONE_THREAD:
        with _refusals_of(folder):
            folder.mkdir(parents=True, exist_ok=True)
            locks = (folder / "locks").open("ab")
        with locks:
            return _collected(folder, shapes, compute, progress, locks.fileno())


def _collected(
    folder: Path,
    shapes: Sequence[tuple[int, ...]],
    compute: Callable[[int], NDArray[np.float32]],
    progress: Callable[[int], object],
    locks: int,
) -> list[NDArray[np.float32]]:
    found: dict[int, NDArray[np.float32]] = {}
    for waits in (False, True):  # first what is free, then what others were working on
        for number, shape in enumerate(shapes):
            if number in found:
                continue
            path = folder / f"{number:04d}.f32"
            with _refusals_of(folder):
                shard = _read(path, shape)
            if shard is None:
                with _locked(locks, number, waits) as is_mine:
                    if not is_mine:
                        continue
                    shard = _read(path, shape)  # another may have finished it in the meantime
                    if shard is None:
                        shard = _checked(compute(number), shape)
                        with _refusals_of(folder):
                            _write(path, shard)
            found[number] = shard
            progress(number)
    return [found[number] for number in range(len(shapes))]


@contextmanager
def _refusals_of(folder: Path) -> Iterator[None]:
    """Say in one line that the cache cannot be used; errors of the computation are not its."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        mend = "set SAELIB_CACHE to a folder you may write to"
        raise InputError("the cache", f"{folder} cannot be written ({reason})", mend) from None


@contextmanager
def _locked(locks: int, number: int, waits: bool) -> Iterator[bool]:
    """Hold one byte of the file of locks, or say that another process does."""
    try:
        fcntl.lockf(locks, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB), 1, number)
    except (BlockingIOError, PermissionError):  # either may be said of a lock that is held
        yield False
        return
    try:
        yield True
    finally:
        fcntl.lockf(locks, fcntl.LOCK_UN, 1, number)


def _read(path: Path, shape: tuple[int, ...]) -> NDArray[np.float32] | None:
    """The shard, unless its file is missing or not what was written."""
    try:
        if path.stat().st_size != _DIGEST + 4 * int(np.prod(shape)):
            return None
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if hashlib.sha256(memoryview(content)[_DIGEST:]).digest() != content[:_DIGEST]:
        return None
    return np.frombuffer(content, dtype="<f4", offset=_DIGEST).reshape(shape)


def _checked(shard: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    if shard.shape != shape or shard.dtype != np.float32 or not np.isfinite(shard).all():
        offence = f"came out as {shard.dtype} {list(shard.shape)} or not finite where {list(shape)} was due"
        raise InputError("a shard", offence, "report this: the network or its weights are not the known ones")
    return shard


def _write(path: Path, shard: NDArray[np.float32]) -> None:
    """Write whole or not at all; only one process at a time holds this shard's lock."""
    content = np.ascontiguousarray(shard, dtype="<f4").tobytes()
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as stream:
        stream.write(hashlib.sha256(content).digest())
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def mapped(folder: Path, shapes: Sequence[tuple[int, ...]]) -> list[NDArray[np.float32]]:
    """The shards that `sharded` has left in a folder, mapped into memory rather than read.

    Parameters
    ----------
    folder : Path
        As given to `sharded`, which compared the checksums.
    shapes : sequence of tuple of int
        As given to `sharded`.

    Returns
    -------
    list of numpy.ndarray
        float32, read-only; only what is looked at is read from the disk.

    Raises
    ------
    InputError
        If a file has gone since.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = sharded(Path(folder), [(2,)], lambda number: np.ones(2, np.float32))
    ...     print(mapped(Path(folder), [(2,)])[0])
    [1. 1.]
    """
    try:
        return [
            np.memmap(folder / f"{number:04d}.f32", dtype="<f4", mode="r", offset=_DIGEST, shape=shape)
            for number, shape in enumerate(shapes)
        ]
    except (OSError, ValueError) as error:
        raise InputError("the cache", f"lost a file of {folder} ({error})", "run again") from None
