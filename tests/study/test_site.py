from __future__ import annotations

from pathlib import Path

import pytest

from saelib.study import site

CONFIG = """
title: Tiny
only_build_toc_files: true
execute: {execute_notebooks: "off"}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "book").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    (folder / "_config.yml").write_text(CONFIG)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    (folder / "book" / "index.md").write_text("# Tiny\n")
    (folder / "notebooks" / "01_a.py").write_text("# %%\n1\n")
    (folder / "notebooks" / "01_a.ipynb").write_text("the committed one")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    root = tmp_path / "run"
    for name, content in {"notebooks/01_a.ipynb": "this run's", "results/claims/T1.json": "{}"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def test_a_run_is_shown_with_its_own_notebooks_and_results(book: Path, run: Path) -> None:
    folder = site.assemble(book, run)
    assert (folder / "notebooks/01_a.ipynb").read_text() == "this run's"
    assert (folder / "results/claims/T1.json").is_file()
    assert (folder / "book/index.md").read_text() == "# Tiny\n"


def test_assembling_again_touches_only_what_changed(book: Path, run: Path) -> None:
    folder = site.assemble(book, run)
    before = (folder / "_config.yml").stat().st_mtime_ns
    (book / "book/index.md").write_text("# New\n")
    (run / "notebooks/01_a.ipynb").unlink()
    site.assemble(book, run)
    assert (folder / "_config.yml").stat().st_mtime_ns == before
    assert (folder / "book/index.md").read_text() == "# New\n"
    assert not (folder / "notebooks/01_a.ipynb").exists(), "a page of a notebook that is gone"


@pytest.mark.slow
def test_a_page_with_a_warning_is_no_site_and_the_warning_is_named(
    book: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert site.build(book, book / "results") >= 2
    assert (book / "_build/html/book/index.html").is_file()
    (book / "book/index.md").write_text("# Tiny\n\n[nowhere](no_such_page.md)\n")
    with pytest.raises(site.SiteError, match=r"the site has \d+ warnings or errors, the first: .*index\.md"):
        site.build(book, book / "results")
    assert "no_such_page" in capfd.readouterr().err


@pytest.mark.slow
def test_a_site_that_failed_fails_again(book: Path) -> None:
    (book / "book/index.md").write_text("# Tiny\n\n[nowhere](no_such_page.md)\n")
    for _ in range(2):
        with pytest.raises(site.SiteError, match=r"index\.md"):
            site.build(book, book / "results")
