"""Human concepts as sets of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from saelib.errors import InputError
from saelib.sets._family import SetFamily
from saelib.sets._forest import check_nested, checked_parents, inherited, levels

if TYPE_CHECKING:
    import pandas as pd


class ConceptSet(SetFamily):
    """A family of human concepts, each the set of points it holds for, possibly ordered as a forest.

    Parameters
    ----------
    membership : scipy sparse or array_like, shape [n_points, n_concepts]
        True (or 1) where the point has the concept.
    names : sequence of str, optional
        One unique name a concept; ``"concept 0"``, ``"concept 1"``, … if left out.
    parents : sequence of int, str or None, optional
        For each concept the number or the name of the concept it is a special case of; -1 or None for a
        root. A child must be a subset of its parent.

    Attributes
    ----------
    membership : scipy.sparse.csr_array
        Boolean [n_points, n_concepts], canonical (sorted, no duplicates, no explicit zeros).
    names : tuple of str
        Names of the concepts.
    parents : ndarray
        int64 [n_concepts], -1 for roots.

    Raises
    ------
    InputError
        If the membership is not a matrix of zeros and ones, names are not unique strings, parents do not
        exist, run in a circle or do not contain their children; the first offender is named.

    Notes
    -----
    This is the family 𝒞 of the framework (theory §0). Indexing by a name or a number gives the extent,
    indexing by a list, mask or slice gives a smaller family.

    Examples
    --------
    >>> concepts = ConceptSet([[1, 1], [1, 0], [0, 0]], names=["animal", "dog"], parents=[-1, "animal"])
    >>> concepts
    ConceptSet(2 concepts over 3 points: 'animal', 'dog')
    >>> concepts["animal"], concepts.sizes, concepts.levels
    (array([0, 1]), array([2, 1]), array([0, 1]))
    """

    _kind: ClassVar[str] = "concept"

    def __init__(
        self,
        membership: Any,
        names: Sequence[str] | None = None,
        parents: Sequence[int | str | None] | np.ndarray | None = None,
    ) -> None:
        super().__init__(membership, names)
        self.parents: np.ndarray = checked_parents(parents, self.names)
        check_nested(self.membership, self.parents, self.names)

    @property
    def n_concepts(self) -> int:
        """Number of concepts."""
        return self.n_sets

    @cached_property
    def levels(self) -> np.ndarray:
        """Depth of each concept in the forest, int64 [n_concepts]; roots are 0."""
        return levels(self.parents)

    @classmethod
    def from_labels(cls, labels: pd.DataFrame, parents: Mapping[str, str] | None = None) -> Self:
        """Make concepts from a table of labels.

        Parameters
        ----------
        labels : pandas.DataFrame, n_points rows
            A boolean column is one concept under the column's name. Any other column makes one concept
            ``"column=value"`` a value: values in sorted order, or all categories in their own order for a
            categorical column (also those that never occur, so that two tables with the same categories
            give the same concepts).
        parents : mapping of str to str, optional
            Child to parent, by name; concepts that are not named are roots.

        Raises
        ------
        InputError
            If a label is missing, two concepts get the same name, or a parent does not fit.

        Examples
        --------
        >>> import pandas as pd
        >>> labels = pd.DataFrame({"even": [True, False, True], "digit": [2, 3, 4]})
        >>> concepts = ConceptSet.from_labels(labels, parents={"digit=2": "even"})
        >>> concepts.names
        ('even', 'digit=2', 'digit=3', 'digit=4')
        >>> concepts.parents
        array([-1,  0, -1, -1])
        """
        _check_table(labels)
        names: list[str] = []
        columns: list[sparse.csc_array] = []
        for position, column in enumerate(labels.columns):
            new_names, block = _column_concepts(labels.iloc[:, position].infer_objects(), str(column))
            names += new_names
            columns.append(block)
        membership = sparse.hstack(columns, format="csr") if columns else np.zeros((len(labels), 0), bool)
        links: list[int | str | None] = [None] * len(names)
        position_of = {name: i for i, name in enumerate(names)}
        for child, parent in (parents or {}).items():
            if child not in position_of:
                raise InputError(
                    "parents", f"has a child {child!r}, which names no concept", "name a concept"
                )
            links[position_of[child]] = parent
        return cls(membership, names, links)

    def _rebuilt(self, membership: sparse.csr_array, chosen: np.ndarray) -> Self:
        new = super()._rebuilt(membership, chosen)
        # Containment is transitive, so a concept whose parent was left out goes to its nearest ancestor.
        new.parents = inherited(self.parents, chosen)
        return new


def _check_table(labels: Any) -> None:
    if not hasattr(labels, "iloc") or not hasattr(labels, "columns"):
        raise InputError(
            "labels", f"is a {type(labels).__name__}", "give a pandas DataFrame, one row a point"
        )
    missing = labels.isna().to_numpy()
    if missing.any():
        row, column = divmod(int(missing.argmax()), missing.shape[1])
        raise InputError(
            "labels",
            f"is missing column {str(labels.columns[column])!r} at row {row}",
            "fill the gap or drop the row",
        )


def _column_concepts(column: Any, title: str) -> tuple[list[str], sparse.csc_array]:
    """Names and membership [n_points, values] of the concepts in one column of labels."""
    if column.dtype == bool or column.dtype.name == "boolean":
        return [title], sparse.csc_array(column.to_numpy(dtype=bool)[:, None])
    categorical = column.astype("category").cat
    codes = categorical.codes.to_numpy()
    rows = np.arange(len(codes))
    shape = (len(codes), len(categorical.categories))
    block = sparse.csc_array((np.ones(len(codes), dtype=bool), (rows, codes)), shape=shape)
    return [f"{title}={value}" for value in categorical.categories], block
