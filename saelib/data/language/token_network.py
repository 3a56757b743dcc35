"""MiniLM-L6 as far as its hidden states need it: embeddings and the first layers, on whole windows.

The same computation as ``transformers``'s ``BertModel`` in float32, without the six seconds that takes to
import; the tests compare the two.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from saelib.data.language.weights import minilm_folder

if TYPE_CHECKING:
    import torch

WIDTH, N_LAYERS = 384, 6
_HEADS, _EPSILON = 12, 1e-12
_CLS, _SEP = 101, 102


def hidden_states(windows: NDArray[np.integer], layer: int) -> NDArray[np.float32]:
    """What the network holds at every piece after a number of layers.

    Parameters
    ----------
    windows : numpy.ndarray
        [n_windows, length], numbers of pieces; [CLS] and [SEP] are put around them.
    layer : int
        0 (the embeddings) to 6.

    Returns
    -------
    numpy.ndarray
        float32 [n_windows, length, 384], the two marks left out.

    Raises
    ------
    InputError
        If the weights are not installed.

    Examples
    --------
    >>> hidden_states(np.array([[7592, 2088]]), layer=3).shape  # doctest: +SKIP
    (1, 2, 384)
    """
    import torch

    weights = _weights()
    ids = torch.as_tensor(np.pad(np.asarray(windows, np.int64), ((0, 0), (1, 1))))
    ids[:, 0], ids[:, -1] = _CLS, _SEP
    with torch.inference_mode():
        state = weights["embeddings.word_embeddings.weight"][ids]
        state = state + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        state = state + weights["embeddings.token_type_embeddings.weight"][0]
        state = _norm(state, weights, "embeddings.LayerNorm")
        for number in range(layer):
            state = _layer(state, weights, f"encoder.layer.{number}")
        return state[:, 1:-1].numpy()


def _layer(state: torch.Tensor, weights: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    """Attention among the pieces of a window, then the feed-forward part, each added and then normed."""
    from torch.nn.functional import gelu, scaled_dot_product_attention

    n, length, width = state.shape

    def heads(which: str) -> torch.Tensor:
        linear = _linear(state, weights, f"{name}.attention.self.{which}")
        return linear.view(n, length, _HEADS, width // _HEADS).transpose(1, 2)

    seen = scaled_dot_product_attention(heads("query"), heads("key"), heads("value"))
    seen = _linear(seen.transpose(1, 2).reshape(n, length, width), weights, f"{name}.attention.output.dense")
    state = _norm(state + seen, weights, f"{name}.attention.output.LayerNorm")
    inner = gelu(_linear(state, weights, f"{name}.intermediate.dense"))
    return _norm(state + _linear(inner, weights, f"{name}.output.dense"), weights, f"{name}.output.LayerNorm")


def _linear(x: torch.Tensor, weights: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    from torch.nn.functional import linear

    return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(x: torch.Tensor, weights: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    from torch.nn.functional import layer_norm

    return layer_norm(x, (x.shape[-1],), weights[f"{name}.weight"], weights[f"{name}.bias"], _EPSILON)


@cache
def _weights() -> dict[str, torch.Tensor]:
    folder = minilm_folder()  # first: it says what to install
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")
