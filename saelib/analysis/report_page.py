"""The page of the report: head with its policy, what was analysed, findings, sections, how it was made."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pandas as pd

from saelib.analysis.columns import TABLES, Column
from saelib.analysis.report_drawings import drawings
from saelib.analysis.report_facts import all_facts, headline_facts, how_to_cite, title_of
from saelib.analysis.report_findings import findings
from saelib.analysis.report_lattice import lattice_piece
from saelib.analysis.report_tables import shown_table
from saelib.analysis.report_values import escaped
from saelib.analysis.report_words import DEFINITIONS, MAIN, SECTIONS, Section
from saelib.lattice import FormalConcepts

__all__ = ["page"]


def page(
    tables: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any],
    lattice: FormalConcepts | None,
    *,
    provisional: bool,
) -> str:
    """Put the page together.

    Parameters
    ----------
    tables, facts, lattice, provisional
        As in :func:`saelib.analysis.report.write_report`, which checks them.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> page({}, {}, None, provisional=False).startswith("<!doctype html>")
    True
    """
    files = resources.files("saelib.analysis")
    style, script = (files.joinpath(f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    body = [_top(tables, facts, provisional), _findings(tables, facts)]
    data = []
    for section in SECTIONS:
        shown, held = _section(section, tables, lattice)
        body.append(shown)
        data.append(held)
    body.append(_how(facts))
    within = "".join(body)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, style, within)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">\n'
        f'<title>{escaped(title_of(facts))}</title><link rel="icon" href="data:,">\n'
        f"<style>{style}</style></head>\n<body>\n"
        '<a class="skip" href="#findings">Skip to the findings</a>\n'
        f"{within}\n{''.join(data)}<script>{script}</script>\n</body></html>\n"
    )


def _policy(script: str, style: str, within: str) -> str:
    """Allow the scripts and styles that are written here, by their hashes, and nothing else.

    A script that a name from outside might smuggle in has no hash here and would not run.
    """
    scripts = [script, *re.findall(r"<script>(.*?)</script>", within, flags=re.DOTALL)]
    styles = [style, *re.findall(r"<style>(.*?)</style>", within, flags=re.DOTALL)]

    def hashes(texts: list[str]) -> str:
        digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return (
        f"default-src 'none'; script-src {hashes(scripts)}; style-src {hashes(styles)}; "
        "style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _top(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], provisional: bool) -> str:
    links = [
        ("findings", "Findings"),
        *((s.key, s.title) for s in SECTIONS),
        ("how", "How this was computed"),
    ]
    items = "".join(f'<li><a href="#{key}">{title}</a></li>' for key, title in links)
    tiles = "".join(
        f'<div title="{escaped(meaning)}"><dt>{name}</dt><dd>{escaped(value)}</dd></div>'
        for name, value, meaning in headline_facts(tables, facts)
    )
    gate = f"; gate <bdi>{escaped(facts['gate'])}</bdi>" if facts.get("gate") else ""
    notes = "".join(f"<li>{escaped(note)}</li>" for note in _listed(facts.get("notes")))
    noted = f'<ul class="notes note">{notes}</ul>' if notes else ""
    banner = (
        '<p class="banner" role="note"><strong>Preview.</strong> This is a first look at a sample of the '
        "points. "
        "Numbers will change; sections may be missing. The file is replaced when the analysis is done: "
        "reload it then.</p>"
        if provisional
        else ""
    )
    return (
        f'<header><p class="kind">Report of <code>saelib analyse</code>{gate}</p>'
        f"<h1><bdi>{escaped(title_of(facts))}</bdi></h1>"
        f'{banner}<dl class="tiles">{tiles}</dl>{noted}</header>\n'
        f'<nav class="contents" aria-label="Sections"><ul>{items}</ul></nav>\n<main>\n'
    )


def _listed(notes: Any) -> list[Any]:
    return list(notes) if isinstance(notes, (list, tuple)) else [notes] if notes else []


def _findings(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> str:
    options = facts.get("options")
    items = "".join(
        f'<li><a class="finding" href="#{found.section}"><span class="big">{found.number}</span> '
        f"<span>{found.title}</span></a><p>{found.words}</p></li>"
        for found in findings(tables, options if isinstance(options, Mapping) else None)
    )
    return (
        '<section id="findings" aria-labelledby="h-findings"><h2 id="h-findings">Five findings</h2>'
        f'<ol class="findings">{items}</ol>'
        '<p class="note">In brackets: 95 % intervals. What each word means stands under '
        '<a href="#how">How this was computed</a>.</p></section>\n'
    )


def _section(
    section: Section, tables: Mapping[str, pd.DataFrame], lattice: FormalConcepts | None
) -> tuple[str, str]:
    """One section, and the data of its table as a block for the script."""
    head = (
        f'<section id="{section.key}" aria-labelledby="h-{section.key}">'
        f'<h2 id="h-{section.key}" data-heading="{section.table}">{section.title}</h2>'
        f'<p class="lead">{section.words}</p>'
    )
    chapters = "; ".join(f"<cite>{chapter}</cite>" for chapter in section.chapters)
    foot = f'<p class="book">In the book: {chapters}.</p></section>\n'
    drawn = drawings(section.key, tables)
    if section.key == "lattice":
        drawn += lattice_piece(lattice)
    table, columns = _table_of(section, tables)
    if table is None:
        return f'{head}<p class="note">This was not computed.</p>{foot}', ""
    if table.empty:
        return f'{head}{drawn}<p class="note">There is nothing of this kind here.</p>{foot}', ""
    shown = shown_table(section.table, table, columns, MAIN[section.table])
    data = f'<script type="application/json" id="data-{section.table}">{shown.data}</script>\n'
    return f"{head}{drawn}{shown.html}{foot}", data


def _table_of(
    section: Section, tables: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame | None, tuple[Column, ...]]:
    if section.key != "splitting":
        table = tables.get(section.table)
        if table is not None and section.key == "concepts":
            table = table.sort_values("margin", ascending=False, kind="stable", na_position="last")
        elif table is not None and section.key == "absorption":  # what is suspected first
            table = table.reset_index(drop=True)
            fair = table[["own_neurons", "owns_parent"]].fillna(False).astype(bool).all(axis=1)
            absorbed = (table["absorbed"].fillna(False) & table["probe"].fillna(True)).astype(bool)
            passed = table["controlled"].fillna(False).astype(bool)
            order = pd.DataFrame(
                {"fair": fair, "absorbed": absorbed, "passed": passed, "rate": table["rate"]}
            )
            order = order.sort_values(list(order.columns), ascending=False, kind="stable")
            table = table.loc[order.index]
        return table, TABLES[section.table].columns
    # Splitting is a view of the concepts: who needs several neurons, those that gain most first.
    wanted = MAIN["splitting"]
    declared = {column.name: column for column in TABLES["concepts"].columns}
    table = tables.get("concepts")
    if table is not None:
        known = table[list(wanted)][table["or_jaccard"].notna()]
        table = known.sort_values("or_gain", ascending=False, kind="stable")
    return table, tuple(declared[name] for name in wanted)


def _how(facts: Mapping[str, Any]) -> str:
    definitions = "".join(f"<dt>{word}</dt><dd>{meaning}</dd>" for word, meaning in DEFINITIONS)
    return (
        '<section id="how" aria-labelledby="h-how"><h2 id="h-how">How this was computed</h2>'
        f'<h3>What the words mean</h3><dl class="words">{definitions}</dl>'
        f"{all_facts(facts)}<h3>How to cite</h3>{how_to_cite()}</section>\n</main>\n"
    )
