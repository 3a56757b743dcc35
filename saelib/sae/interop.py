"""An SAE of this library as an object of another."""

from __future__ import annotations

import importlib
from typing import Any

from saelib.errors import InputError
from saelib.sae.layouts.saelens import config_of, tensors_of
from saelib.sae.model import SAE


def to_saelens(sae: SAE, **metadata: Any) -> Any:
    """Turn an SAE into SAELens's own object, so that SAELens's evaluation and tools run on it.

    It encodes and decodes as ``sae`` does; `BatchTopK` and `Matryoshka` become what they encode like, as in
    `save_sae`. The weights are copied.

    Parameters
    ----------
    sae : SAE
        What to turn.
    **metadata
        Added to ``sae.metadata``. ``sae_lens.evals`` needs ``hook_name``: where in the model the points come
        from, such as ``"blocks.8.hook_resid_post"``.

    Returns
    -------
    sae_lens.SAE
        On the CPU, in the dtype of ``sae``.

    Raises
    ------
    InputError
        If ``sae`` is no `SAE`, or SAELens is not installed.

    Examples
    --------
    >>> to_saelens("my_sae")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: sae is a str: give an SAE, say load_sae(folder)
    """
    if not isinstance(sae, SAE):
        raise InputError("sae", f"is a {type(sae).__name__}", "give an SAE, say load_sae(folder)")
    try:
        saelens = importlib.import_module("sae_lens")
    except ModuleNotFoundError as error:
        raise InputError(
            "to_saelens",
            f"needs a package that is not installed ({error.name})",
            "pip install 'saelib[interop]'",
        ) from None
    config = config_of(sae)
    config["metadata"] |= metadata
    theirs = saelens.SAE.from_dict(config)
    theirs.load_state_dict(tensors_of(sae))
    return theirs
