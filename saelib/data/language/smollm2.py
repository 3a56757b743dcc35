"""SmolLM2-135M as far as the residual stream needs it: tokens, prefix and layers, without a generation loop.

The same computation as ``transformers``'s ``LlamaModel`` in float32, without the eight seconds it takes to
import and fill that; the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from saelib.data.language.gguf_file import GGUF

if TYPE_CHECKING:
    import torch

WIDTH, N_LAYERS = 576, 30
_HEADS, _KEY_HEADS, _HEAD_WIDTH = 9, 3, 64
_ROTATION_BASE, _EPSILON = 100_000.0, 1e-5


class Tokenizer:
    """Byte-pair encoding with the vocabulary of a GGUF file.

    Parameters
    ----------
    file : GGUF
        With ``tokenizer.ggml.tokens`` and ``tokenizer.ggml.merges``.

    Examples
    --------
    >>> file = GGUF.opened(smollm2_file())  # doctest: +SKIP
    >>> Tokenizer(file)([" aardvark"])  # doctest: +SKIP
    [[253, 446, 46131]]
    """

    def __init__(self, file: GGUF) -> None:
        from tokenizers import Tokenizer as Encoder
        from tokenizers import models, pre_tokenizers

        tokens, merges = file.fields["tokenizer.ggml.tokens"], file.fields["tokenizer.ggml.merges"]
        vocabulary = {token: number for number, token in enumerate(tokens)}
        pairs = [(first, second) for first, _, second in (merge.partition(" ") for merge in merges)]
        self._encoder = Encoder(models.BPE(vocabulary, pairs))
        self._encoder.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each text."""
        return [self._encoder.encode(text, add_special_tokens=False).ids for text in texts]


class SmolLM2:
    """The embedding and the first layers of SmolLM2-135M behind a fixed beginning of the text.

    Parameters
    ----------
    path : Path
        The GGUF file, its checksum compared.
    n_layers : int
        How many layers to load, 1 to 30.
    prefix : str
        What every text begins with, after the token for the beginning of a text; its keys and values are
        computed once.

    Notes
    -----
    A Llama network (Touvron et al. 2023): normalisation before attention and before the gated linear unit,
    nine query heads that share three key heads, rotary positions. GGUF keeps the two coordinates that are
    rotated together side by side.

    Examples
    --------
    >>> network = SmolLM2(smollm2_file(), n_layers=16, prefix="I was talking about the")  # doctest: +SKIP
    >>> network.last_tokens(network.tokens([" vein", " pier"]), (8, 16)).shape  # doctest: +SKIP
    (2, 2, 576)
    """

    def __init__(self, path: Path, n_layers: int, prefix: str) -> None:
        import torch

        self._file = GGUF.opened(path)
        self.tokens = Tokenizer(self._file)
        self._layers = [
            {
                part: torch.from_numpy(np.array(self._file.tensor(f"blk.{layer}.{part}.weight")))
                for part in (
                    "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output",
                    "ffn_norm", "ffn_gate", "ffn_up", "ffn_down",
                )
            }
            for layer in range(n_layers)
        ]  # fmt: skip
        self._before: list[tuple[torch.Tensor, torch.Tensor]] = []
        (beginning,) = self.tokens([prefix])
        first = self._file.fields["tokenizer.ggml.bos_token_id"]
        with torch.inference_mode():
            self._before = self._run(np.array([[first, *beginning]]), ())[1]

    def last_tokens(self, texts: Sequence[Sequence[int]], layers: Sequence[int]) -> NDArray[np.float32]:
        """The residual stream at the last token of texts of the same number of tokens.

        Parameters
        ----------
        texts : sequence of sequence of int
            n texts as token numbers, all of one length, to follow the prefix.
        layers : sequence of int
            After how many layers, each from 1 to the number loaded.

        Returns
        -------
        numpy.ndarray
            float32 [n, number of layers, 576].

        Examples
        --------
        >>> network.last_tokens([[2309]], (16,)).shape  # doctest: +SKIP
        (1, 1, 576)
        """
        import torch

        with torch.inference_mode():
            kept, _ = self._run(np.asarray(texts, dtype=np.int64), layers)
        return torch.stack([kept[layer] for layer in layers], dim=1).numpy()

    def _run(
        self, numbers: NDArray[np.int64], layers: Sequence[int]
    ) -> tuple[dict[int, torch.Tensor], list[tuple[torch.Tensor, torch.Tensor]]]:
        """Last-token residuals after the given layers; keys and values of every layer."""
        import torch
        from torch.nn.functional import linear, rms_norm, scaled_dot_product_attention, silu

        n, length = numbers.shape
        start = self._before[0][0].shape[2] if self._before else 0
        different, which = np.unique(numbers, return_inverse=True)
        embedding = self._file.tensor("token_embd.weight", rows=different)
        stream = torch.from_numpy(embedding[which.reshape(n, length)])
        turn = _rotation(start, length)
        # A token sees the prefix and what comes before it in its own text.
        seen = torch.ones(length, start + length, dtype=torch.bool).tril(start)
        kept, past = {}, []
        for depth, w in enumerate(self._layers[: max(layers, default=len(self._layers))], start=1):
            x = rms_norm(stream, (WIDTH,), w["attn_norm"], _EPSILON)
            query = _rotated(_heads(linear(x, w["attn_q"]), _HEADS), turn)
            key = _rotated(_heads(linear(x, w["attn_k"]), _KEY_HEADS), turn)
            value = _heads(linear(x, w["attn_v"]), _KEY_HEADS)
            if self._before:
                old_key, old_value = self._before[depth - 1]
                key = torch.cat([old_key.expand(n, -1, -1, -1), key], dim=2)
                value = torch.cat([old_value.expand(n, -1, -1, -1), value], dim=2)
            past.append((key, value))
            mixed = scaled_dot_product_attention(query, key, value, attn_mask=seen, enable_gqa=True)
            stream = stream + linear(mixed.transpose(1, 2).reshape(n, length, WIDTH), w["attn_output"])
            x = rms_norm(stream, (WIDTH,), w["ffn_norm"], _EPSILON)
            stream = stream + linear(silu(linear(x, w["ffn_gate"])) * linear(x, w["ffn_up"]), w["ffn_down"])
            if depth in layers:
                kept[depth] = stream[:, -1]
        return kept, past


def _heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    """[n, length, heads · 64] as [n, heads, length, 64]."""
    return x.reshape(*x.shape[:2], n_heads, _HEAD_WIDTH).transpose(1, 2)


def _rotation(start: int, length: int) -> torch.Tensor:
    """Complex numbers of modulus one, [length, 32]: the turn of each pair of coordinates at each position."""
    import torch

    speeds = 1.0 / _ROTATION_BASE ** (torch.arange(0, _HEAD_WIDTH, 2, dtype=torch.float32) / _HEAD_WIDTH)
    angles = torch.outer(torch.arange(start, start + length, dtype=torch.float32), speeds)
    return torch.polar(torch.ones_like(angles), angles)


def _rotated(x: torch.Tensor, turn: torch.Tensor) -> torch.Tensor:
    import torch

    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turn).flatten(-2)
