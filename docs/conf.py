"""Settings of the documentation: Sphinx, MyST, furo."""

from importlib import metadata

project = "lapor"
author = "the lapor contributors"
copyright = "the lapor contributors"
release = metadata.version("lapor")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_class_signature = "separated"

html_theme = "furo"
html_title = "lapor"
