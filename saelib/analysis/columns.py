"""What the tables of an analysis hold: every table, every column, its meaning and how to read it.

The report explains its columns from here, the documentation lists them from here, and the tests compare
what is written with what stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FACTS", "TABLES", "Column", "Table"]

Kind = Literal["text", "integer", "share", "number", "flag", "neurons", "concepts"]

DTYPES = {
    "text": "string",
    "integer": "Int64",
    "share": "Float64",
    "number": "Float64",
    "flag": "boolean",
    "neurons": "object",
    "concepts": "object",
}
"""The pandas dtype of each kind; *unavailable* is ``<NA>`` in all of them, an empty list in the last two."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        As in the file.
    kind : {"text", "integer", "share", "number", "flag", "neurons", "concepts"}
        What a value is: ``share`` a number from 0 to 1, ``neurons`` a list of numbers of neurons,
        ``concepts`` a list of names of concepts. See ``DTYPES``.
    meaning : str
        What the value says.
    unit : str
        What it is counted in; empty for shares and names.
    reading : str
        What a high or low value tells; empty if the meaning says it.

    Examples
    --------
    >>> Column("points", "integer", "how many points hold the concept", "points").dtype
    'Int64'
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    reading: str = ""

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column."""
        return DTYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table of an analysis.

    Attributes
    ----------
    name : str
        Name of its file, without the suffix.
    title : str
        Heading in the report.
    meaning : str
        What one row is, and what the table answers.
    columns : tuple of Column
        In order.

    Examples
    --------
    >>> [column.name for column in TABLES["lattice"].columns][:2]
    ['node', 'concepts']
    """

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]


_HALF = "on the judging half"
_CHOSEN = "chosen on the choosing half"

_CONCEPTS = Table(
    "concepts",
    "Concepts",
    f"One row a concept: its best neuron, {_CHOSEN} by Jaccard index (which orders as F1 does), and how well "
    "it does on the other half of the points.",
    (
        Column("concept", "text", "name of the concept"),
        Column("parent", "text", "the concept it is a special case of; none for a root"),
        Column("depth", "integer", "steps up to its root", "steps"),
        Column("points", "integer", "points that have the concept", "points"),
        Column("judged", "integer", f"of these, points {_HALF}", "points", "below 30 every rate is rough"),
        Column("neuron", "integer", f"number of the best neuron, {_CHOSEN}; none if no neuron meets it"),
        Column("f1", "share", f"2·recall·precision/(recall + precision) {_HALF}", "", "1 is perfect"),
        Column("jaccard", "share", f"points of both over points of either, {_HALF}"),
        Column("recall", "share", f"share of the concept that the neuron fires on, {_HALF}"),
        Column("precision", "share", f"share of the neuron's firing that is on the concept, {_HALF}"),
        Column("leak", "share", f"share of all other points that the neuron fires on, {_HALF}"),
        Column(
            "jaccard_chosen",
            "share",
            "the Jaccard index where the neuron was chosen",
            "",
            "far above jaccard: too few points to choose by",
        ),
        Column("detected", "flag", f"whether the neuron misses at most δ of the concept {_HALF}"),
        Column(
            "separated",
            "flag",
            "whether it is detected and the neuron fires on at most ε of all other points",
        ),
        Column("approximated", "flag", "whether neuron and concept are within Jaccard distance η"),
        Column(
            "null_jaccard",
            "share",
            "the same jaccard after the labels were dealt out to other points, neuron chosen anew",
            "",
            "what chance gives",
        ),
        Column("margin", "number", "jaccard less null_jaccard", "", "near 0 or below: no better than chance"),
        Column("or_neurons", "neurons", f"up to five neurons whose union is closest to it, {_CHOSEN}"),
        Column("or_jaccard", "share", f"Jaccard index of that union {_HALF}"),
        Column(
            "or_gain", "number", "or_jaccard less jaccard", "", "large: several neurons share the concept"
        ),
        Column(
            "split_into",
            "integer",
            "fewest neurons, in the order in which the union grew, within Jaccard distance η where they were "
            "chosen; none if five do not get there",
            "neurons",
            "1: it has a neuron of its own; more: it is split",
        ),
        Column("mutual", "flag", "whether the concept is its neuron's best one in turn (choosing half)"),
    ),
)

