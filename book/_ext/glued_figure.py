"""The directive ``glued-figure``: a notebook's figure on another page, with its alternative text and caption.

``glue:figure`` of MyST-NB works within one notebook only and ``glue:any``, which crosses pages, knows no
alternative text. Usage::

    ```{glued-figure} ../notebooks/02_size_and_sparsity.ipynb::front-figure
    :alt: What the figure shows, for those who do not see it.

    The caption.
    ```
"""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.ext.glue.utils import PendingGlueReference, create_pending_glue_ref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class GluedFigure(SphinxDirective):
    """Paste the figure glued under ``document::key`` with ``alt`` text and a caption."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged_required, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return a figure around a reference that MyST-NB resolves once every notebook has been read."""
        document, separator, key = self.arguments[0].partition("::")
        if not separator or not key:
            raise self.error(f"glued-figure {self.arguments[0]!r} is not of the form notebook.ipynb::key")
        if "alt" not in self.options:
            raise self.error(f"glued-figure {self.arguments[0]!r} has no alternative text: add :alt:")
        pending = create_pending_glue_ref(self.state.document, self.env.docname, self.lineno, document, key)
        figure = nodes.figure("", pending, alt=self.options["alt"], classes=["glued"])
        self.set_source_info(figure)
        self.add_name(figure)
        caption = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, caption)
        if caption.children:
            figure += nodes.caption("", "", *caption[0].children)
        return [figure]


class DescribeGluedFigures(SphinxPostTransform):
    """Hand each glued figure's alternative text to its image; runs right after MyST-NB put the image in."""

    default_priority = 6

    def run(self, **kwargs: object) -> None:
        """Set ``alt`` on every image within a glued figure."""
        for figure in self.document.findall(nodes.figure):
            if "glued" in figure["classes"]:
                for image in figure.findall(nodes.image):
                    image["alt"] = figure["alt"]


def _remember_pasting_pages(app: Sphinx, doctree: nodes.document) -> None:
    pages = app.env.__dict__.setdefault("pages_with_glue_from_elsewhere", set())
    if next(iter(doctree.findall(PendingGlueReference)), None) is None:
        pages.discard(app.env.docname)
    else:
        pages.add(app.env.docname)


def _read_pasting_pages_again(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    # Sphinx does not know that such a page depends on the notebook, and would show yesterday's number.
    return [page for page in env.__dict__.get("pages_with_glue_from_elsewhere", ()) if page in env.found_docs]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("glued-figure", GluedFigure)
    app.add_post_transform(DescribeGluedFigures)
    app.connect("doctree-read", _remember_pasting_pages)
    app.connect("env-get-outdated", _read_pasting_pages_again)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
