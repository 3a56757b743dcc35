"""Human concepts in SAEs on a real network: nouns of WordNet in a language model's residual stream.

Kinds of cells:

- ``topk-k-seed``: Top-K at every size, with the phenomena, for which sizes have to be seen together;
- ``gates-seed``: the other gates at matched L0;
- ``layer-seed``: Top-K at the other layer;
- ``readers-seed``: what needs no dictionary: linear probes, raw dimensions, the string, geometry;
- ``stability``: whether two seeds find the same neurons.

No label is used in a training, so it reads all nouns. A neuron and its threshold are chosen on one half of
the nouns and judged on the other; all nouns with the same last word fall in the same half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from saelib.study.settings.nouns import Nouns as Settings


def cells(settings: Settings) -> list[str]:
    """One id a cell.

    Examples
    --------
    >>> from saelib.study.settings.nouns import QUICK
    >>> cells(QUICK)
    ['topk-4-0', 'topk-8-0', 'gates-0', 'layer-0', 'readers-0', 'stability']
    """
    found = [f"topk-{k}-{seed}" for k in settings.budgets for seed in settings.seeds]
    for kind in ("gates", "layer", "readers"):
        found += [f"{kind}-{seed}" for seed in settings.seeds]
    return [*found, "stability"]


def run_cell(settings: Settings, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train and measure; a Top-K cell ends with the phenomena between its sizes."""
    from saelib.data.language import noun_data, noun_halves
    from saelib.study.sweeps.nouns_phenomena import phenomena
    from saelib.study.sweeps.nouns_training import normalised, trained

    kind, *numbers = cell_id.split("-")
    nouns = noun_data()
    points = normalised(settings)
    k, seed = int(numbers[0]), int(numbers[1])
    choosing = noun_halves(nouns, seed)  # True: the half on which neurons and thresholds are chosen
    saes = {d_sae: trained(settings, points, "TopK", d_sae, k, seed).sae for d_sae in settings.sizes}
    return phenomena(saes, points, choosing, nouns, settings, seed, k)
