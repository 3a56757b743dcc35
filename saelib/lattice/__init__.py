"""Formal concept analysis: which objects share which attributes, all at once (theory T13).

A context is a table of crosses; a formal concept is a set of objects and a set of attributes that determine
each other; all of them, ordered by inclusion, are a lattice. Names are imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.lattice.bipartite import bipartite_graph
    from saelib.lattice.bounds_of_two import concept_graph, join, meet
    from saelib.lattice.burmeister import read_cxt, write_cxt
    from saelib.lattice.clarifying import SmallerContext, clarify, reduce
    from saelib.lattice.comma_separated import read_csv, write_csv
    from saelib.lattice.context import Context
    from saelib.lattice.drawing import Diagram, diagram
    from saelib.lattice.enumeration import formal_concepts
    from saelib.lattice.filtering import Filtration, filtration
    from saelib.lattice.forest import forest_implications
    from saelib.lattice.found import FormalConcepts
    from saelib.lattice.implications import Implications
    from saelib.lattice.json_files import read_json, write_json
    from saelib.lattice.keeping import kept_implications
    from saelib.lattice.layering import layered_layout
    from saelib.lattice.luxenburger import luxenburger_base
    from saelib.lattice.measuring import concept_measures
    from saelib.lattice.stem_base import implication_base
    from saelib.lattice.transactions import read_fimi, write_fimi
    from saelib.lattice.trials_of_closure import try_closures

_HOME = {
    "Context": "saelib.lattice.context",
    "Diagram": "saelib.lattice.drawing",
    "Filtration": "saelib.lattice.filtering",
    "FormalConcepts": "saelib.lattice.found",
    "Implications": "saelib.lattice.implications",
    "SmallerContext": "saelib.lattice.clarifying",
    "bipartite_graph": "saelib.lattice.bipartite",
    "clarify": "saelib.lattice.clarifying",
    "concept_graph": "saelib.lattice.bounds_of_two",
    "concept_measures": "saelib.lattice.measuring",
    "diagram": "saelib.lattice.drawing",
    "filtration": "saelib.lattice.filtering",
    "forest_implications": "saelib.lattice.forest",
    "formal_concepts": "saelib.lattice.enumeration",
    "implication_base": "saelib.lattice.stem_base",
    "join": "saelib.lattice.bounds_of_two",
    "kept_implications": "saelib.lattice.keeping",
    "layered_layout": "saelib.lattice.layering",
    "luxenburger_base": "saelib.lattice.luxenburger",
    "meet": "saelib.lattice.bounds_of_two",
    "read_csv": "saelib.lattice.comma_separated",
    "read_cxt": "saelib.lattice.burmeister",
    "read_fimi": "saelib.lattice.transactions",
    "read_json": "saelib.lattice.json_files",
    "reduce": "saelib.lattice.clarifying",
    "try_closures": "saelib.lattice.trials_of_closure",
    "write_csv": "saelib.lattice.comma_separated",
    "write_cxt": "saelib.lattice.burmeister",
    "write_fimi": "saelib.lattice.transactions",
    "write_json": "saelib.lattice.json_files",
}

__all__ = [
    "Context",
    "Diagram",
    "Filtration",
    "FormalConcepts",
    "Implications",
    "SmallerContext",
    "bipartite_graph",
    "clarify",
    "concept_graph",
    "concept_measures",
    "diagram",
    "filtration",
    "forest_implications",
    "formal_concepts",
    "implication_base",
    "join",
    "kept_implications",
    "layered_layout",
    "luxenburger_base",
    "meet",
    "read_csv",
    "read_cxt",
    "read_fimi",
    "read_json",
    "reduce",
    "try_closures",
    "write_csv",
    "write_cxt",
    "write_fimi",
    "write_json",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.lattice' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