_NEURONS = Table(
    "neurons",
    "Neurons",
    f"One row a neuron: how often it fires, and its best concept, {_CHOSEN} by Jaccard index.",
    (
        Column("neuron", "integer", "number of the neuron"),
        Column("points", "integer", "points it fires on", "points"),
        Column("rate", "share", "share of all points that it fires on"),
        Column("dead", "flag", "whether it fires on none of the points"),
        Column("concept", "text", f"its best concept, {_CHOSEN}; none if it meets no concept"),
        Column("f1", "share", f"F1 of the two {_HALF}"),
        Column("jaccard", "share", f"Jaccard index of the two {_HALF}"),
        Column("recall", "share", f"share of the concept that it fires on, {_HALF}"),
        Column("precision", "share", f"share of its firing that is on the concept, {_HALF}"),
        Column("second", "text", f"its second-best concept, {_CHOSEN}"),
        Column(
            "second_jaccard",
            "share",
            f"Jaccard index with that one {_HALF}",
            "",
            "near jaccard: what the neuron means is not settled by these labels",
        ),
        Column(
            "serves",
            "integer",
            "concepts whose best neuron it is",
            "concepts",
            "above 1: several concepts share this neuron",
        ),
        Column("in_unions", "integer", "concepts whose union of up to five it belongs to", "concepts"),
        Column("mutual", "flag", "whether it is its concept's best neuron in turn (choosing half)"),
        Column("family", "integer", "the steadiest family it belongs to (table families); none if in none"),
    ),
)

_PAIRS = Table(
    "pairs",
    "Pairs that matter",
    f"One row a concept and one of its five best neurons, {_CHOSEN} by Jaccard index; counts and rates "
    f"{_HALF}.",
    (
        Column("concept", "text", "name of the concept"),
        Column("rank", "integer", "1 for the best neuron, 2 for the next"),
        Column("neuron", "integer", "number of the neuron"),
        Column("count", "integer", "points that have the concept and on which the neuron fires", "points"),
        Column("concept_size", "integer", "points that have the concept", "points"),
        Column("neuron_size", "integer", "points on which the neuron fires", "points"),
        Column("f1", "share", "2·recall·precision/(recall + precision)"),
        Column("jaccard", "share", "points of both over points of either"),
        Column("recall", "share", "share of the concept that the neuron fires on"),
        Column("precision", "share", "share of the neuron's firing that is on the concept"),
        Column("leak", "share", "share of all other points that the neuron fires on"),
    ),
)

