"""What the report says about the analysis itself: what was analysed, with which options, how to repeat it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from saelib import __version__
from saelib.analysis.report_tables import label_of
from saelib.analysis.report_values import escaped, is_missing, plain, rounded

__all__ = ["all_facts", "headline_facts", "how_to_cite", "title_of"]

_TILES: tuple[tuple[str, tuple[str, ...], str, bool], ...] = (
    ("points", ("points", "n_points"), "points (tokens, texts, images) that were encoded", False),
    ("concepts", ("concepts", "n_concepts"), "labels that came with the points", False),
    ("neurons", ("neurons", "d_sae"), "size of the dictionary", False),
    ("input dimension", ("d_in",), "length of an activation vector", False),
    ("L0", ("l0",), "neurons that fire at a point, on average", False),
    ("explained variance", ("explained_variance",), "share of the variance that the SAE reconstructs", True),
    ("dead neurons", ("dead_share",), "share of the neurons that fire on none of these points", True),
)  # fmt: skip
"""Name, keys among which it may stand, meaning, whether it is a share."""


def title_of(facts: Mapping[str, Any]) -> str:
    """Name of what was analysed.

    Examples
    --------
    >>> title_of({"name": "layer 8"}), title_of({})
    ('layer 8', 'A sparse autoencoder and its concepts')
    """
    for key in ("title", "name", "sae"):
        value = facts.get(key)
        if isinstance(value, str) and value.strip():
            return plain(value)
    return "A sparse autoencoder and its concepts"


def headline_facts(
    tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """Name, value and meaning of the numbers at the top.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        From which sizes are counted that the facts do not tell.
    facts : mapping
        Of the analysis.

    Returns
    -------
    list of tuple

    Examples
    --------
    >>> [fact[:2] for fact in headline_facts({}, {"l0": 8.0, "explained_variance": 0.91})]
    [('L0', '8'), ('explained variance', '91 %')]
    """
    counted: dict[str, Any] = {}
    if "concepts" in tables:
        counted["n_concepts"] = len(tables["concepts"])
    if "neurons" in tables and len(tables["neurons"]):
        counted |= {"d_sae": len(tables["neurons"]), "dead_share": float(tables["neurons"]["dead"].mean())}
    known = {**counted, **{key: value for key, value in facts.items() if _is_number(value)}}
    told = []
    for name, keys, meaning, share in _TILES:
        key = next((key for key in keys if key in known), None)
        if key is not None:
            value = float(known[key])
            told.append((name, f"{round(100 * value, 1):.10g} %" if share else rounded(value), meaning))
    return told


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return is_number and not is_missing(value)


def all_facts(facts: Mapping[str, Any]) -> str:
    """Write every fact as HTML: the command first, then the rest in the order given.

    Parameters
    ----------
    facts : mapping
        Values may be mappings and sequences in turn.

    Returns
    -------
    str
        HTML, escaped.

    Examples
    --------
    >>> all_facts({"device": "cpu"})
    '<h3>Options and sizes</h3><dl class="words"><dt>device</dt><dd><bdi>cpu</bdi></dd></dl>'
    """
    command = facts.get("command")
    rest = {key: value for key, value in facts.items() if key != "command"}
    again = (
        f'<h3>To repeat it</h3><pre tabindex="0"><code>{escaped(command)}</code></pre>'
        if isinstance(command, str)
        else ""
    )
    return f"{again}<h3>Options and sizes</h3>{_listed(rest)}" if rest else again


def _listed(facts: Mapping[Any, Any]) -> str:
    items = "".join(
        f"<dt>{escaped(label_of(key))}</dt><dd>{_told(value)}</dd>" for key, value in facts.items()
    )
    return f'<dl class="words">{items}</dl>'


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return _listed(value) if value else "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(each, Mapping) for each in value):
            return "".join(_told(each) for each in value)
        return escaped(", ".join(map(str, value)) or "none")
    if is_missing(value):
        return "not available"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if _is_number(value):
        return f'<span title="{escaped(value)}">{_short(value)}</span>'
    return f"<bdi>{escaped(value)}</bdi>"


def _short(value: float) -> str:
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 1000 else rounded(value)


def how_to_cite() -> str:
    """Write what to cite, as HTML.

    Examples
    --------
    >>> "2606.07007" in how_to_cite()
    True
    """
    return (
        f"<p>saelib {escaped(__version__)}: concept learning in sparse autoencoders, as alignment of sets "
        f"(2026). The "
        "framework: Zhang, C., Lin, C. and Lee, S.-I. (2026), <cite>A Geometric View for Understanding "
        "Concept Learning and Neuron Interpretation in Sparse Autoencoders</cite>, arXiv:2606.07007.</p>"
    )
