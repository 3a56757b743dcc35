"""The book's own roles and directives, on a small book of one page."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from saelib.claims import declared, storage

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"
CHAPTER = "02_size_and_sparsity"


@pytest.fixture
def render(tmp_path, monkeypatch):
    """Render one page of MyST and return it, with the warnings that were given."""
    monkeypatch.syspath_prepend(str(EXTENSIONS))

    def build(text: str, chapter: bool = True) -> tuple[BeautifulSoup, str]:
        source = tmp_path / "book"
        (source / "notebooks").mkdir(parents=True, exist_ok=True)
        (source / "index.md").write_text(f"# Page\n\n{text}\n", encoding="utf-8")
        if chapter:
            (source / "notebooks" / f"{CHAPTER}.md").write_text("---\norphan: true\n---\n# The chapter\n")
        warnings = io.StringIO()
        overrides = {
            "extensions": ["myst_parser", "sphinx.ext.autodoc", "ledger", "worded_types", "top_level_names"],
            "html_theme": "basic",
            "nitpicky": True,
        }
        with docutils_namespace():
            out = tmp_path / "out"
            app = Sphinx(source, None, out, out, "html", overrides, status=None, warning=warnings)
            app.build()
        page = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html.parser")
        return page, warnings.getvalue()

    yield build
    for name in ("ledger", "worded_types", "top_level_names"):
        sys.modules.pop(name, None)


def _measure(tmp_path: Path, claim: str, **values: float | tuple[float, float, float]) -> None:
    found = {
        name: storage.Measurement(value)
        if isinstance(value, int | float)
        else storage.Measurement(value[0], interval=value[1:], n=5)
        for name, value in values.items()
    }
    storage.write(declared()[claim], found, tmp_path / "book" / "results")


BOTH, ONE, NONE = (0.2, 0.1, 0.3), (0.2, -0.1, 0.3), (-0.2, -0.3, -0.1)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [(BOTH, BOTH, "held"), (BOTH, ONE, "held in part"), (NONE, ONE, "did not hold")],
)
def test_badge_says_what_follows_from_the_measurements(render, tmp_path, first, second, verdict):
    _measure(tmp_path, "E3", above_sparsest=first, above_densest=second)
    page, warnings = render("Verdict: {verdict}`E3`")
    assert not warnings
    badge = page.find(class_="verdict")
    assert badge.get_text() == verdict
    assert "verdict-" + verdict.replace(" ", "-") in badge["class"]


def test_badge_of_an_unmeasured_claim_says_not_run(render):
    page, _ = render("{verdict}`E3`")
    assert page.find(class_="verdict-not-run").get_text() == "not run"


def test_measured_value_comes_with_its_interval(render, tmp_path):
    _measure(tmp_path, "E3", above_sparsest=(0.21234, -0.10004, 0.3), above_densest=BOTH)
    page, _ = render("{measured}`E3.above_sparsest`")
    assert page.find(class_="measured").get_text() == "0.212 (−0.1 to 0.3)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (123456, "123,456"),
        (1234.5, "1,234"),
        (0.5, "0.5"),
        (-0.25, "−0.25"),
        (-3.21e-7, "−3.2 × 10⁻⁷"),
    ],
)
def test_numbers_are_shown_as_people_write_them(render, tmp_path, value, shown):
    _measure(tmp_path, "T5d", violations=value)
    page, _ = render("{measured}`T5d`")
    assert page.find(class_="measured").get_text() == shown


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{verdict}`E99`", "no claim 'E99' is declared"),
        ("{measured}`E99.gain`", "no claim 'E99' is declared"),
        ("{measured}`E3.beauty`", "claim E3 has no quantity 'beauty': it has above_sparsest, above_densest"),
        ("{measured}`E3`", "claim E3 has no quantity ''"),
    ],
)
def test_an_unknown_name_is_a_warning_that_names_the_known_ones(render, text, complaint):
    _, warnings = render(text)
    assert complaint in warnings


def test_ledger_has_a_label_for_every_claim(render):
    references = " ".join(f"{{ref}}`{claim} <claim-{claim}>`" for claim in declared())
    page, warnings = render(f"{references}\n\n## All\n\n```{{claims-ledger}}\n```")
    assert not warnings
    for claim in declared():
        assert page.find(id=f"claim-{claim}") is not None
        assert page.find("a", href=f"#claim-{claim}", class_="reference") is not None


def test_ledger_states_quantity_criterion_value_size_and_answer(render, tmp_path):
    _measure(tmp_path, "E3", above_sparsest=BOTH, above_densest=ONE)
    page, _ = render("```{claims-ledger}\n```")
    lines = page.find(id="claim-E3").find("tbody").find_all("tr")
    cells = [[cell.get_text() for cell in line.find_all("td")] for line in lines]
    assert [line[1:] for line in cells] == [
        ["> 0", "0.2 (0.1 to 0.3)", "5", "yes"],
        ["> 0", "0.2 (−0.1 to 0.3)", "5", "no"],
    ]


@pytest.mark.parametrize("chapter", [True, False])
def test_ledger_links_only_chapters_that_exist(render, chapter):
    page, warnings = render("```{claims-ledger}\n```", chapter=chapter)
    assert not warnings
    facts = page.find(id="claim-E1").find(class_="claim-facts")
    link = facts.find("a", href=f"notebooks/{CHAPTER}.html")
    assert (link is not None) == chapter
    assert ("a later chapter" in facts.get_text()) != chapter


def test_a_file_that_contradicts_its_declaration_fails_the_page(render, tmp_path):
    file = storage.file_of("E3", tmp_path / "book" / "results")
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    with pytest.raises(Exception, match="E3"):
        render("{verdict}`E3`")


def test_names_from_outside_are_escaped(render, tmp_path, monkeypatch):
    from dataclasses import replace

    hostile = replace(declared()["T5d"], statement="<script>alert(1)</script> & `more`")
    # By the name in sys.modules: the package's own attribute of that name is the function.
    monkeypatch.setattr(sys.modules["saelib.claims.ledger"], "declared", lambda: {"T5d": hostile})
    page, _ = render("```{claims-ledger}\n```")
    section = page.find(id="claim-T5d")
    assert section.find("script") is None
    assert "<script>alert(1)</script> & `more`" in section.get_text()


def test_types_in_words_pass_and_a_role_to_nothing_fails(render):
    fields = "   :param x: Points.\n   :type x: int array_like, length n\n"
    described = f"```{{eval-rst}}\n.. py:function:: f(x)\n\n{fields}```"
    assert render(described)[1] == ""
    assert "Nowhere" in render(described + "\n\n{py:class}`Nowhere`")[1]


def test_a_public_name_leads_to_where_it_is_described(render):
    text = "{py:func}`saelib.align`\n\n```{eval-rst}\n.. autofunction:: saelib.alignment.align\n```"
    page, warnings = render(text)
    assert not warnings
    assert page.find("a", href="#saelib.alignment.align", class_="reference") is not None