_EDGES = Table(
    "edges",
    "Parents and children: absorption",
    "One row a parent and a child with their best neurons (table concepts); counts on the judging half. "
    "Absorption is the parent's neuron falling silent where the child's fires. Two controls: the parent is "
    "the best concept of its neuron, and a linear probe for the parent, trained on the choosing half, still "
    "fires there.",
    (
        Column("parent", "text", "the wider concept"),
        Column("child", "text", "the special case"),
        Column("parent_neuron", "integer", "neuron of the parent"),
        Column("child_neuron", "integer", "neuron of the child"),
        Column("n_parent", "integer", "points of the parent", "points"),
        Column("n_child", "integer", "points of the child", "points"),
        Column("n_rest", "integer", "points of the parent that are not of the child", "points"),
        Column("on_rest", "integer", "of the rest, points on which the parent's neuron fires", "points"),
        Column("on_child", "integer", "of the child, points on which the parent's neuron fires", "points"),
        Column(
            "n_absorbed",
            "integer",
            "points of the child with the child's neuron firing and the parent's silent",
            "points",
        ),
        Column("n_hit", "integer", "of the child, points on which the child's neuron fires", "points"),
        Column(
            "rate", "share", "n_absorbed over n_child", "", "means little unless owns_parent and own_neurons"
        ),
        Column(
            "gap",
            "number",
            "share of the rest less share of the child that the parent's neuron fires on",
            "",
            "above 0: the parent's neuron avoids the child",
        ),
        Column("n_both", "integer", "points on which both neurons fire", "points"),
        Column("n_child_neuron", "integer", "points on which the child's neuron fires", "points"),
        Column(
            "implication",
            "share",
            "n_both over n_child_neuron: where the child's neuron fires, the parent's does",
            "",
            "1 keeps the hierarchy",
        ),
        Column("own_neurons", "flag", "whether parent and child have two different neurons"),
        Column(
            "owns_parent",
            "flag",
            "whether the parent is its neuron's own best concept (choosing half)",
            "",
            "if not, that neuron means something else, and its silence is no absorption",
        ),
        Column(
            "absorbed",
            "flag",
            "whether the parent's neuron misses at most δ of the rest, fires on at most δ of the child, and "
            "the child's fires on part of what is missed",
        ),
        Column(
            "naive",
            "flag",
            "whether the child's neuron, another one, fires on at least half of the child, and the "
            "parent's is silent on at least half of these points: absorption by a naive rule",
        ),
        Column(
            "probe_found",
            "integer",
            "of n_absorbed, points on which a linear probe for the parent fires; asked of pairs that are "
            "naive or absorbed",
            "points",
        ),
        Column(
            "probe",
            "flag",
            "whether probe_found is at least half of n_absorbed",
            "",
            "yes: the points show the parent, and only its neuron does not; no: these points do not look "
            "like the parent to begin with",
        ),
        Column(
            "controlled",
            "flag",
            "whether naive passes both controls, owns_parent and probe",
            "",
            "what is left of the naive rule",
        ),
    ),
)

_FAMILIES = Table(
    "families",
    "Families of neurons",
    "One row a family: neurons that matter (best ones of some concept) with a common region, the steadiest "
    "first, on a random sample of the points.",
    (
        Column("family", "integer", "number of the family"),
        Column("neurons", "neurons", "its members"),
        Column("concepts", "concepts", "the best concept of each member that has one"),
        Column("size", "integer", "how many members", "neurons"),
        Column("support", "integer", "sampled points on which all fire", "points"),
        Column("share", "share", "support over the sample"),
        Column(
            "lift",
            "number",
            "how much more often all fire than if they fired independently",
            "",
            "grows with size; compare families of one size",
        ),
        Column(
            "overlap",
            "share",
            "support over the points of its rarest member",
            "",
            "1: that member fires only inside the others, a hierarchy",
        ),
        Column(
            "delta", "integer", "points that must go before another neuron joins", "points", "large: steady"
        ),
    ),
)

_LATTICE = Table(
    "lattice",
    "Lattice of concepts and neurons",
    "One row a formal concept of the relation 'the neuron separates the concept at tolerance α on both "
    "halves': "
    "a set of concepts and all neurons that separate all of them. Only the steadiest are kept.",
    (
        Column("node", "integer", "position, as in the diagram"),
        Column("concepts", "concepts", "the concepts"),
        Column("neurons", "neurons", "the neurons that separate all of them"),
        Column("n_concepts", "integer", "how many concepts", "concepts"),
        Column("n_neurons", "integer", "how many neurons", "neurons"),
        Column("delta", "integer", "concepts that must go before another neuron joins", "concepts"),
        Column("above", "text", "nodes directly above it, separated by spaces"),
    ),
)

