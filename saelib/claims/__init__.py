"""What the study claims, declared before it is measured, and what was found.

``declared.toml`` holds every claim with the numbers that decide it and the side of the threshold they must
lie on. A notebook hands its numbers to :func:`record`; the verdict is computed, never written by hand.
Standard library only: the ledger opens at once.
"""

from saelib.claims.criterion import Criterion
from saelib.claims.declaration import Claim, Quantity, declared
from saelib.claims.ledger import Row, ledger
from saelib.claims.recording import Verdict, record

__all__ = ["Claim", "Criterion", "Quantity", "Row", "Verdict", "declared", "ledger", "record"]
