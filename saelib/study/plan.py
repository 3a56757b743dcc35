"""What a run consists of: its sweeps, their settings, and the notebooks' parameters."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saelib.errors import InputError

_PROFILES = "saelib.study.profiles"


@dataclass(frozen=True)
class Sweep:
    """A grid of cells that can be computed one by one.

    Parameters
    ----------
    module : str
        A module with ``cells(settings) -> list[str]``,
        ``run_cell(settings, cell_id) -> dict[str, DataFrame]`` and
        ``gather(list of such dicts) -> dict[str, DataFrame]``. It should import what is heavy inside the
        functions that need it: the graph calls ``cells`` every time it is drawn.
    tables : tuple of str
        The names of the tables that ``gather`` returns.
    needs : str, optional
        A function without arguments, by its dotted name, that raises :class:`~saelib.errors.InputError` when
        something is missing that only this sweep needs, such as
        ``"saelib.data.language.weights.require_smollm2"``. The sweep is then left out and its tables are
        the committed ones. It is called each time the graph is drawn, so it should be quick.

    Examples
    --------
    >>> Sweep("saelib.study.sweeps.size_and_sparsity", ("saes",)).tables
    ('saes',)
    """

    module: str
    tables: tuple[str, ...]
    needs: str | None = None

    def load(self) -> Any:
        """The sweep's module.

        Returns
        -------
        module
            Imported.

        Raises
        ------
        InputError
            If there is no such module or it lacks one of the three functions.

        Examples
        --------
        >>> Sweep("math", ()).load()
        Traceback (most recent call last):
        ...
        saelib.errors.InputError: sweep math has no function 'cells': define it
        """
        try:
            module = importlib.import_module(self.module)
        except ModuleNotFoundError as error:
            if error.name and self.module.startswith(error.name):
                raise InputError(
                    "sweep", f"{self.module} is no module", "name an importable module"
                ) from None
            raise
        for name in ("cells", "run_cell", "gather"):
            if not callable(getattr(module, name, None)):
                raise InputError("sweep", f"{self.module} has no function {name!r}", "define it")
        return module

    def lacks(self) -> InputError | None:
        """What is missing here that the sweep needs.

        Returns
        -------
        InputError or None
            Says what is missing and how to get it; None if nothing is.

        Raises
        ------
        InputError
            If ``needs`` names no function.

        Examples
        --------
        >>> Sweep("math", ()).lacks()
        >>> Sweep("math", (), needs="saelib.study.paths.project").lacks()
        >>> Sweep("math", (), needs="nowhere").lacks()
        Traceback (most recent call last):
        ...
        saelib.errors.InputError: needs of math is 'nowhere': name a function as module.function
        """
        if self.needs is None:
            return None
        module, _, name = self.needs.rpartition(".")
        try:
            check = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError):
            offence = f"is {self.needs!r}"
            raise InputError(
                f"needs of {self.module}", offence, "name a function as module.function"
            ) from None
        try:
            check()
        except InputError as error:
            return error
        return None

    def file(self) -> Path:
        """The sweep's source file, found without importing the sweep.

        Examples
        --------
        >>> Sweep("saelib.study.plan", ()).file().name
        'plan.py'
        """
        spec = importlib.util.find_spec(self.module)
        if spec is None or spec.origin is None:
            raise InputError("sweep", f"{self.module} is no module", "name an importable module")
        return Path(spec.origin)


@dataclass(frozen=True)
class Profile:
    """One way to run the study.

    Parameters
    ----------
    name : str
        As given on the command line.
    settings : mapping of str to dataclass
        By sweep: the settings handed to its functions.
    parameters : mapping of str to mapping
        By notebook: values that differ from the defaults of its ``parameters`` cell.
    published : bool
        Whether a finished run becomes the project's committed results and notebooks.
    together : int
        How many cells of a sweep one process computes: more than one where starting Python costs more than
        a cell. A killed process loses its unfinished cells and no others.
    alone : tuple of str
        The sweeps with cells so long that each has a process of its own all the same.

    Examples
    --------
    >>> Profile("quick", settings={}).published
    False
    """

    name: str
    settings: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    published: bool = False
    together: int = 1
    alone: tuple[str, ...] = ()


def profile(name: str) -> Profile:
    """The profile of that name.

    Parameters
    ----------
    name : str
        One of the study's profiles. ``SAELIB_PROFILES`` names another module with ``SWEEPS`` and
        ``PROFILES``, for a study of one's own.

    Returns
    -------
    Profile
        As declared.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> profile("brisk")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: profile 'brisk' is unknown: give one of full, quick
    """
    profiles: Mapping[str, Profile] = _declarations().PROFILES
    if name not in profiles:
        raise InputError("profile", f"{name!r} is unknown", f"give one of {', '.join(sorted(profiles))}")
    return profiles[name]


def sweeps(chosen: Profile) -> dict[str, Sweep]:
    """The sweeps that a profile runs.

    Parameters
    ----------
    chosen : Profile
        Any profile.

    Returns
    -------
    dict of str to Sweep
        By name, in the profile's order.

    Raises
    ------
    InputError
        If the profile has settings for an unknown sweep.

    Examples
    --------
    >>> sweeps(Profile("none", settings={}))
    {}
    """
    known: Mapping[str, Sweep] = _declarations().SWEEPS
    for name in chosen.settings:
        if name not in known:
            raise InputError("settings", f"has the unknown sweep {name!r}", f"give one of {', '.join(known)}")
    return {name: known[name] for name in chosen.settings}


def plain(settings: Any) -> Any:
    """Settings as JSON-ready values, for the manifest and to notice when they change.

    Parameters
    ----------
    settings : dataclass
        Any nesting of dataclasses, mappings, sequences and scalars.

    Returns
    -------
    object
        The same in dicts and lists.

    Examples
    --------
    >>> plain(Sweep("m", ("a", "b")))
    {'module': 'm', 'tables': ['a', 'b'], 'needs': None}
    """
    content = dataclasses.asdict(settings) if dataclasses.is_dataclass(settings) else settings  # type: ignore[arg-type]
    return json.loads(json.dumps(content, default=str))


def _declarations() -> Any:
    name = os.environ.get("SAELIB_PROFILES", _PROFILES)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise InputError("SAELIB_PROFILES", f"{name} is no module", "name an importable module") from None
