"""The network's hidden states over running text: computed once a user, kept in shards, read as a stream."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from saelib.data.language.cache import cache_folder
from saelib.data.language.shards import mapped, sharded
from saelib.data.language.token_network import N_LAYERS, WIDTH, hidden_states
from saelib.data.language.token_pieces import WINDOW, pieces
from saelib.data.language.tokens import chosen_rows
from saelib.data.language.weights import MINILM
from saelib.errors import InputError

_SHARD = 64  # windows: a second and a half of work, 12 MB
_GROUP = 10  # shards that are in memory at once while they are computed
_POOL = 4  # shards that are shuffled together in a stream


@dataclass(frozen=True)
class TokenActivations:
    """Hidden states in shards that may lie on disk, read as they are needed.

    Attributes
    ----------
    shards : tuple of numpy.ndarray
        float32 [any, 384], in the order of the pieces; mapped, not read.
    d_in : int
        384, the network's width.

    Examples
    --------
    >>> TokenActivations((np.zeros((5, 384)), np.zeros((2, 384)))).n_points
    7
    """

    shards: tuple[NDArray[np.float32], ...]
    d_in: int = WIDTH

    @property
    def n_points(self) -> int:
        """Pieces in all."""
        return sum(len(shard) for shard in self.shards)

    def rows(self, chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Some pieces' hidden states, all at once.

        Parameters
        ----------
        chosen : numpy.ndarray
            bool [n_points].

        Returns
        -------
        numpy.ndarray
            float32 [number chosen, 384], in the order of the pieces.

        Raises
        ------
        InputError
            If the choice is not one truth value a piece.

        Examples
        --------
        >>> TokenActivations((np.zeros((5, 384)),)).rows(np.arange(5) > 2).shape
        (2, 384)
        """
        parts = [shard[kept] for shard, kept in self._split(chosen)]
        return np.concatenate([np.empty((0, self.d_in), np.float32), *parts], dtype=np.float32)

    def stream(self, chosen: NDArray[np.bool_], seed: int) -> Iterator[NDArray[np.float32]]:
        """Some pieces' hidden states without end, for `saelib.train`: every pass in another order.

        A pass takes four shards at a time, drawn at random, and shuffles their pieces; that much is held in
        memory, however long the text.

        Parameters
        ----------
        chosen : numpy.ndarray
            bool [n_points], at least one.
        seed : int
            Of the order, ≥ 0.

        Yields
        ------
        numpy.ndarray
            float32 [any, 384].

        Raises
        ------
        InputError
            If the choice is empty or not one truth value a piece.

        Examples
        --------
        >>> next(TokenActivations(()).stream(np.zeros(0, bool), seed=0))
        Traceback (most recent call last):
        ...
        saelib.errors.InputError: chosen holds for no piece: choose at least one
        """
        shards = [(shard, kept) for shard, kept in self._split(chosen) if kept.any()]
        if not shards:
            raise InputError("chosen", "holds for no piece", "choose at least one")
        rng = np.random.default_rng(seed)
        while True:
            order = rng.permutation(len(shards))
            for start in range(0, len(order), _POOL):
                parts = (shards[i] for i in order[start : start + _POOL])
                pool = np.concatenate([shard[kept] for shard, kept in parts])
                yield pool[rng.permutation(len(pool))]

    def _split(self, chosen: NDArray[np.bool_]) -> list[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
        """Each shard with its part of the choice."""
        chosen = np.asarray(chosen)
        if chosen.dtype != bool or chosen.shape != (self.n_points,):
            offence = f"is {chosen.dtype} of shape {chosen.shape}"
            raise InputError("chosen", offence, f"give {self.n_points} truth values")
        ends = np.cumsum([len(shard) for shard in self.shards])
        return list(zip(self.shards, np.split(chosen, ends[:-1]) if len(ends) else [], strict=True))


def token_activations(layer: int = 3, limit: int | None = None) -> TokenActivations:
    """MiniLM-L6 over the pieces of `token_data`: what it holds at each after some of its six layers.

    Computed on first use (about a minute of one core for the whole text and layer 3) and kept in the user's
    cache, 473 MB. What is interrupted goes on where it stopped, and processes that ask at the same time share
    the work.

    Parameters
    ----------
    layer : int, default 3
        0 (the embeddings) to 6. Three is the middle: by then pieces have looked at one another three times,
        and the last layers, trained to sum up whole sentences, have not begun.
    limit : int, optional
        As in `token_data`: at most so many pieces.

    Returns
    -------
    TokenActivations
        In the order of ``token_data(limit)``.

    Raises
    ------
    InputError
        If the extra ``real`` or the weights are not installed, or layer or limit are no such numbers.

    Examples
    --------
    >>> token_activations(layer=9)
    Traceback (most recent call last):
    ...
    saelib.errors.InputError: layer is 9: give an integer from 0 to 6
    """
    if isinstance(layer, bool) or not isinstance(layer, int | np.integer) or not 0 <= layer <= N_LAYERS:
        raise InputError("layer", f"is {layer!r}", f"give an integer from 0 to {N_LAYERS}")
    ids = pieces().ids[chosen_rows(limit)].reshape(-1, WINDOW)
    parts = [ids[at : at + _SHARD] for at in range(0, len(ids), _SHARD)]
    folder = cache_folder() / "tokens" / _key(ids, int(layer))
    found: list[NDArray[np.float32]] = []
    with tqdm(total=len(parts), desc="MiniLM on the novels", disable=None, leave=False, delay=2) as bar:
        for at in range(0, len(parts), _GROUP):
            group = parts[at : at + _GROUP]
            place, shapes = folder / f"{at // _GROUP:04d}", [(part.size, WIDTH) for part in group]
            sharded(place, shapes, _computing(group, int(layer)), lambda number: bar.update())
            found += mapped(place, shapes)
    return TokenActivations(tuple(found))


def _computing(group: list[NDArray[np.int32]], layer: int) -> Callable[[int], NDArray[np.float32]]:
    return lambda number: _on_one_thread(group[number], layer).reshape(-1, WIDTH)


def _on_one_thread(windows: NDArray[np.int32], layer: int) -> NDArray[np.float32]:
    """Sums are taken in another order on another number of threads, and shards are to be the same."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return hidden_states(windows, layer)
    finally:
        torch.set_num_threads(before)


def _key(ids: NDArray[np.int32], layer: int) -> str:
    """A name that changes with the weights, the text, the windows, the layer and the code."""
    weights = next(file.sha256 for file in MINILM if file.name == "model.safetensors")
    code = hashlib.sha256(Path(__file__).with_name("token_network.py").read_bytes()).hexdigest()
    parts = [weights, str(layer), importlib.metadata.version("torch"), code]
    return hashlib.sha256(" ".join(parts).encode() + np.ascontiguousarray(ids).tobytes()).hexdigest()[:24]
