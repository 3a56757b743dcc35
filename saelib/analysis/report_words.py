"""What the report says around its tables: its sections, what to look at, where the book explains it.

This text is the project's own, so it is HTML; nothing from outside stands here.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFINITIONS", "MAIN", "SECTIONS", "Section"]


@dataclass(frozen=True)
class Section:
    """One section of the report.

    Attributes
    ----------
    key : str
        Its anchor.
    title : str
        Its heading.
    table : str
        The table it shows; empty for none.
    words : str
        How to read it, HTML.
    chapters : tuple of str
        Chapters of the book that explain it.

    Examples
    --------
    >>> SECTIONS[0].key
    'concepts'
    """

    key: str
    title: str
    table: str
    words: str
    chapters: tuple[str, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "concepts",
        "Concepts",
        "concepts",
        "One row a concept, with the single neuron that matches it best. The neuron was chosen on one half "
        "of "
        "the points and everything shown was counted on the other half. Begin with <b>margin</b>: near zero, "
        "the match is no better than with shuffled labels. Then <b>recall</b> (how much of the concept the "
        "neuron catches) and <b>precision</b> (how much of its firing is the concept).",
        (
            "Three notions of learning, and what one buys in another",
            "Noise and samples: how far can you trust a matched neuron?",
        ),
    ),
    Section(
        "neurons",
        "Neurons",
        "neurons",
        "The same question from the other side: one row a neuron, with the concept that describes it best. "
        "A low <b>jaccard</b> says only that none of <em>your</em> concepts describes the neuron, not that "
        "nothing does.",
        ("Which neuron, which concept?",),
    ),
    Section(
        "pairs",
        "Pairs that matter",
        "pairs",
        "For every concept its five best neurons, with the counts from which all rates follow.",
        ("Three notions of learning, and what one buys in another",),
    ),
    Section(
        "splitting",
        "Splitting",
        "splitting",
        "A concept is split when several neurons share it. For each concept up to five neurons were joined, "
        "the "
        "most helpful first, and the union was compared with the concept. A large <b>or gain</b> says that "
        "the union catches what no single neuron does.",
        (
            "Splitting: what becomes of a coarse concept when the dictionary grows",
            "Units: when one neuron is not enough",
            "One neuron or several?",
        ),
    ),
    Section(
        "absorption",
        "Absorption",
        "edges",
        "A parent concept is absorbed by its child when the parent's neuron falls silent on exactly the "
        "child's "
        "points. That alone is a weak sign: look at pairs where <b>owns parent</b> and <b>own neurons</b> "
        "are "
        "both yes. Otherwise the parent's neuron means something else in the first place, and its silence "
        "tells nothing. Then look at <b>probe</b>: yes says that a linear probe for the parent still fires "
        "on these points, so the network knows and only the neuron does not; no says that they do not look "
        "like the parent to begin with. <b>Controlled</b> pairs are those of the naive rule that pass both.",
        ("Absorption",),
    ),
    Section(
        "families",
        "Families",
        "families",
        "Neurons that fire together, the steadiest groups first. Large <b>overlap</b> means that one fires "
        "only "
        "where the others do: a hierarchy. Random dictionaries have families as well, so their number is no "
        "sign of training; what they are about may be.",
        ("Families and hierarchy",),
    ),
    Section(
        "lattice",
        "Lattice",
        "lattice",
        "Which concepts are separated by the same neurons, all at once. A circle is a set of concepts with "
        "all "
        "neurons that separate every one of them; lines lead down to fewer concepts and more neurons. A name "
        "stands once: a circle has the concepts written at it and below, the neurons written at it and "
        "above.",
        ("Reading a lattice", "The lattice of an SAE"),
    ),
    Section(
        "geometry",
        "Geometry",
        "geometry",
        "For the concepts that are served worst: could any single neuron do better, or do other points lie "
        "between those of the concept? The first two kinds of error are proved, by a neuron that was built "
        "or by a "
        "certificate that none exists. Mind <b>by chance</b>: near 1, almost any division of so few points "
        "in so many dimensions can be separated, and a yes says nothing.",
        ("What can one neuron do?", "Whose fault is it?"),
    ),
    Section(
        "budgets",
        "Budgets",
        "budget",
        "What firing rates, the number of neurons active at a point and the number of concepts allow at "
        "all. The "
        "bounds are theorems: where one does not hold, the data and the labels do not belong together.",
        ("Capacity: how many concepts fit into a dictionary?",),
    ),
)
"""The sections in order."""

MAIN: dict[str, tuple[str, ...]] = {
    table: tuple(names.split())
    for table, names in {
        "concepts": "concept neuron jaccard null_jaccard margin recall precision leak detected separated "
        "approximated judged parent",
        "neurons": "neuron points rate concept jaccard recall precision second second_jaccard serves",
        "pairs": "concept rank neuron jaccard recall precision leak count concept_size neuron_size",
        "splitting": "concept neuron jaccard or_jaccard or_gain split_into or_neurons",
        "edges": "parent child parent_neuron child_neuron n_child n_absorbed rate gap own_neurons "
        "owns_parent absorbed naive probe controlled",
        "families": "family neurons concepts size support lift overlap",
        "lattice": "node concepts neurons n_concepts n_neurons delta",
        "geometry": "concept neuron errors unavoidable avoidable open fault one_neuron by_chance",
        "budget": "bound quantity kind limit measured unit holds meaning",
    }.items()
}
"""Columns shown before the reader asks for all, by table."""

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "A concept",
        "is the set of points that carry its label; a neuron stands for the set of points on which it fires.",
    ),
    ("Recall", "is the share of the concept's points on which the neuron fires: |θ ∩ C| / |C|."),
    ("Precision", "is the share of the neuron's firing that is on the concept: |θ ∩ C| / |θ|."),
    (
        "Leak",
        "is the share of all other points on which the neuron fires: |θ ∖ C| / |X ∖ C|. For a rare concept "
        "a small leak can still mean a poor precision.",
    ),
    (
        "Jaccard index",
        "is the points of both over the points of either: |θ ∩ C| / |θ ∪ C|. It orders pairs as F1 does, F1 "
        "= 2J / (1 + J).",
    ),
    ("Detected", "the neuron misses at most a share δ of the concept."),
    ("Separated", "detected, and the neuron fires on at most a share ε of all other points."),
    (
        "Approximated",
        "the Jaccard index is at least 1 − η: the strongest of the three, the neuron practically is the "
        "concept.",
    ),
    (
        "Two halves",
        "neurons are chosen on one half of the points and judged on the other, so that a lucky choice does "
        "not flatter the result.",
    ),
    (
        "The null",
        "repeats choice and judgement with the labels dealt out at random; a real match has to beat it.",
    ),
    (
        "Intervals",
        "in brackets are Wilson intervals at 95 %, which take concepts, neurons or points as drawn "
        "independently. Nested concepts are not, so take them as a guide.",
    ),
)
"""Each number of the report, in words."""
