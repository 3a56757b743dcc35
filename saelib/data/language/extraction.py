"""What SmolLM2-135M makes of each noun: its residual stream at the end of a short sentence."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from saelib.data.language.cache import cache_folder
from saelib.data.language.nouns import checked_limit, noun_words, sampling_order
from saelib.data.language.shards import sharded
from saelib.data.language.smollm2 import N_LAYERS, WIDTH, SmolLM2
from saelib.data.language.weights import SMOLLM2, smollm2_file
from saelib.errors import InputError

PREFIX = "I was talking about the"
# Layers that the study uses are computed and kept together: the second costs nothing.
_TOGETHER = (8, 16)
# Small enough that a kill costs a second or two and a sample costs little more than its own nouns.
_SHARD = 500
# Part of the cache's key: the files that decide what the numbers are.
_RECIPE = ("extraction.py", "gguf_file.py", "smollm2.py")


def noun_activations(layer: int = 16, *, limit: int | None = None) -> NDArray[np.float32]:
    """The residual stream of SmolLM2-135M at each noun, the last word of "I was talking about the NOUN".

    Computed once a user and kept in ``$SAELIB_CACHE`` (else ``saelib`` in the user's cache folder), 5 MB a
    thousand nouns; a run that was killed goes on where it was, and processes that need the same share the
    work. Each uses one thread; all nouns take it about two and a half minutes. The numbers are the same
    however many processes made them.

    Parameters
    ----------
    layer : int, default 16
        After how many of the 30 layers, from 1. Layers 8 and 16 are computed in one pass.
    limit : int, optional
        Only the nouns of ``noun_data(limit=limit)``.

    Returns
    -------
    numpy.ndarray
        float32 [n, 576], rows as in ``noun_data(limit).words``; at the last token of a noun of several, not
        normalised or centred.

    Raises
    ------
    InputError
        A layer or limit out of range; when something is to be computed and the extra ``real`` or the weights
        are missing, with the command that installs them; a cache that cannot be written.

    Notes
    -----
    Before the sentence stands the token for the beginning of a text, as ``transformers`` puts it there. The
    network is the one tuned to instructions, its weights as published with four bits each (Q4_1).

    Examples
    --------
    >>> noun_activations(16, limit=1000).shape  # doctest: +SKIP
    (1000, 576)
    """
    if isinstance(layer, bool) or not isinstance(layer, int | np.integer) or not 1 <= layer <= N_LAYERS:
        raise InputError("layer", f"is {layer!r}", f"give a number of layers from 1 to {N_LAYERS}")
    words = noun_words()
    n = checked_limit(limit, len(words))
    kept = _TOGETHER if layer in _TOGETHER else (int(layer),)
    order = sampling_order(words)
    # Whole shards, also for a sample: batches are then the same, and so is every bit.
    parts = [[words[i] for i in order[at : at + _SHARD]] for at in range(0, n, _SHARD)]
    with tqdm(total=len(parts), desc="nouns", unit="shard", delay=2, disable=None) as bar:
        shards = sharded(
            cache_folder() / "nouns" / _key(words, kept),
            [(len(part), len(kept), WIDTH) for part in parts],
            _Extraction(parts, kept),
            progress=lambda number: bar.update(),
        )
    rows = np.concatenate([shard[:, kept.index(layer)] for shard in shards])[:n]
    return rows[np.argsort(order[:n])]


class _Extraction:
    """Activations of a shard's words; the network is loaded when the first shard is computed."""

    def __init__(self, parts: Sequence[Sequence[str]], layers: Sequence[int]) -> None:
        self._parts, self._layers = parts, layers
        self._network: SmolLM2 | None = None

    def __call__(self, number: int) -> NDArray[np.float32]:
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # with another number of them sums are added in another order
        try:
            if self._network is None:
                self._network = SmolLM2(smollm2_file(), max(self._layers), PREFIX)
            return _in_batches(self._network, self._parts[number], self._layers)
        finally:
            torch.set_num_threads(threads)


def _in_batches(network: SmolLM2, words: Sequence[str], layers: Sequence[int]) -> NDArray[np.float32]:
    """Words of the same number of tokens together, so that nothing is padded."""
    tokens = network.tokens([f" {word}" for word in words])
    lengths = np.array([len(each) for each in tokens])
    found = np.empty((len(words), len(layers), WIDTH), dtype=np.float32)
    for length in np.unique(lengths):
        batch = np.flatnonzero(lengths == length)
        found[batch] = network.last_tokens([tokens[i] for i in batch], layers)
    return found


def _key(words: Sequence[str], layers: Sequence[int]) -> str:
    """A name that changes with the weights, the words, the sentence, the layers and the code."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for part in (
        SMOLLM2.sha256,
        "\n".join(words),
        PREFIX,
        repr(layers),
        importlib.metadata.version("torch"),
        *(hashlib.sha256((here / name).read_bytes()).hexdigest() for name in _RECIPE),
    ):
        digest.update(hashlib.sha256(part.encode()).digest())
    return digest.hexdigest()[:24]
