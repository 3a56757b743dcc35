from __future__ import annotations

from pathlib import Path

import pytest

from saelib import InputError
from saelib.claims import Criterion, declared

THEOREMS = [f"T{name}" for name in (1, 2, 3, 4, "5a", "5b", "5c", "5d", "5e", *range(6, 14))]
EMPIRICAL = [f"E{number}" for number in range(1, 14)] + ["D1", "D2", "D3", "S1"]

WHOLE = """
[T1]
statement = "s"
source = "new"
notebook = "01_a"
[T1.quantities.q]
meaning = "m"
criterion = { kind = "at_most", threshold = 0 }
"""


def test_every_theorem_and_every_empirical_claim_is_declared_in_reading_order() -> None:
    assert list(declared()) == THEOREMS + EMPIRICAL


def test_every_statement_and_meaning_is_a_sentence_of_its_own() -> None:
    statements = [claim.statement for claim in declared().values()]
    assert len(set(statements)) == len(statements)
    assert all(statement.endswith(".") and len(statement) > 40 for statement in statements)
    assert all(len(q.meaning) > 20 for claim in declared().values() for q in claim.quantities.values())


@pytest.mark.parametrize(
    ("claim", "quantities"),
    [
        ("E1", ["nesting_violations", "gap_detected_separated", "gap_separated_approximated"]),
        ("E2", ["fine_gain", "coarse_loss"]),
        ("E3", ["above_sparsest", "above_densest"]),
        ("E4", ["parents_relu_minus_topk", "leaves_topk_minus_relu"]),
        ("T5d", ["violations"]),
        ("T5e", ["violations"]),
    ],
)
def test_the_central_experiment_decides_these_quantities(claim: str, quantities: list[str]) -> None:
    assert declared()[claim].notebook == "02_size_and_sparsity"
    assert set(quantities) <= set(declared()[claim].quantities)


def test_no_empirical_claim_rests_only_on_counts_that_a_theorem_makes_zero() -> None:
    for claim in (claim for name, claim in declared().items() if not name.startswith("T")):
        kinds = {quantity.criterion.kind for quantity in claim.quantities.values()}
        assert kinds & {"above", "below"}, claim.id


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("source", "sauce"), "claim T1 has the unknown key 'sauce'|claim T1 lacks 'source'"),
        (('"new"', '"old"'), "claim T1 has source 'old': give one of seed"),
        (('"at_most"', '"around"'), "kind is 'around': give one of at_most"),
        (("threshold = 0", 'threshold = "0"'), "threshold is '0': give a finite number"),
        (("threshold = 0", "threshold = nan"), "threshold is nan: give a finite number"),
        (('meaning = "m"', ""), "claim T1.q lacks 'meaning'"),
        (("T1", "Theorem"), "claim Theorem has no id of the form"),
        (("[T1.quantities.q]", "[T1.quantities]"), "claim T1.meaning is not a table"),
        (('statement = "s"', "statement ="), "is not TOML"),
    ],
)
def test_a_faulty_declaration_names_its_fault(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "declared.toml"
    path.write_text(WHOLE.replace(*change))
    with pytest.raises(InputError, match=message):
        declared(path)


def test_a_quantity_added_late_says_so() -> None:
    notes = {f"{c.id}.{q.name}": q.note for c in declared().values() for q in c.quantities.values() if q.note}
    assert "after trial trainings" in notes["E2.coarse_parts"]


def test_a_claim_without_quantities_cannot_be_declared(tmp_path: Path) -> None:
    path = tmp_path / "declared.toml"
    path.write_text('[T1]\nstatement = "s"\nsource = "new"\nnotebook = "a"\n[T1.quantities]\n')
    with pytest.raises(InputError, match="claim T1 declares no quantity"):
        declared(path)


@pytest.mark.parametrize(
    ("kind", "below", "at", "above"),
    [
        ("at_most", True, True, False),
        ("below", True, False, False),
        ("at_least", False, True, True),
        ("above", False, False, True),
    ],
)
def test_each_kind_of_criterion_below_at_and_above_its_threshold(
    kind: str, below: bool, at: bool, above: bool
) -> None:
    criterion = Criterion(kind, 1.0)
    assert [criterion.holds(value) for value in (0.5, 1.0, 1.5)] == [below, at, above]


@pytest.mark.parametrize("kind", ["at_most", "below", "at_least", "above"])
def test_an_interval_across_the_threshold_never_holds(kind: str) -> None:
    assert not Criterion(kind, 1.0).holds(0.9, (0.5, 1.5))
    assert not Criterion(kind, 1.0).holds(1.1, (0.5, 1.5))


@pytest.mark.parametrize(
    ("kind", "interval", "holds"),
    [
        ("at_most", (0.0, 1.0), True),
        ("below", (0.0, 1.0), False),
        ("at_least", (1.0, 2.0), True),
        ("above", (1.0, 2.0), False),
        ("above", (1.001, 2.0), True),
    ],
)
def test_the_worse_end_of_the_interval_decides(kind: str, interval: tuple[float, float], holds: bool) -> None:
    assert Criterion(kind, 1.0).holds(sum(interval) / 2, interval) is holds
