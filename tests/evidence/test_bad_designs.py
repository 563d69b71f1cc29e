"""Data that cannot answer the question are refused with a reason."""

import numpy as np
import polars as pl
import pytest

from willing.errors import (
    CollinearityError,
    ConvergenceError,
    DataError,
    EstimationError,
    NoVariationError,
    SeparationError,
)
from willing.estimation.design import build_design
from willing.estimation.models import fit_hetprobit, fit_logit, fit_probit


@pytest.fixture
def frame() -> pl.DataFrame:
    """Five hundred rows with an outcome that depends on x."""
    rng = np.random.default_rng(11)
    x, w = rng.normal(size=(2, 500))
    return pl.DataFrame({"y": x + rng.normal(size=500) > 0, "x": x, "w": w, "g": range(500)})


def build(frame, mean=("x", "w"), variance=(), outcome="y"):
    """Set up a model of the frame."""
    return build_design(frame, outcome=outcome, mean=mean, variance=variance, cluster="g")


def test_an_outcome_that_never_varies_is_refused(frame):
    """Without both outcomes there is nothing to explain."""
    with pytest.raises(NoVariationError, match="y is 0 in all 500"):
        build(frame.with_columns(y=False))


def test_no_complete_row_is_refused_with_the_sparse_column_named(frame):
    """The message says which column empties the sample."""
    with pytest.raises(NoVariationError, match="x 500"):
        build(frame.with_columns(x=None))


def test_collinear_columns_are_named(frame):
    """A column that is the sum of two others is refused together with them."""
    both = frame.with_columns(s=pl.col("x") + 2 * pl.col("w"))
    with pytest.raises(CollinearityError, match="x, w, s"):
        build(both, mean=("x", "w", "s"))


def test_a_constant_column_is_named_in_either_equation(frame):
    """A constant in the variance equation only rescales the mean equation."""
    flat = frame.with_columns(one=1)
    with pytest.raises(CollinearityError, match=r"one .* mean equation"):
        build(flat, mean=("x", "one"))
    with pytest.raises(CollinearityError, match=r"one .* variance equation"):
        build(flat, variance=("one",))


def test_a_column_that_separates_the_outcome_is_named(frame):
    """A dummy never one among the joiners has no finite coefficient."""
    quasi = frame.with_columns(never=(pl.col("w") > 1) & ~pl.col("y"))
    with pytest.raises(SeparationError, match="never separates"):
        build(quasi, mean=("x", "never"))


@pytest.mark.parametrize("fit", [fit_probit, fit_logit, fit_hetprobit])
def test_columns_that_separate_only_together_are_refused(frame, fit):
    """Where a combination of columns predicts without error, no fit is reported."""
    separated = frame.with_columns(y=pl.col("x") + pl.col("w") > 0)
    with pytest.raises(ConvergenceError):
        fit(build(separated, variance=("w",)))


def test_a_variance_without_a_mean_is_refused():
    """If the mean is zero everywhere, its noise cannot be told from noise of any other size."""
    rows = np.arange(400)
    balanced = pl.DataFrame(
        {"y": rows % 2, "x": (rows // 2) % 2, "z": (rows // 4) / 100, "g": rows}
    )
    with pytest.raises(ConvergenceError, match="variance of z"):
        fit_hetprobit(build_design(balanced, outcome="y", mean=["x"], variance=["z"], cluster="g"))


def test_a_heteroskedastic_probit_needs_a_variance_equation(frame):
    """An empty variance equation is an error, not a probit in disguise."""
    with pytest.raises(EstimationError, match="variance equation"):
        fit_hetprobit(build(frame))


def test_wrong_columns_and_outcomes_are_named(frame):
    """A missing column and a non-binary outcome say so."""
    with pytest.raises(DataError, match="lacks zz"):
        build(frame, mean=("zz",))
    with pytest.raises(DataError, match="must be 0 or 1"):
        build(frame, outcome="x", mean=("w",))


def test_missing_values_are_counted_by_column(frame):
    """Rows are left out listwise and the account says which columns cost how many."""
    holes = frame.with_columns(
        x=pl.when(pl.col("g") < 30).then(None).otherwise(pl.col("x")),
        w=pl.when(pl.col("g") < 10).then(float("nan")).otherwise(pl.col("w")),
    )
    design = build(holes)
    assert (design.rows, design.n, dict(design.missing)) == (500, 470, {"x": 30, "w": 10})
    assert "x 30, w 10" in str(fit_probit(design))
