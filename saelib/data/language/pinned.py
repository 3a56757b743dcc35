"""Files that must be, byte for byte, the ones the study was made with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from saelib.errors import InputError


@dataclass(frozen=True)
class Pinned:
    """A file of known content.

    Parameters
    ----------
    name : str
        Path below the folder it is looked for in.
    size : int
        Bytes.
    sha256 : str
        Hexadecimal digest of the content.

    Examples
    --------
    >>> Pinned("empty", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").size
    0
    """

    name: str
    size: int
    sha256: str

    def found_in(self, folder: Path, argument: str, mend: str) -> Path:
        """The file, once its size and then its content have been compared.

        Parameters
        ----------
        folder : Path
            Where it should be.
        argument : str
            What the file belongs to, for the error.
        mend : str
            What to do when it is missing or another.

        Returns
        -------
        Path
            The file's path.

        Raises
        ------
        InputError
            If the file is missing, cannot be read, or has another size or content. A file of another size
            is not read at all.

        Examples
        --------
        >>> Pinned("a", 1, "").found_in(Path("/nowhere"), "the nouns", "install saelib again")
        Traceback (most recent call last):
        ...
        saelib.errors.InputError: the nouns lack the file /nowhere/a: install saelib again
        """
        path = folder / self.name
        if not path.is_file():
            raise InputError(argument, f"lack the file {path}", mend)
        try:
            size = path.stat().st_size
            if size != self.size:
                raise InputError(argument, f"have {size} bytes in {path} where {self.size} are known", mend)
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise InputError(argument, f"cannot be read from {path} ({error.strerror})", mend) from None
        if digest != self.sha256:
            raise InputError(argument, f"have another content in {path} than is known", mend)
        return path
