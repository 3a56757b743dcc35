from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saelib import InputError
from saelib.claims import declared, ledger, storage
from saelib.claims.results import results_folder


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    storage.write(declared()["T5d"], {"violations": storage.Measurement(0, n=360)}, tmp_path)
    return tmp_path


def test_every_declared_claim_has_a_row_and_only_the_recorded_one_a_verdict(recorded: Path) -> None:
    verdicts = {row.claim.id: row.verdict for row in ledger(recorded)}
    assert list(verdicts) == list(declared())
    assert verdicts.pop("T5d") == "held"
    assert set(verdicts.values()) == {"not run"}


def test_a_row_says_of_each_quantity_whether_it_holds(recorded: Path) -> None:
    rows = {row.claim.id: row for row in ledger(recorded)}
    assert rows["T5d"].holds("violations") is True
    assert rows["T5e"].holds("violations") is None


def _set(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("quantities", to=[]), "lacks a part or has a wrong one"),
        (_set("quantities", "violations", to={}), "lacks a part"),
        (_set("quantities", "violations", "value", to="0"), "lacks a part or has a wrong one"),
        (_set("quantities", "violations", "interval", to=[1]), "lacks a part or has a wrong one"),
        (
            _set("quantities", "violations", "value", to=3),
            "states a verdict for 'violations' that its numbers",
        ),
        (_set("quantities", "violations", "holds", to=False), "states a verdict for 'violations'"),
        (_set("quantities", "violations", "criterion", "threshold", to=5), "judged by another criterion"),
        (_set("verdict", to="did not hold"), "states 'T5d' 'did not hold', which its numbers do not give"),
        (_set("claim", to="T5e"), "states 'T5e'"),
    ],
)
def test_a_file_that_was_tampered_with_is_named(
    recorded: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    path = recorded / "claims" / "T5d.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=rf"T5d\.json .*{message}.*: run the notebook"):
        ledger(recorded)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe"])
def test_a_malformed_file_is_named(recorded: Path, content: bytes) -> None:
    (recorded / "claims" / "T5d.json").write_bytes(content)
    with pytest.raises(InputError, match=r"T5d\.json"):
        ledger(recorded)


def test_the_results_of_the_running_study_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAELIB_RESULTS", str(tmp_path))
    assert results_folder() == tmp_path


def test_then_the_nearest_results_upward_that_have_a_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAELIB_RESULTS", raising=False)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "manifest.json").write_text("{}")
    deep = tmp_path / "a" / "results"  # without a manifest: somebody else's results
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert results_folder() == tmp_path / "results"
