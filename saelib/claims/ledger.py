"""The ledger: every declared claim beside what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from saelib.claims import storage
from saelib.claims.declaration import Claim, declared
from saelib.claims.results import results_folder


@dataclass(frozen=True)
class Row:
    """One line of the ledger.

    Parameters
    ----------
    claim : Claim
        The declaration.
    verdict : {"held", "held in part", "did not hold", "not run"}
        Computed from the measurements and the declared criteria.
    measurements : mapping of str to Measurement
        What was recorded, by quantity; empty if nothing was.

    Examples
    --------
    >>> row = ledger(results="no/such/folder")[0]
    >>> row.claim.id, row.verdict
    ('T1', 'not run')
    """

    claim: Claim
    verdict: str
    measurements: Mapping[str, storage.Measurement]

    def holds(self, quantity: str) -> bool | None:
        """Whether one quantity meets its criterion; ``None`` if it was not recorded.

        Examples
        --------
        >>> ledger(results="no/such/folder")[0].holds("violations") is None
        True
        """
        if quantity not in self.measurements:
            return None
        measured = self.measurements[quantity]
        return self.claim.quantities[quantity].criterion.holds(measured.value, measured.interval)


def ledger(results: str | Path | None = None) -> list[Row]:
    """Every declared claim with its verdict, theorem checks first.

    Parameters
    ----------
    results : path, optional
        The results folder; by default the one of the running study, else the nearest above the working
        directory, else the project's own.

    Returns
    -------
    list of Row
        One row a declared claim, recorded or not.

    Raises
    ------
    InputError
        If a claim's file is malformed or contradicts the declaration.

    Examples
    --------
    >>> {row.verdict for row in ledger(results="no/such/folder")}
    {'not run'}
    """
    folder = Path(results) if results is not None else results_folder()
    rows = []
    for claim in declared().values():
        found = (storage.read(claim, folder) if folder is not None else None) or {}
        rows.append(Row(claim, storage.verdict_of(claim, found), found))
    return rows
