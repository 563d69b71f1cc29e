"""The specification curve: its cells, their weights, the joint test and what moves a result."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from willing.errors import EstimationError
from willing.evidence.authors_file import own_terms
from willing.evidence.claims import CLAIMS, claim_fit
from willing.evidence.curve import specification_curve
from willing.evidence.curve_weights import joint_test, weights_of
from willing.evidence.model_columns import AUTHORS, CONTROLS, IDEAL_POINTS
from willing.evidence.sample import Sample
from willing.evidence.selectivity import partner_divergence
from willing.evidence.specification_choices import Choices, Specification, draw_specifications
from willing.record.measured import INSECURITY

# A search that leaves 1e-8 of log-likelihood leaves a thousandth of a standard error.
ROUGH = 1e-3
SMALL = Choices(
    measure=("hazard", "hazard_plain"),
    divergence=("ideal points",),
    covariates=("Wolford and Ritter's", "none"),
    pool=("all",),
    leader=("every", "strongest"),
    coding=("join", "join_icb", "join_absent"),
    sample=("1946-2019",),
)


@pytest.fixture(scope="module")
def curve(triads):
    """A small specification curve on the simulated triads."""
    return specification_curve(triads, choices=SMALL, cells=24, permutations=99)


@pytest.fixture(scope="module")
def alone(triads):
    """Every claim's model fitted on the triads of the main cell, without the curve."""
    sample = Sample(measure="hazard", leader="every", years=(1946, 2019), divergence="ideal points")
    rows = sample.take(triads)
    return {name: claim_fit(rows, claim)[0] for name, claim in CLAIMS.items()}


def test_the_main_cell_and_all_one_choice_apart_come_first():
    """Whatever the number of cells, every alternative is seen with all else as in the main."""
    found = draw_specifications(Choices(), 100)
    assert found[0] == Specification()
    main = vars(found[0])
    seen = {
        (name, value)
        for other in found
        for name, value in vars(other).items()
        if all(value == main[rest] for rest, value in vars(other).items() if rest != name)
    }
    assert all((name, v) in seen for name in main for v in getattr(Choices(), name))
    assert len(set(found)) == 100
    assert len(draw_specifications(replace(SMALL, coding=("join",)), 10**6)) == 2**4


@pytest.mark.parametrize("claim", ["formation", "joining", "noise", "preferences", "target"])
def test_the_main_cell_is_the_model_fitted_alone(alone, curve, claim):
    """Arrays, filled gaps and loose tolerance do not change an estimate."""
    estimator = {"formation": "logit", "noise": "heteroskedastic probit"}.get(claim, "probit")
    row = (
        curve.estimated(claim)
        .filter(measure="hazard", leader="every", coding="join", estimator=estimator)
        .filter(covariates="Wolford and Ritter's")
        .row(0, named=True)
    )
    equation = "variance" if claim == "noise" else "mean"
    term = {"preferences": f"{INSECURITY}:difLPv", "target": f"{INSECURITY}:difTPv"}
    own = alone[claim].estimate(term.get(claim, INSECURITY), equation=equation)
    assert row["estimate"] == pytest.approx(own.value, abs=ROUGH * own.std_error)
    assert row["std_error"] == pytest.approx(own.std_error, rel=ROUGH)
    assert row["n"] == alone[claim].design.n


def test_partners_taken_are_those_of_the_direct_test(triads, curve):
    """Raw and net differences of thirds are what the direct test finds, with like errors."""
    found = partner_divergence(
        Sample(leader="every", years=(1946, 2019), divergence="ideal points").take(triads),
        rng=np.random.default_rng(0),
    )
    rows = curve.estimated("taken").filter(leader="every", coding="join", measure="hazard")
    by = {row["estimator"]: row for row in rows.iter_rows(named=True)}
    for kind, contrast in (("raw difference", found.per_partner), ("net difference", found.net)):
        assert by[kind]["estimate"] == pytest.approx(contrast.value)
        error = (contrast.high - contrast.low) / 3.92
        assert by[kind]["std_error"] == pytest.approx(error, rel=0.15)


def test_copies_of_a_cell_count_once():
    """m copies weigh 1 / m each, a cell like no other weighs 1."""
    rng = np.random.default_rng(3)
    draws = rng.normal(size=(2, 20_001))
    weight = weights_of(np.vstack([draws[0], draws[0], draws[0], draws[1]]))
    assert weight == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1], abs=0.01)


def test_the_joint_test_keeps_its_level():
    """Where no cell has an effect, p is below .1 in about a tenth of the curves."""
    rng = np.random.default_rng(4)
    p = []
    for _ in range(300):
        common = rng.normal(size=200)
        statistics = 0.8 * common + 0.6 * rng.normal(size=(12, 200))
        p.append(joint_test(statistics, weights_of(statistics)).p_mean)
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.1, abs=0.05)


