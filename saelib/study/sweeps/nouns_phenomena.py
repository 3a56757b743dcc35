"""What is asked of Top-K SAEs on nouns beyond single neurons: splitting, absorption, families, lattices.

Neurons, names and thresholds are chosen on one half of the nouns; whatever is reported is counted on the
other, unless a column says *chosen*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from saelib.data.language import Nouns
    from saelib.sae import SAE
    from saelib.study.settings.nouns import Nouns as Settings

PHENOMENA_TABLES = (
    "nouns_edges",
    "nouns_absorption",
    "nouns_published",
    "nouns_units",
    "nouns_agreement",
    "nouns_order",
    "nouns_families",
    "nouns_flow",
    "nouns_flow_examples",
    "nouns_subtree",
)


def phenomena(
    saes: dict[int, SAE],
    points: npt.NDArray[np.float32],
    halves: npt.NDArray[np.bool_],
    nouns: Nouns,
    settings: Settings,
    seed: int,
    k: int,
) -> dict[str, pd.DataFrame]:
    """Measure the SAEs of one sparsity and one seed, of all sizes, and their nulls.

    Parameters
    ----------
    saes : dict of int to SAE
        Top-K SAEs by their number of neurons.
    points : ndarray [n, d_in]
        Normalised activations, one row a noun.
    halves : ndarray of bool [n]
        The half to choose on (True), and the half to judge on.
    nouns : Nouns
        The nouns with their concepts.
    settings : Nouns
        Those of the sweep; its ``phenomena`` and ``most``.
    seed, k : int
        Which cell this is; the seed draws all nulls too.

    Returns
    -------
    dict of str to DataFrame
        All begin with ``k``, ``seed`` and ``d_sae``. *Kind* is ``trained``, ``labels dealt out`` (memberships
        of whole nouns permuted within each half, everything chosen and judged anew) or ``random directions``
        (an untrained dictionary of the same size and k). A concept is *asked* if both halves have a noun of
        it.

        ``nouns_absorption``, one row a dictionary, kind and ``share``: of ``edges`` of the forest (all;
        ``asked`` of them with both concepts asked), ``pairs`` (parent and child have different best neurons,
        both alive on the judging half), ``naive`` (the child's neuron fires on at least this share of the
        child, and on at least this share of those nouns the parent's neuron is silent), ``own`` (naive, and
        the parent's neuron has the parent as its best concept), ``probe`` (naive, and a linear probe for the
        parent finds at least this share of the nouns on which the parent's neuron is silent and the child's
        fires), ``both``. For labels dealt out the means over ``draws`` permutations. E9's quantity is
        ``both`` of *trained* minus ``both`` of *labels dealt out* at ``share`` = settings.phenomena.share
        (rows with ``decides``).

        ``nouns_edges``, one row a trained dictionary and edge (both asked): ``parent``, ``child``,
        ``parent_neuron``, ``child_neuron``, ``n_parent``, ``n_child``, ``on_child``, ``hit`` (nouns of the
        child on which its neuron fires), ``n_absorbed``, ``rate``, ``gap``, ``implication`` (as
        :func:`saelib.phenomena.absorption`), ``order`` (as :func:`saelib.phenomena.hierarchy`),
        ``probe_found`` (of the absorbed nouns, those that the parent's probe finds), ``naive``, ``own``,
        ``probe``, ``both`` (at the deciding share), and ``chance``, the share of all nouns on which the
        parent's neuron fires: what ``implication`` would be if it cared for nothing.

        ``nouns_published``, one row a dictionary and one of a few edges: ``parent``, ``child``, ``n`` (nouns
        of the child that the parent's probe finds), ``fraction`` and ``full``, means of SAEBench's measure
        over them, with the parent's best neuron as its split set; unavailable without such nouns.

        ``nouns_units``, one row a dictionary and asked concept: ``concept``, ``n`` (judging half);
        ``best``, ``or_five``: F1 of the best neuron at its best level, and of the best OR of at most
        ``settings.most`` neurons at any levels, chosen on the choosing half (greedily), with
        ``best_chosen``, ``or_five_chosen`` there and ``neurons``, how many the OR takes; the same pair for
        plain firing, ``best_firing`` and ``or_firing``; ``dealt_best``, ``dealt_or`` for labels dealt out
        and ``random_best``, ``random_or`` for random directions (every few concepts, unavailable
        elsewhere); ``needs``, neurons of the smallest OR found within Jaccard distance η on the choosing
        half (unavailable if none was found), and ``needs_jaccard``, its Jaccard index on the judging half.
        E9's quantity is the share of rows with ``or_five - best >= 0.1``.

        ``nouns_agreement``, one row a dictionary, kind, ``score`` (of learning) and ``interpret_score``:
        ``learned`` concepts with a best neuron, ``agree`` (the neuron's best concept is the concept),
        ``kin`` (it is an ancestor or a descendant); ``across``: agree if the neuron is chosen on the choosing
        half; ``inside``, ``inside_apart``: pairs within both radii of T12b and those of them that do not
        agree (Jaccard index both ways only). Counted on the judging half. Disagreement is
        ``1 - agree / learned``, beyond kin ``1 - (agree + kin) / learned``, as in E6.

        ``nouns_order``, one row a dictionary, kind (also ``neurons dealt out``: among the concepts of a
        level) and ``order``, as :func:`saelib.phenomena.hierarchy`: ``edges``, how many.

        ``nouns_families``, one row a dictionary and kind (*trained*, *random directions*, or *points drawn
        anew*: every neuron on as many nouns as before, but any): ``families``, ``complete``, ``largest``
        (neurons), ``twice`` (families of lift at least 2), ``explained`` (those of ``families`` whose region
        has Jaccard index ≥ 0.5 with a concept), ``pairs`` (families of two), ``clusters``, ``clustered``
        (neurons in them), ``no_point`` (clusters without a common noun).

        ``nouns_flow``, one row an ordered pair of sizes (``d_sae`` < ``to``) and kind: ``alive``, coarse
        neurons; of them ``kept`` (a fine one has Jaccard index ≥ 0.5), ``split`` (two or more fine ones lie
        inside by half), ``gone`` (none does); ``fine_alive``, ``new`` (inside no coarse one); ``named``
        pairs of a coarse neuron and its part that both have a name, and of them ``same``, ``narrower``,
        ``wider``, ``unrelated``; with ``dealt_`` the means over fine names dealt out anew.

        ``nouns_flow_examples``, one row a link from a neuron of ``d_sae`` to one of the next size ``to``,
        beginning at the best neuron of an ``example`` concept in the smallest: ``coarse``, ``fine``,
        ``n_coarse``, ``n_fine``, ``n_both``, ``coarse_name``, ``fine_name`` (unavailable without a name),
        ``coarse_jaccard``, ``fine_jaccard``, of the name on the judging half.

        ``nouns_subtree``, one row a dictionary, ``half`` (*choosing*, *judging*), ``part`` (*concept* or
        *neuron*) and distinct set of the subtree's largest concepts that hold for a noun of it, or of their
        best neurons that fire: ``pattern``, names separated by ``|`` (neurons by the concept that they stand
        for), and ``nouns``, how many.

    Examples
    --------
    >>> PHENOMENA_TABLES[:2]
    ('nouns_edges', 'nouns_absorption')
    """
    raise NotImplementedError
