"""SAEs on disk: written in SAELens's layout, read from that and from others; never a pickle."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file

from saelib.errors import InputError, checked_type
from saelib.sae.layouts.detection import layout_of
from saelib.sae.layouts.saelens import CONFIG, WEIGHTS, config_of, tensors_of
from saelib.sae.model import SAE


def save_sae(sae: SAE, folder: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write an SAE into a new folder that SAELens can read; all of it or nothing.

    What is written is the SAE as it encodes, not how it was trained: `BatchTopK` becomes a `JumpReLU` whose
    thresholds are all the one that training measured, and `Matryoshka` what its inner gate becomes.

    Parameters
    ----------
    sae : SAE
        What to write.
    folder : path
        Where; it appears whole, by one rename.
    overwrite : bool, default False
        Replace a folder that holds an SAE already.

    Raises
    ------
    InputError
        If the folder exists (and ``overwrite`` is false, or it holds something else), or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.sae import TopK
    >>> place = Path(tempfile.mkdtemp()) / "my_sae"
    >>> sorted(path.name for path in save_sae(SAE(2, 4, TopK(1)), place).iterdir())
    ['cfg.json', 'sae_weights.safetensors']
    >>> load_sae(place)
    SAE(d_in=2, d_sae=4, gate=TopK(k=1))
    """
    checked_type("sae", sae, SAE, "give an SAE; load_sae reads one from a folder")
    checked_type("folder", folder, (str, os.PathLike), "give a path")
    folder = Path(folder).absolute()
    if folder.exists() and not (overwrite and (folder / CONFIG).is_file()):
        mend = "choose another folder" if overwrite else "choose another folder or pass overwrite=True"
        raise InputError("folder", f"{folder} exists", mend)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise InputError(
            "folder", f"{folder} cannot be written ({error.strerror})", "choose another place"
        ) from None
    try:
        save_file(tensors_of(sae), scratch / WEIGHTS)
        (scratch / CONFIG).write_text(json.dumps(config_of(sae), indent=2, sort_keys=True) + "\n")
        scratch.chmod(0o755)
        _put_in_place(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def load_sae(folder: str | os.PathLike[str], *, device: torch.device | str = "cpu") -> SAE:
    """Read an SAE that was written by `save_sae`, SAELens, sparsify or dictionary_learning.

    The layout is known by the names of the files:

    - ``cfg.json`` and ``sae_weights.safetensors``: SAELens 6, and 3 to 5 as far as they differ in names.
      Architectures ``standard``, ``topk``, ``jumprelu`` and ``gated``; ``jumprelu`` is also what it writes
      for SAEs trained as BatchTopK or Matryoshka, when they are saved for inference.
    - ``cfg.json`` and ``sae.safetensors``: EleutherAI's sparsify, with activation ``topk``.
    - ``config.json`` and ``ae.safetensors``: dictionary_learning. It writes ``ae.pt``, a pickle, which can
      run code when it is opened and therefore never is; the error says how to convert it. The classes
      ``AutoEncoder``, ``AutoEncoderNew``, ``GatedAutoEncoder``, ``JumpReluAutoEncoder``,
      ``AutoEncoderTopK``, ``BatchTopKSAE`` and ``MatryoshkaBatchTopKSAE``; the last two with the threshold
      that training measured.

    Settings under which the same function is written otherwise are folded into the weights: an encoder that
    does not subtract ``b_dec``, scores scaled by decoder norms, points scaled by one number, activations
    scaled before decoding. What changes the function is refused by name: an input normalised point by
    point, a transcoder, a skip connection.

    What the files say of the model that the points come from is kept in ``metadata``.

    Parameters
    ----------
    folder : path
        One SAE in one of these layouts. Its files are judged by their headers before anything is read.
    device : torch.device or str, default "cpu"
        Where to put it.

    Returns
    -------
    SAE
        In the dtype of the file.

    Raises
    ------
    InputError
        For a missing or malformed file, a pickle under any name, a size that a file claims and does not
        have, an unknown architecture, a setting that is not supported, and a tensor that is missing, extra,
        misshapen or not finite.

    Examples
    --------
    >>> load_sae("no/such/folder")
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: folder no/such/folder is no folder: give a folder with cfg.json and ...
    """
    checked_type("folder", folder, (str, os.PathLike), "give a path")
    folder = Path(folder)
    return layout_of(folder).read(folder, device)


def _put_in_place(scratch: Path, folder: Path) -> None:
    if not folder.exists():
        scratch.rename(folder)
        return
    # A folder cannot be replaced by one rename; the old one waits under a name that says what it is.
    old = folder.with_name(f".{folder.name}.replaced-{os.getpid()}")
    folder.rename(old)
    scratch.rename(folder)
    shutil.rmtree(old)
