"""Sphinx configuration: MyST pages and notebooks, numpydoc for the API, the PyData theme."""

from importlib.metadata import version as installed_version

project = "willing"
author = "the willing developers"
copyright = "2026, the willing developers"
version = release = installed_version("willing")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",
    "sphinx.ext.viewcode",
    "sphinx_design",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
# Blocks without a language are commands of the shell and what they print.
highlight_language = "none"
# Names in docstrings link to their pages where they have one.
default_role = "py:obj"
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
# Pages with cells of code are run at every build, in a folder of their own; a cell that fails, fails it.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_merge_streams = True
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = "willing"
html_static_path = ["_static"]
html_css_files = ["narrow.css"]
html_theme_options = {"show_prev_next": False, "navigation_with_keys": True}
