"""The code that pages of the documentation run at their build runs, and R agrees with it."""

import ast
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from plotnine import ggplot

import willing as w
from willing.evidence.formation import MODELS, replicate_models
from willing.record.choices import SAMPLE_YEARS

DOCS = Path(__file__).parents[2] / "docs"
LESSONS = sorted(p for p in DOCS.rglob("*.md") if p.read_text().startswith("---\nfile_format"))
CELL = re.compile(
    r"^```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n)?(.*?)^```$", re.MULTILINE | re.DOTALL
)
# R's output has five digits.
PRINTED = 5e-5


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_the_cells_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From top to bottom in one session, in an empty folder, as at the build."""
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {}
    cells = CELL.findall(page.read_text())
    assert cells
    for number, cell in enumerate(cells, start=1):
        where = f"{page.name}, cell {number}"
        tree = ast.parse(cell, where)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, where, "exec"), session)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), where, "eval"), session)
            # A figure is only made here; the build draws it.
            assert isinstance(shown, ggplot) or repr(shown)


def test_r_has_the_main_model_from_the_exported_triads() -> None:
    """Coefficients, clustered errors and log-likelihood are those that the page of R shows."""
    printed = (DOCS / "howto" / "vignette" / "main_model.out").read_text()
    first, last = SAMPLE_YEARS
    leads = pl.col("foremost") & pl.col("year").is_between(first, last)
    fit = replicate_models(w.load_record(years="all").triads.filter(leads), models=MODELS[:1]).fits[
        "probit"
    ]
    again = "the record has changed: export the triads and run docs/howto/vignette/main_model.R"
    for name, ours, error in fit.to_frame().select("term", "estimate", "std_error").rows():
        label = "(Intercept)" if name == "constant" else name
        row = re.search(rf"^{re.escape(label)} +(\S+) +(\S+)", printed, re.MULTILINE)
        assert row is not None, f"no {label} in R's output"
        theirs = [float(number) for number in row.groups()]
        np.testing.assert_allclose([ours, error], theirs, rtol=PRINTED, err_msg=again)
    likelihood = re.search(r"log-likelihood (\S+)", printed)
    assert likelihood is not None
    assert float(likelihood.group(1)) == pytest.approx(fit.loglik, abs=0.006), again


def test_the_reference_has_every_public_name() -> None:
    """What `import willing as w` gives is on the page of public names."""
    named = set(
        re.findall(r"^   (?:~?[\w.]*\.)?(\w+)$", (DOCS / "api.md").read_text(), re.MULTILINE)
    )
    assert not set(w.__all__) - named
