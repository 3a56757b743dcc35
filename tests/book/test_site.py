"""The site as files: every link and anchor alive, nothing fetched from elsewhere, every figure described."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.slow  # the site is built first

RESOURCES = {
    "script": ["src"],
    "link": ["href"],
    "img": ["src", "srcset"],
    "source": ["src", "srcset"],
    "iframe": ["src"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "object": ["data"],
    "embed": ["src"],
}


@cache
def _page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def _anchors(path: Path) -> frozenset[str]:
    page = _page(path)
    return frozenset(
        {tag["id"] for tag in page.find_all(id=True)}
        | {tag["name"] for tag in page.find_all("a", attrs={"name": True})}
    )


@pytest.fixture(scope="session")
def pages(site) -> list[Path]:
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.relative_to(site).parts)


def test_the_front_page_and_every_listed_page_are_there(site, pages):
    names = {path.relative_to(site).as_posix() for path in pages}
    assert {
        "index.html",
        "book/index.html",
        "book/claims.html",
        "book/glossary.html",
        "book/bibliography.html",
    } <= names


def test_every_internal_link_and_anchor_is_alive(site, pages):
    dead = []
    for path in pages:
        for tag in _page(path).find_all(True):
            for attribute in ("href", "src", "data-src"):
                target = tag.get(attribute)
                if not target or urlsplit(target).scheme or target.startswith("//"):
                    continue
                name, anchor = urldefrag(target)
                place = path if not name else (path.parent / unquote(urlsplit(name).path)).resolve()
                if place.is_dir():
                    place = place / "index.html"
                known = (
                    place.suffix != ".html" or not anchor or unquote(anchor) in _anchors(place)
                    if place.exists()
                    else False
                )
                if not known and not (tag.name == "a" and target == "#"):
                    dead.append(f"{path.relative_to(site)}: {target}")
    assert not dead, "\n".join(sorted(set(dead)))


def test_no_page_names_a_resource_from_elsewhere(site, pages):
    outside = [
        f"{path.relative_to(site)}: <{name} {attribute}={tag[attribute]}>"
        for path in pages
        for name, attributes in RESOURCES.items()
        for tag in _page(path).find_all(name)
        for attribute in attributes
        if re.match(r"(https?:)?//", tag.get(attribute) or "")
    ]
    assert not outside, "\n".join(outside)


def test_no_stylesheet_names_a_resource_from_elsewhere(site):
    outside = [
        f"{path.relative_to(site)}: {found}"
        for path in site.rglob("*.css")
        for found in re.findall(
            r"""(?:url\(|@import\s+)["']?((?:https?:)?//[^"')]+)""", path.read_text(encoding="utf-8")
        )
    ]
    assert not outside, "\n".join(outside)


def test_every_figure_is_described_in_words(site, pages):
    mute = []
    for path in pages:
        article = _page(path).find("article") or _page(path)
        for image in article.find_all("img"):
            words = (image.get("alt") or "").strip()
            # Without a description the writer falls back on the file's name, which describes nothing.
            if len(words.split()) < 3 or re.search(r"\.(png|svg|jpe?g)$", words):
                mute.append(f"{path.relative_to(site)}: {image.get('src')} is described as {words!r}")
    assert not mute, "\n".join(mute)


def test_every_declared_claim_has_its_anchor_and_a_verdict_in_words(site):
    from saelib.claims import declared

    ledger = _page(site / "book" / "claims.html")
    for claim in declared():
        section = ledger.find(id=f"claim-{claim}")
        assert section is not None, claim
        badge = section.find(class_="verdict")
        assert badge.get_text() in {"held", "held in part", "did not hold", "not run"}


def test_the_ledger_shows_what_the_results_folder_says(site):
    from saelib.claims import ledger

    page = _page(site / "book" / "claims.html")
    for row in ledger(Path(__file__).resolve().parents[2] / "results"):
        assert page.find(id=f"claim-{row.claim.id}").find(class_="verdict").get_text() == row.verdict


def test_the_glossary_has_an_anchor_for_every_term(site):
    glossary = _page(site / "book" / "glossary.html").find("dl", class_="glossary")
    terms = glossary.find_all("dt")
    assert len(terms) > 30
    assert all(term.get("id", "").startswith("term-") for term in terms)


def test_every_public_name_is_described_in_the_reference(site):
    described = {
        tag["id"]
        for page in (site / "book" / "api").glob("*.html")
        for tag in _page(page).find_all("dt", id=True)
    }
    packages = [
        "sets",
        "alignment",
        "sae",
        "data.synthetic",
        "data.language",
        "geometry.bounds",
        "claims",
        "plots",
        "study",
    ]
    modules = [import_module(f"saelib.{package}") for package in packages]
    public = {
        f"{module.__name__}.{name}"
        for module in modules
        for name in module.__all__
        if isfunction(getattr(module, name)) or isclass(getattr(module, name))
    }
    assert public <= described, sorted(public - described)


def test_there_is_one_search_box_a_page(pages):
    many = [
        path.name
        for path in pages
        if len(_page(path).select(".bd-sidebar form.bd-search, .bd-header form.bd-search")) > 1
    ]
    assert not many


def test_no_page_keeps_markup_that_was_not_rendered(site, pages):
    raw = []
    for path in pages:
        article = _page(path).find("article")
        if article is None:
            continue
        for code in _page(path).select("article pre, article code"):
            code.extract()
        raw += [
            f"{path.relative_to(site)}: {found}"
            for found in re.findall(r"\{[a-z:]+\}`|:::|\]\(\S+\.md", article.get_text())
        ]
    _page.cache_clear()
    assert not raw, "\n".join(raw)
