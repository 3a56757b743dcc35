"""Which layout a folder has, by the names of its files."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from saelib.errors import InputError
from saelib.sae.layouts import dictionary_learning, saelens, sparsify
from saelib.sae.layouts.plain_files import PICKLED, conversion, first_bytes, looks_pickled

LAYOUTS: tuple[ModuleType, ...] = (saelens, sparsify, dictionary_learning)
_GIVE = f"give a folder with {saelens.CONFIG} and {saelens.WEIGHTS}"


def layout_of(folder: Path) -> ModuleType:
    """The layout of a folder, or `InputError` saying what it lacks and how to mend that."""
    if not folder.is_dir():
        raise InputError("folder", f"{folder} is no folder", _GIVE)
    whole = [layout for layout in LAYOUTS if _has(folder, layout.CONFIG) and _has(folder, layout.WEIGHTS)]
    if len(whole) == 1:
        return whole[0]
    if whole:
        raise InputError(
            "folder",
            f"{folder} holds {' and '.join(layout.WEIGHTS for layout in whole)}",
            "give one SAE a folder",
        )
    pickled = _pickle_in(folder)
    if pickled is not None:
        to = saelens.WEIGHTS if _has(folder, saelens.CONFIG) else dictionary_learning.WEIGHTS
        raise InputError(
            "folder",
            f"{folder} holds {pickled}, a pickle, which can run code when it is opened",
            conversion(pickled, to),
        )
    for layout in LAYOUTS:
        if _has(folder, layout.WEIGHTS):
            raise InputError(
                "folder",
                f"{folder} has no {layout.CONFIG}",
                f"give {layout.WEIGHTS} with its {layout.CONFIG}",
            )
    below = sorted(
        path.parent.name
        for layout in LAYOUTS
        for path in folder.glob(f"*/{layout.WEIGHTS}")
        if (path.parent / layout.CONFIG).exists()
    )
    if below:
        raise InputError(
            "folder", f"{folder} has no SAE itself but {len(below)} below it", f"give one, say {below[0]}"
        )
    if _has(folder, dictionary_learning.CONFIG):
        lacking, mend = (
            dictionary_learning.WEIGHTS,
            f"give {dictionary_learning.WEIGHTS} beside its config.json",
        )
    else:
        lacking = saelens.WEIGHTS if _has(folder, saelens.CONFIG) else saelens.CONFIG
        mend = _GIVE
    raise InputError("folder", f"{folder} has no {lacking}", mend)


def _has(folder: Path, name: str) -> bool:
    return (folder / name).exists()


def _pickle_in(folder: Path) -> str | None:
    """The first file that is a pickle by its name, or by its beginning where its name says nothing."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in PICKLED and "trainer_state" not in path.name:
            return path.name
        if path.is_file() and not path.suffix and looks_pickled(first_bytes(path, 2)):
            return path.name
    return None
