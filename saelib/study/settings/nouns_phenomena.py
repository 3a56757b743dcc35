"""Settings: what is asked of the SAEs on nouns besides how well single neurons do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NounsPhenomena:
    """Splitting, absorption, families and lattices, and how often each is asked of chance.

    Parameters
    ----------
    levels : tuple of float
        Thresholds that a neuron may have in an OR: these quantiles of its positive activations; 0 is any.
    read : int
        Every so many-th concept is read by ORs.
    every : int
        Of these, every so many-th concept gets its OR by chance too, from labels dealt out anew and from
        random directions.
    eta : float
        Jaccard distance within which an OR is near a concept, for the splitting number.
    share : float
        What counts as *most* of a set of points where absorption is looked for; the ones in ``shares`` say
        what hangs on it.
    shares : tuple of float
        Other values of it.
    permutations : int
        Times labels are dealt out anew, for absorption.
    published : int
        Edges, spread over their sizes, that SAEBench's measure is computed on.
    probed : int
        Nouns with, and as many without, that its probe is fitted to, at most.
    named : float
        Least Jaccard index, on the choosing half, of a neuron with its best concept for it to have a name.
    family_share : float
        Least support of a family, as a share of the nouns.
    family_work : int
        Budget of the search for families.
    cluster : float
        Least Jaccard index of two neurons that are put in one cluster.
    subtree : str
        Concept whose subtree is drawn.
    widest : int
        Concepts drawn, at most: the largest of the subtree.
    examples : tuple of str
        Concepts; neurons with a name at or below one are followed from size to size.

    Examples
    --------
    >>> settings = NounsPhenomena()
    >>> settings.share in settings.shares, settings.levels[0]
    (False, 0.0)
    """

    levels: tuple[float, ...] = (0.0, 0.5, 0.8, 0.95)
    read: int = 1
    every: int = 5
    eta: float = 0.5
    share: float = 0.5
    shares: tuple[float, ...] = (0.3, 0.7)
    permutations: int = 10
    published: int = 20
    probed: int = 500
    named: float = 0.1
    family_share: float = 0.01
    family_work: int = 100_000_000
    cluster: float = 0.3
    subtree: str = "animal"
    widest: int = 12
    examples: tuple[str, ...] = ("animal",)


FULL = NounsPhenomena()
QUICK = NounsPhenomena(
    read=12, every=5, permutations=1, published=1, probed=60, family_work=1_000_000, family_share=0.2
)
