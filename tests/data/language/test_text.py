"""The novels: what is in them, and that nothing else is taken for them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from saelib import InputError
from saelib.data.language import BOOKS, paragraphs, parts_of_speech
from saelib.data.language import text as module


def test_three_novels_of_247503_words_in_63_chapters() -> None:
    found = paragraphs()
    assert len(found) == 4421
    assert sum(len(p.text.split()) for p in found) == 247_503
    chapters = Counter(book for book, _ in {(p.book, p.chapter) for p in found})
    assert chapters == dict(zip(BOOKS, (24, 12, 27), strict=True))


def test_quotation_marks_are_curly_and_nearly_always_paired() -> None:
    text = " ".join(p.text for p in paragraphs())
    assert '"' not in text
    # A speech of several paragraphs opens in each and closes once, so there are more that open.
    assert 0 < text.count("“") - text.count("”") < 0.15 * text.count("“")


def test_the_lexicon_has_only_words_of_the_novels_and_every_part_of_speech_they_may_be() -> None:
    words = set("".join(c if "a" <= c <= "z" else " " for c in " ".join(
        p.text for p in paragraphs()).lower()).split())  # fmt: skip
    known = parts_of_speech()
    assert set(known) <= words
    assert len(known) == 11_772
    assert known["house"] == ("adj", "noun", "verb")
    assert "the" not in known
    assert {part for parts in known.values() for part in parts} == {"adj", "adv", "aux", "noun", "verb"}


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (module._FOLDER / "lexicon.csv.gz").read_bytes()
    (tmp_path / "lexicon.csv.gz").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    with pytest.raises(InputError, match="another content"):
        module._rows(module._LEXICON)
    with pytest.raises(InputError, match="lack the file"):
        module._rows(module._NOVELS)


def test_the_licences_are_beside_the_files() -> None:
    assert "CC0" in (module._FOLDER / "README.md").read_text()
    assert "MIT" in (module._FOLDER / "LEMMINFLECT_LICENSE").read_text()
