"""The directive ``move-a-point``: a figure in which the reader moves points and sees the answer change.

Usage, with the caption as content::

    ```{move-a-point}
    :name: fig-10-move

    The caption.
    ```

The drawing stands in the page as it is at the start, so that it is there without a script as well. The script
and the style go only into pages with such a figure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

MARKUP = Path(__file__).with_name("move_a_point.html")


class MoveAPoint(SphinxDirective):
    """Put the figure here, with a caption and, if it has a ``name``, a number."""

    has_content = True
    option_spec: ClassVar = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return a figure around the ready markup."""
        self.env.note_dependency(str(MARKUP))
        figure = nodes.figure("", nodes.raw("", MARKUP.read_text(encoding="utf-8"), format="html"))
        figure["classes"].append("movable")
        self.set_source_info(figure)
        self.add_name(figure)
        caption = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, caption)
        if caption.children:
            figure += nodes.caption("", "", *caption[0].children)
        return [figure]


def _bring_the_script(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if doctree is None or not any("movable" in figure["classes"] for figure in doctree.findall(nodes.figure)):
        return
    app.add_css_file("move_a_point.css")
    app.add_js_file("move_a_point.js")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and its script."""
    app.add_directive("move-a-point", MoveAPoint)
    app.connect("html-page-context", _bring_the_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