_GEOMETRY = Table(
    "geometry",
    "What geometry allows",
    "One row a concept of those that neurons serve worst: whether any single absolute neuron could do "
    "better, "
    "on a random sample of points.",
    (
        Column("concept", "text", "name of the concept"),
        Column("n_inside", "integer", "sampled points of the concept", "points"),
        Column("n_outside", "integer", "sampled points outside it", "points"),
        Column(
            "one_neuron",
            "text",
            "whether one neuron can separate them: yes or no (each with a certificate that was checked), "
            "undecided, trivial",
        ),
        Column(
            "margin", "number", "half the width of the gap of the separating neuron", "length of the data"
        ),
        Column(
            "at_least",
            "integer",
            "errors that no absolute neuron can avoid (disjoint certificates)",
            "points",
        ),
        Column("at_most", "integer", "errors of the best neuron that was constructed", "points"),
        Column("neuron", "integer", "this SAE's neuron with the fewest errors on the sample"),
        Column("errors", "integer", "its errors", "points"),
        Column("unavoidable", "integer", "errors that geometry forces", "points"),
        Column("avoidable", "integer", "errors beyond what one neuron can do", "points"),
        Column("open", "integer", "errors that are not attributed", "points"),
        Column("fault", "text", "the largest of the three: geometry, training or open; none without errors"),
        Column(
            "by_chance",
            "text",
            "one_neuron for a random set of as many of the same points",
            "",
            "yes: that the concept has a yes says nothing, so few points can always be separated in so many "
            "dimensions",
        ),
    ),
)

_BUDGET = Table(
    "budget",
    "Budgets",
    "One row a bound of the theory with these numbers put in, over all points.",
    (
        Column("bound", "text", "the theorem"),
        Column("quantity", "text", "what is bounded"),
        Column("limit", "number", "what the theorem allows"),
        Column("measured", "number", "what this SAE does"),
        Column("unit", "text", "what both are counted in"),
        Column("kind", "text", "at least, or at most: the side on which the limit lies"),
        Column("holds", "flag", "whether the bound holds (always, unless something is broken)"),
        Column("meaning", "text", "what it says, in words"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (_CONCEPTS, _NEURONS, _PAIRS, _EDGES, _FAMILIES, _LATTICE, _GEOMETRY, _BUDGET)
}
"""Every table by name, in the order of the report."""

FACTS: dict[str, str] = {
    "title": "name of the SAE's folder; empty for an SAE in memory",
    "command": "the command line that made this, with all options in force; null if none did",
    "provisional": "whether this is a random sample of the points given, to be replaced",
    "points": "points analysed",
    "points_given": "points in the files",
    "points_choosing": "of those analysed, points on which neurons were chosen",
    "points_judging": "of those analysed, points on which they were judged",
    "d_in": "dimension of a point",
    "d_sae": "number of neurons",
    "gate": "how the SAE gates",
    "concepts": "number of concepts",
    "concepts_a_point": "mean number of concepts of a point, E[s]",
    "concepts_a_point_max": "largest number of concepts of a point",
    "l0": "mean number of firing neurons on a point",
    "l0_max": "largest number of firing neurons on a point",
    "explained_variance": "1 less the reconstruction error over the variance, on at most 2,048 random points",
    "dead": "neurons that fire on no point",
    "dead_share": "their share",
    "f1_mean": "mean over concepts of the best neuron's F1 on the judging half; null without any",
    "f1_median": "median of the same",
    "f1_above_half": "concepts whose best neuron has F1 above 0.5",
    "jaccard_mean": "mean over concepts of the best neuron's Jaccard index on the judging half",
    "null_jaccard_mean": "the same with labels dealt out to other points",
    "or_jaccard_mean": "the same for the unions of up to five neurons",
    "detected": "concepts detected by their neuron at δ",
    "separated": "concepts separated by their neuron at δ and ε",
    "approximated": "concepts approximated by their neuron at η",
    "mutual": "concepts that are their best neuron's best concept",
    "edges": "pairs of parent and child",
    "absorbed": "of these, absorbed ones",
    "absorbed_owned": "of those, with a parent that is its neuron's own best concept",
    "absorbed_probed": "of those, with a linear probe for the parent that fires too; null if not asked",
    "naive": "pairs of parent and child that a naive rule takes for absorption",
    "naive_owned": "of those, with a parent that is its neuron's own best concept",
    "naive_controlled": "of those, with a linear probe for the parent that fires too; null if not asked",
    "families": "families listed",
    "lattice": "formal concepts listed",
    "notes": "what was cut short or left out, sentences",
    "options": "the options of the analysis",
    "checksums": "BLAKE2 of the SAE's weights, the points and the concepts",
    "seconds": "time by the clock of each stage",
    "saelib": "version of the library",
}
"""What each entry of ``facts.json`` says."""
