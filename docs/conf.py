"""Sphinx configuration: MyST pages, numpydoc for the API, the PyData theme."""

from importlib.metadata import version as installed_version

project = "willing"
author = "the willing developers"
copyright = "2026, the willing developers"
version = release = installed_version("willing")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = "willing"
html_static_path = ["_static"]
html_theme_options = {"show_prev_next": False, "navigation_with_keys": True}
