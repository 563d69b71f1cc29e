"""One rule for every claim, on the record and on the authors' file."""

import polars as pl
import pytest

from willing.evidence.authors_file import own_terms
from willing.evidence.claim_tests import judge_claims, judge_file
from willing.evidence.claims import CLAIMS
from willing.evidence.covariate_gaps import fill_un_support
from willing.evidence.model_columns import AUTHORS, CONTROLS, IDEAL_POINTS
from willing.evidence.sample import Sample, leader_sides
from willing.evidence.verdict import SAME_SIGN, deciding_methods, judge
from willing.record.measured import INSECURITY
from willing.record.store import load_record

# Two fits of the same rows by the same search differ by rounding.
SAME = 1e-8
AS_MEASURED = Sample(years=(1946, 1999), leader="every", divergence="ideal points")


@pytest.fixture(scope="module")
def tests(triads):
    """The claims on triads drawn from the theory."""
    return judge_claims(triads, AS_MEASURED, draws=120)


@pytest.mark.parametrize(
    ("low", "high", "p", "same_sign", "finding"),
    [
        (0.1, 1.0, [0.01, 0.04], None, "supported"),
        (0.1, 1.0, [0.01, 0.04], SAME_SIGN, "supported"),
        (0.1, 1.0, [0.01, 0.04], 0.7, "undetermined"),
        (0.1, 1.0, [0.01, 0.06], 0.9, "undetermined"),
        (-0.1, 1.0, [0.01, 0.01], 0.9, "undetermined"),
        (-1.0, -0.1, [0.01, 0.01], 0.9, "contradicted"),
    ],
)
def test_a_finding_needs_interval_methods_and_curve(low, high, p, same_sign, finding):
    """A claim is settled only if the interval, every deciding method and the curve agree."""
    assert judge(low, high, p, same_sign) == finding


def test_clusters_by_crisis_stand_in_where_leaders_are_not_named():
    """Four methods decide; two-way clusters give way to crises alone in a file without leaders."""
    with_leaders = ["clusters: crisis", "clusters: crisis and leader", "jackknife: crisis"]
    assert deciding_methods(with_leaders) == ("clusters: crisis and leader", "jackknife: crisis")
    assert deciding_methods(["clusters: crisis"]) == ("clusters: crisis",)


def test_triads_drawn_from_the_theory_support_it(tests):
    """Where insecure leaders build more and choose with more noise, the rule says so."""
    assert tests.verdict("joining").finding == "supported"
    assert tests.verdict("noise").finding == "supported"
    assert tests.verdict("taken").low > 0
    assert [v.hypothesis for v in tests.verdicts] == ["H1", "H1", "H2", "H2", "H2", "H2"]
    assert all(f"{v.value:.2f}" in v.sentence for v in tests.verdicts)


def test_the_authors_file_is_judged_by_the_same_code_and_numbers(triads, tests):
    """The same triads under the authors' names, without ids or years, give the same estimates."""
    columns = ["join", "crisno", *AUTHORS, *IDEAL_POINTS, *CONTROLS]
    theirs = own_terms(triads.select(list(dict.fromkeys(columns))).rename(AUTHORS))
    assert theirs["side"].n_unique() == triads["side"].n_unique()
    # The bootstrap of the noise takes as long as all else; it is the same claim on the same rows.
    claims = {name: claim for name, claim in CLAIMS.items() if name != "noise"}
    found = judge_file(theirs, claims=claims, draws=120)
    for claim in claims:
        assert found.verdict(claim).value == pytest.approx(tests.verdict(claim).value, rel=SAME)
        assert "clusters: crisis" in found.verdict(claim).p
    assert found.verdict("taken").value == pytest.approx(tests.verdict("taken").value)


def test_what_a_file_lacks_is_said(triads):
    """Without divergence from T the claim on it is skipped with its reason, the others stand."""
    theirs = own_terms(
        triads.select("join", "crisno", INSECURITY, "difLPv", "pcw").rename(
            {INSECURITY: AUTHORS[INSECURITY]}
        )
    )
    claims = {name: CLAIMS[name] for name in ("joining", "target")}
    found = judge_file(theirs, claims=claims, draws=120)
    assert "difTPv" in found.skipped["target"]
    assert found.verdict("joining").ones == triads["join"].sum()


def test_nearly_every_join_of_the_record_is_a_complete_case():
    """With divergence, regimes and the UN's support filled, 320 joins and more are complete."""
    triads = load_record(leader="every", years="all").triads
    terms = [INSECURITY, *IDEAL_POINTS, *CONTROLS]
    joined = Sample().take(triads).filter(join=1)
    complete = joined.with_columns(pl.col(terms).cast(pl.Float64).fill_nan(None)).drop_nulls(terms)
    assert complete.height >= 320
    assert complete.height >= 0.97 * joined.height


def test_filled_covariates_leave_what_is_known_and_ask_the_own_side_only():
    """`unsupport` of a leader of whom ICB is silent is that of the strongest of her side known."""
    side = pl.DataFrame(
        {
            "side": ["a", "a", "a", "b"],
            "leader": [1, 2, 3, 4],
            "cinc_ell": [0.2, 0.1, 0.01, 0.1],
            "unsupport": pl.Series([None, 1, 0, None], dtype=pl.Int8),
        }
    )
    assert fill_un_support(side)["unsupport"].to_list() == [1, 1, 0, None]


def test_a_side_without_named_leaders_is_one_row(triads):
    """Leader sides can be told by the number of the side alone."""
    assert leader_sides(triads.drop("leader")).height == triads["side"].n_unique()
