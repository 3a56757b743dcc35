"""``saelib.align`` is a link too, and so is ``saelib.geometry.separate``.

Packages hand out public names and define them in modules below, where the reference describes them. A role
that names ``saelib.align`` leads to the one description of it.
"""

from __future__ import annotations

import importlib

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode


def _resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    package, _, name = node["reftarget"].rpartition(".")
    if node.get("refdomain") != "py" or package.partition(".")[0] != "saelib" or not _offers(package, name):
        return None
    found = env.get_domain("py").find_obj(env, None, None, name, None, searchmode=1)
    found = [(name, target) for name, target in found if not target.aliased]
    if (
        len(found) > 1
    ):  # settings and modules may share the word: the object's own module tells which is meant
        found = [(title, target) for title, target in found if title == _home(package, name)]
    if len(found) != 1:
        return None
    title, target = found[0][0], found[0][1]
    return make_refnode(app.builder, node["refdoc"], target.docname, target.node_id, content, title)


def _offers(package: str, name: str) -> bool:
    """Whether a module offers the name, or a class that it offers has such a method."""
    try:
        return name in getattr(importlib.import_module(package), "__all__", ())
    except ModuleNotFoundError:
        module, _, owner = package.rpartition(".")
        return bool(module) and _offers(module, owner) and hasattr(_named(module, owner), name)


def _home(package: str, name: str) -> str:
    """The full name under which the module that defines it describes an object."""
    return f"{getattr(_named(package, name), '__module__', package)}.{name}"


def _named(module: str, name: str) -> object:
    return getattr(importlib.import_module(module), name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to what Sphinx could not resolve, before it is taken for mere words."""
    app.connect("missing-reference", _resolve, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
