"""The bibliography: every key that a page cites exists once, with what a reader needs to find the work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

ROOT = Path(__file__).resolve().parents[2]
BIBLIOGRAPHY = parse_file(str(ROOT / "book" / "references.bib"), bib_format="bibtex")
KEYS = sorted(BIBLIOGRAPHY.entries)


def _cited() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in [*ROOT.glob("book/**/*.md"), *ROOT.glob("notebooks/*.py")]:
        for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", path.read_text(encoding="utf-8")):
            for key in group.split(","):
                found.setdefault(key.strip(), []).append(path.name)
    return found


def test_every_cited_key_is_in_the_bibliography():
    missing = {key: places for key, places in _cited().items() if key not in BIBLIOGRAPHY.entries}
    assert not missing


@pytest.mark.parametrize("key", KEYS)
def test_entry_names_author_title_and_year(key):
    entry = BIBLIOGRAPHY.entries[key]
    assert entry.persons.get("author") or entry.persons.get("editor")
    assert entry.fields["title"]
    assert re.fullmatch(r"(19|20)\d\d", entry.fields["year"])


@pytest.mark.parametrize("key", KEYS)
def test_entry_says_where_the_work_is(key):
    fields = BIBLIOGRAPHY.entries[key].fields
    assert {"journal", "booktitle", "publisher", "eprint", "howpublished"} & set(fields)


@pytest.mark.parametrize("key", [key for key in KEYS if "eprint" in BIBLIOGRAPHY.entries[key].fields])
def test_preprint_number_is_well_formed_and_not_later_than_the_publication(key):
    fields = BIBLIOGRAPHY.entries[key].fields
    number = re.fullmatch(r"(\d\d)(0[1-9]|1[0-2])\.\d{5}|(13)(12)\.\d{4}", fields["eprint"])
    assert number
    posted = 2000 + int(number[1] or number[3])
    assert posted <= int(fields["year"])


def test_no_work_is_listed_twice():
    titles = [re.sub(r"\W", "", entry.fields["title"]).lower() for entry in BIBLIOGRAPHY.entries.values()]
    assert len(titles) == len(set(titles))
