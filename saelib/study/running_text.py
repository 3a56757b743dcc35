"""What the chapter on running text reads off the sweep's tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from saelib.errors import InputError

#: How the kinds of concepts are called where people read them.
KIND_NAMES = {"token": "the piece alone", "word": "its word", "context": "its context"}


def at_best(concepts: pd.DataFrame, value: str = "jaccard") -> pd.Series:
    """Mean of a column over concepts, by seed, at the size and sparsity that are best on the other seeds.

    Parameters
    ----------
    concepts : DataFrame
        Rows of ``running_text_concepts`` of one dictionary, of the concepts to average over.
    value : str, default "jaccard"
        Of which high is good.

    Returns
    -------
    Series
        By seed.

    Raises
    ------
    InputError
        If there are fewer than two seeds, or not all have the same settings.

    Examples
    --------
    Seed 0 alone does well with k = 2, so it is judged at k = 1, as the others prefer:

    >>> rows = [(8, k, seed, j) for k, js in ((1, (0.5, 0.5, 0.5)), (2, (0.9, 0.0, 0.0)))
    ...         for seed, j in enumerate(js)]
    >>> at_best(pd.DataFrame(rows, columns=["d_sae", "k", "seed", "jaccard"]))[0]
    np.float64(0.5)
    """
    table = concepts.pivot_table(index=["d_sae", "k"], columns="seed", values=value)
    if table.shape[1] < 2:
        raise InputError("concepts", f"has {table.shape[1]} seeds", "give at least two")
    if table.isna().any(axis=None):
        raise InputError("concepts", "lacks a setting for some seed", "give the same settings for all seeds")
    values = table.to_numpy()
    others = [np.delete(values, i, axis=1).mean(axis=1) for i in range(values.shape[1])]
    found = [values[other.argmax(), i] for i, other in enumerate(others)]
    return pd.Series(found, index=table.columns, name=value)


def by_kind(concepts: pd.DataFrame, readers: pd.DataFrame, value: str = "jaccard") -> pd.DataFrame:
    """Mean of a column over the concepts of each kind: dictionaries at their best setting, and readers.

    Parameters
    ----------
    concepts, readers : DataFrame
        The tables ``running_text_concepts`` and ``running_text_readers``.
    value : str, default "jaccard"
        A column of both.

    Returns
    -------
    DataFrame
        Columns kind, reader (a dictionary's or a reader's name), seed, and the value.

    Raises
    ------
    InputError
        As `at_best`.

    Examples
    --------
    >>> row = {"kind": "token", "d_sae": 8, "k": 1, "dictionary": "trained", "jaccard": 0.5}
    >>> concepts = pd.DataFrame([row | {"seed": seed} for seed in (0, 1)])
    >>> readers = pd.DataFrame({"kind": ["token"], "reader": ["probe"], "seed": [0], "jaccard": [0.75]})
    >>> by_kind(concepts, readers).jaccard.tolist()
    [0.5, 0.5, 0.75]
    """
    found: list[pd.DataFrame] = []
    for (kind, name), part in concepts.groupby(["kind", "dictionary"]):
        best = at_best(part, value).rename_axis("seed").reset_index()
        found.append(best.assign(kind=str(kind), reader=str(name)))
    found.append(readers.groupby(["kind", "reader", "seed"])[value].mean().reset_index())
    return pd.concat(found, ignore_index=True)[["kind", "reader", "seed", value]]


def of_concepts(concepts: pd.DataFrame, readers: pd.DataFrame, value: str = "jaccard") -> pd.DataFrame:
    """The same for every concept by itself, each at its own best setting on the other seeds, mean over seeds.

    Parameters
    ----------
    concepts, readers : DataFrame
        The tables ``running_text_concepts`` and ``running_text_readers``.
    value : str, default "jaccard"
        A column of both.

    Returns
    -------
    DataFrame
        One row a concept that takes part under every seed: concept, kind, and one column a dictionary or
        reader.

    Raises
    ------
    InputError
        As `at_best`.

    Examples
    --------
    >>> row = {"concept": "comma", "kind": "token", "d_sae": 8, "k": 1, "dictionary": "trained"}
    >>> concepts = pd.DataFrame([row | {"seed": seed, "jaccard": seed / 2} for seed in (0, 1)])
    >>> readers = pd.DataFrame({"concept": ["comma"], "kind": ["token"], "reader": ["probe"], "seed": [0],
    ...                         "jaccard": [0.75]})
    >>> of_concepts(concepts, readers)[["trained", "probe"]].values.tolist()
    [[0.25, 0.75]]
    """
    seeds = concepts.seed.nunique()
    often = concepts.groupby("concept").seed.nunique() == seeds
    kept = concepts[concepts.concept.map(often)]
    columns = {
        str(name): pd.Series(
            {concept: at_best(own, value).mean() for concept, own in part.groupby("concept")}
        )
        for name, part in kept.groupby("dictionary")
    }
    columns |= {str(name): part.groupby("concept")[value].mean() for name, part in readers.groupby("reader")}
    kinds = kept.drop_duplicates("concept").set_index("concept")[["kind"]]
    return kinds.join(pd.DataFrame(columns), how="left").reset_index()
