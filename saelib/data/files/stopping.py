"""The residual stream after so many blocks, without computing the blocks that follow."""

from __future__ import annotations

from typing import Any


class _Reached(Exception):  # noqa: N818 it carries an answer; nothing went wrong
    """Thrown out of a model once what is asked for is there."""


class Stream:
    """Reads the residual stream of a model before one of its blocks, and stops the model there.

    Blocks are found by their number. The first answer is compared with that of the whole network: where it
    differs in a bit, or the blocks cannot be told, the whole network goes on being run.

    Parameters
    ----------
    model : transformers.PreTrainedModel
        In evaluation mode.
    layer : int
        After how many blocks, from 0 to one less than the model has.

    Examples
    --------
    >>> import torch
    >>> Stream(torch.nn.ModuleList([torch.nn.Identity()]), 0).block is None
    True
    """

    def __init__(self, model: Any, layer: int) -> None:
        from torch.nn import ModuleList

        self._model, self._layer = model, layer
        depth = getattr(getattr(model, "config", None), "num_hidden_layers", None)
        lists = [m for m in model.modules() if isinstance(m, ModuleList) and len(m) == depth]
        self.block: Any = lists[0][layer] if len(lists) == 1 else None
        self._compared = False

    def __call__(self, **inputs: Any) -> Any:
        """States [n_texts, n_tokens, d_in] for what the model takes, a tensor."""
        import torch

        with torch.inference_mode():
            if self.block is not None and self._compared:
                return self._stopped(inputs)
            whole = self._model(**inputs, output_hidden_states=True).hidden_states[self._layer]
            if self.block is not None:
                early = self._stopped(inputs)
                if early is None or not torch.equal(early, whole):
                    self.block = None
                self._compared = True
        return whole

    def _stopped(self, inputs: dict[str, Any]) -> Any:
        caught: list[Any] = []

        def stop(_: Any, args: tuple[Any, ...], named: dict[str, Any]) -> None:
            caught.append(args[0] if args else named.get("hidden_states"))
            raise _Reached

        handle = self.block.register_forward_pre_hook(stop, with_kwargs=True)
        try:
            self._model(**inputs)
        except _Reached:
            pass
        finally:
            handle.remove()
        return caught[0] if caught else None
