"""The one exception that saelib raises for what it was given, and the check that raises it most."""

from __future__ import annotations


class InputError(ValueError):
    """What the caller passed cannot be used.

    The message names the argument, what is wrong with it (shape, dtype, first offending index) and the
    mend, in one line; the command line prints that line and exits with status 2.

    Parameters
    ----------
    argument : str
        Name of the offending argument as the caller wrote it.
    offence : str
        What is wrong with it, with the first offending index or value.
    mend : str
        What to do about it, as an instruction.

    Examples
    --------
    >>> raise InputError("k", "is -3", "give a positive integer")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: k is -3: give a positive integer
    """

    def __init__(self, argument: str, offence: str, mend: str) -> None:
        self.argument = argument
        self.offence = offence
        self.mend = mend
        super().__init__(f"{argument} {offence}: {mend}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        # Errors cross process borders in train_grid; the default reduce would call __init__ with one string.
        return type(self), (self.argument, self.offence, self.mend)


def checked_type(argument: str, value: object, kind: type | tuple[type, ...], mend: str) -> None:
    """Refuse what is of another type.

    Parameters
    ----------
    argument : str
        Its name, for the error.
    value : object
        What was given.
    kind : type or tuple of type
        What it may be.
    mend : str
        What to give instead, as an instruction.

    Raises
    ------
    InputError
        If ``value`` is not an instance of ``kind``.

    Examples
    --------
    >>> checked_type("sae", "my_sae", dict, "load it with load_sae")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: sae is a str: load it with load_sae
    """
    if not isinstance(value, kind):
        raise InputError(argument, f"is a {type(value).__name__}", mend)
