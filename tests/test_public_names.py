"""The public names are there, and importing the package imports nothing heavy."""

import subprocess
import sys

import pytest

import willing


@pytest.mark.parametrize("name", willing.__all__)
def test_each_public_name_is_documented(name):
    """Every name that the package promises exists and says what it is."""
    assert getattr(willing, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    """Asking for what is not there fails as it does for any module."""
    with pytest.raises(AttributeError, match="no attribute 'Coalition'"):
        _ = willing.Coalition


def test_help_loads_no_heavy_library():
    """The command line answers without numerical, statistical or plotting libraries."""
    heavy = ("numpy", "polars", "pandas", "numba", "statsmodels", "sklearn", "plotnine", "sympy")
    code = f"import sys, willing.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
