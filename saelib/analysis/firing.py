"""Which neurons fire on a batch of points, without a dense matrix of activations where that is possible."""

from __future__ import annotations

import copy
import threading

import numpy as np
import torch
from scipy import sparse

from saelib.errors import InputError
from saelib.sae import SAE, Gate, Matryoshka, TopK
from saelib.sae.selection import top_k_indices
from saelib.sae.workspace import Workspace
from saelib.sets._membership import from_columns, true_columns

__all__ = ["Firing"]

_ENTRIES = 1 << 23  # pre-activations of a batch, 32 MiB: larger batches do not make the product any faster


class Firing:
    """Answers which neurons of an SAE fire; may be asked by several threads at once.

    The batches a run of points is cut into depend on the size of the dictionary alone, and each is computed
    by one thread: how many threads there are, or where an interrupted run went on, changes no bit.

    Parameters
    ----------
    sae : SAE
        In half precision it is computed with in float32, which is faster on a processor and holds the
        same weights.
    threshold : float
        A neuron fires where its activation exceeds it, from 0 up.

    Examples
    --------
    >>> firing = Firing(SAE(2, 4, TopK(1), seed=1), 0.0)
    >>> firing.batch(np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32), first=0).sum(axis=1).tolist()
    [1, 1]
    """

    def __init__(self, sae: SAE, threshold: float) -> None:
        if sae.W_enc.dtype in (torch.float16, torch.bfloat16):
            sae = copy.deepcopy(sae).float()
        self.sae, self.threshold = sae, threshold
        self.batch_size = max(16, min(1024, _ENTRIES // sae.d_sae))
        self._k = _top_k(sae.gate)
        self._own = threading.local()

    def batch(self, points: np.ndarray, first: int) -> sparse.csr_array:
        """Say who fires on some points.

        Parameters
        ----------
        points : ndarray [n, d_in]
            float32.
        first : int
            Number of the first, for messages.

        Returns
        -------
        csr_array [n, d_sae]
            Boolean, canonical.

        Raises
        ------
        InputError
            If a value is not finite; the first is named.
        """
        bad = np.flatnonzero(~np.isfinite(points))
        if bad.size:
            row, column = divmod(int(bad[0]), points.shape[1])
            offence = f"hold {points[row, column]} in row {first + row}, column {column}"
            raise InputError("points", offence, "drop or mend that row")
        with torch.no_grad():
            if self._k is None:
                fires = self.sae.active(points, self.threshold).cpu().numpy()
                return from_columns(*true_columns(fires), self.sae.d_sae)
            pre_acts = self.sae.pre_acts(points)
            chosen = top_k_indices(pre_acts, self._k, self._workspace).sort(dim=1).values
            fires = (pre_acts.gather(1, chosen) > self.threshold).cpu().numpy()
        columns = chosen.cpu().numpy()[fires].astype(np.int32)
        return from_columns(fires.sum(axis=1), columns, self.sae.d_sae)

    @property
    def _workspace(self) -> Workspace:
        if not hasattr(self._own, "workspace"):
            self._own.workspace = Workspace()
        workspace: Workspace = self._own.workspace
        return workspace


def _top_k(gate: Gate) -> int | None:
    if isinstance(gate, Matryoshka):
        gate = gate.inner_gate
    return gate.k if isinstance(gate, TopK) else None
