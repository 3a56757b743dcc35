"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import os
from pathlib import Path

from saelib.errors import InputError, checked_type

# Longest first where one begins another. A pickle begins with PROTO and its version, from protocol 2 on;
# older ones are plain text and end up as a table that makes no sense. Nothing here is ever unpickled.
_MAGIC = (
    (b"\x93NUMPY", "npy"),
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "a zip archive (.npz, .xlsx, .pt and .zip are)"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"ARROW1", "an Arrow file"),
    *(
        (b"\x80" + bytes([version]), "a pickle, which can run any code when it is opened")
        for version in range(2, 6)
    ),
)
_MENDS = {
    "npy": "write it with numpy.save(path, array, allow_pickle=False)",
    "safetensors": "write it with safetensors.numpy.save_file",
    "parquet": "write it with DataFrame.to_parquet",
    "csv": "write it as plain text with DataFrame.to_csv(index=False)",
    "txt": "write it as plain UTF-8 text",
}
_BY_SUFFIX = {
    ".npy": "npy",
    ".safetensors": "safetensors",
    ".parquet": "parquet",
    ".csv": "csv",
    ".txt": "txt",
}


def recognised(path: str | os.PathLike[str], kinds: tuple[str, ...], argument: str) -> tuple[Path, str]:
    """Say which of some kinds a file is, and refuse one that is something else in disguise.

    Parameters
    ----------
    path : path
        The file; its name's ending says what it claims to be.
    kinds : tuple of str
        Which of ``"npy"``, ``"safetensors"``, ``"parquet"``, ``"csv"`` and ``"txt"`` will do.
    argument : str
        What the caller calls it, for the error message.

    Returns
    -------
    (Path, str)
        The path and the kind. At most 8 bytes were read.

    Raises
    ------
    InputError
        If there is no such file, it is empty or no regular file, its name has another ending, or its first
        bytes are those of another kind.

    Examples
    --------
    >>> recognised("labels.pkl", ("csv", "parquet"), "labels")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: labels labels.pkl does not exist: give a .csv or .parquet file
    """
    wanted = " or ".join(f".{kind}" for kind in kinds)
    checked_type(argument, path, (str, os.PathLike), f"give the path of a {wanted} file")
    path = Path(path)
    if not path.exists():
        raise InputError(argument, f"{path} does not exist", f"give a {wanted} file")
    if not path.is_file():
        raise InputError(argument, f"{path} is no regular file", f"give a {wanted} file")
    kind = _BY_SUFFIX.get(path.suffix.lower(), "")
    if kind not in kinds:
        raise InputError(argument, f"{path} is no {wanted} file by its name", f"give a {wanted} file")
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise InputError(
            argument, f"{path} cannot be read ({error.strerror})", "mend its permissions"
        ) from None
    if not start:
        raise InputError(argument, f"{path} is empty", _MENDS[kind])
    found = next((what for magic, what in _MAGIC if start.startswith(magic)), "")
    if found and found != kind:
        what = f"a .{found} file" if found in _BY_SUFFIX.values() else found
        raise InputError(argument, f"{path} is {what} under the name of a .{kind} file", _MENDS[kind])
    if kind in ("npy", "parquet") and not found:
        raise InputError(argument, f"{path} does not begin like a .{kind} file", _MENDS[kind])
    return path, kind