def test_an_effect_in_every_cell_is_found_in_all_at_once(curve):
    """On triads drawn from the theory the joint test of joining and of noise rejects."""
    assert curve.joint["joining"].p_mean < 0.05
    assert curve.joint["joining"].mean > 0
    above, below = curve.sign_shares()["joining"]
    assert above + below == pytest.approx(1)
    assert above > 0.8


def test_what_cannot_be_estimated_stays_in_the_curve_with_its_reason(triads):
    """A coding that nobody joined by is in the frame with the reason; alone, it is refused."""
    silent = triads.with_columns(join_icb=pl.lit(0, pl.Int8))
    found = specification_curve(silent, choices=SMALL, cells=8, permutations=19)
    failed = found.frame.filter(coding="join_icb")
    assert failed["estimate"].null_count() == failed.height > 0
    assert "join is 0" in failed.filter(claim="joining")["failure"][0]
    assert "could not be estimated" in str(found)
    with pytest.raises(EstimationError, match="no specification"):
        specification_curve(silent, choices=replace(SMALL, coding=("join_icb",)), permutations=19)


def test_divergence_that_never_varies_leaves_nobody_to_compare(triads):
    """Partners taken then have no difference, and the cell says so."""
    level = triads.with_columns(difLPv=pl.lit(1.0))
    found = specification_curve(level, choices=SMALL, cells=1, permutations=9).frame
    reasons = found.filter(claim="taken")["failure"]
    assert set(reasons) == {"divergence takes a single value"}


def test_data_without_divergence_have_no_partners_to_compare(triads):
    """The column that is absent is named."""
    with pytest.raises(EstimationError, match="difLPv"):
        partner_divergence(triads.drop("difLPv"), rng=np.random.default_rng(0))


def test_shares_are_of_the_weight(curve):
    """Shares agree between overall and alternatives, and weigh cells."""
    shares = curve.shares("joining")
    overall, rows = shares.row(0, named=True), curve.estimated("joining")
    assert overall["specifications"] == rows.height
    assert overall["effective"] == pytest.approx(rows["weight"].sum())
    leaders = shares.filter(choice="leader")
    weighted = (leaders["positive"] * leaders["effective"]).sum() / overall["effective"]
    assert weighted == pytest.approx(overall["positive"])


def test_the_choice_that_matters_is_named(triads):
    """Where one measure of insecurity is noise, the measure moves the result most."""
    noise = np.random.default_rng(7).uniform(size=triads["side"].n_unique())
    mixed = triads.with_columns(hazard_plain_leader=pl.Series(noise[triads["side"].to_numpy()]))
    found = specification_curve(mixed, choices=SMALL, cells=24, permutations=99)
    first = found.variance_shares("joining").row(0, named=True)
    assert first["choice"] == "measure"
    assert first["most"] == "hazard"
    assert 0.3 < first["share"] <= 1


def test_a_crisis_left_out_is_left_out_of_the_score(curve):
    """What leaving out a crisis moves is small for every one of many, and zero for none."""
    crises = curve.influence.filter(claim="joining", left_out="crisis")
    assert (crises["moved"].abs().diff().drop_nulls() <= 0).all()
    assert (crises["without"] - crises["z"] - crises["moved"]).abs().max() < 1e-9
    assert 0 < crises["moved"].abs()[0] < abs(crises["z"][0])


def test_a_file_without_names_of_states_has_a_curve_too(triads):
    """The authors' columns alone give every claim a curve over covariates and estimators."""
    columns = list(dict.fromkeys(["join", "crisno", *AUTHORS, *IDEAL_POINTS, *CONTROLS]))
    found = specification_curve(own_terms(triads.select(columns).rename(AUTHORS)), permutations=99)
    assert set(found.claims) == {"formation", "joining", "noise", "preferences", "target", "taken"}
    assert found.frame["failure"].null_count() == found.frame.height


def test_a_curve_turns_into_json_frames_and_pictures(curve, tmp_path):
    """It is plain numbers when asked, prints, and draws choices below the estimates."""
    assert json.dumps(curve.to_dict())
    assert curve.to_frame().height
    assert "joining:" in str(curve)
    for number, picture in enumerate((curve.plot("joining"), curve.plot_choices("taken"))):
        path = tmp_path / f"{number}.png"
        picture.save(path, dpi=40, verbose=False)
        assert path.stat().st_size > 0
    with pytest.raises(EstimationError, match="there are formation"):
        curve.plot("peace")
