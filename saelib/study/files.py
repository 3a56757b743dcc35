"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from saelib.errors import InputError


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that no reader, and no later run after a kill, ever sees a part of it.

    The content goes to a hidden file in the same folder and is renamed onto ``path`` when it is whole.

    Parameters
    ----------
    path : Path
        Where to; missing folders are made.
    content : bytes
        The whole content.

    Raises
    ------
    InputError
        If the folder cannot be written; nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bytes(Path(folder, "new", "a.txt"), b"whole")
    ...     sorted(item.name for item in Path(folder, "new").iterdir())
    ['a.txt']
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise unwritable(path.parent, error) from None
    finally:
        if os.path.lexists(temporary):
            temporary.unlink()


def write_json(path: Path, content: Any) -> None:
    """Write JSON atomically, the same bytes for the same content.

    Parameters
    ----------
    path : Path
        Where to.
    content : object
        JSON-ready; NaN and infinities are refused.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_json(Path(folder, "a.json"), {"b": 1, "a": 2})
    ...     print(Path(folder, "a.json").read_text(), end="")
    {
      "a": 2,
      "b": 1
    }
    """
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, f"{text}\n".encode())


def copy(source: Path, target: Path) -> bool:
    """Copy a file atomically unless the target already has the same bytes.

    Parameters
    ----------
    source, target : Path
        From where to where.

    Returns
    -------
    bool
        Whether anything was written. An equal target keeps its time stamp, so nothing is rebuilt from it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     here = Path(folder)
    ...     _ = (here / "a").write_text("x")
    ...     copy(here / "a", here / "b"), copy(here / "a", here / "b")
    (True, False)
    """
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return False
    write_bytes(target, content)
    return True


def require_writable(folder: Path, argument: str) -> None:
    """Fail now, with the folder's name, rather than after an hour of work.

    Parameters
    ----------
    folder : Path
        Will be made if it is missing.
    argument : str
        The option that named it.

    Raises
    ------
    InputError
        If no file can be made there.

    Examples
    --------
    >>> require_writable(Path("/dev/null/runs"), "--root")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: --root /dev/null/runs cannot be written (Not a directory): choose ...
    """
    probe = folder / f".writable.{os.getpid()}"
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        for each in made:
            if each.is_dir() and not any(each.iterdir()):
                each.rmdir()
        raise unwritable(folder, error, argument) from None


def unwritable(folder: Path, error: OSError, argument: str = "folder") -> InputError:
    """The error for a folder that refuses to be written.

    Examples
    --------
    >>> print(unwritable(Path("results"), PermissionError(13, "Permission denied")))
    folder results cannot be written (Permission denied): choose a folder you may write to
    """
    reason = error.strerror or str(error)
    return InputError(argument, f"{folder} cannot be written ({reason})", "choose a folder you may write to")
