"""Which neuron stands for which concept."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from saelib.alignment import Alignment
from saelib.errors import InputError


def checked_assignment(alignment: Alignment, neurons: npt.ArrayLike | None) -> npt.NDArray[np.int64]:
    """Neurons [n_concepts] as int64 with -1 for none; the best by Jaccard index if ``None`` is given."""
    if neurons is None:
        return alignment.learn()
    found = np.asarray(neurons)
    if found.shape != (alignment.n_concepts,) or not np.issubdtype(found.dtype, np.integer):
        offence = f"has shape {found.shape} and type {found.dtype}"
        raise InputError("neurons", offence, f"give {alignment.n_concepts} integers, -1 for none")
    wrong = np.flatnonzero((found < -1) | (found >= alignment.d_sae))
    if wrong.size:
        offence = f"has {found[wrong[0]]} at {wrong[0]}"
        raise InputError("neurons", offence, f"give numbers from -1 to {alignment.d_sae - 1}")
    return found.astype(np.int64)
