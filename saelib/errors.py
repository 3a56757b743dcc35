"""The one exception that saelib raises for what it was given."""

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
