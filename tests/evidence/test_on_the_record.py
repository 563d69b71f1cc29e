"""What the tests find on the embedded record, as the first trial on the same files did."""

import numpy as np
import polars as pl
import pytest

from willing.evidence.curve import specification_curve
from willing.evidence.formation import MODELS, replicate_models
from willing.evidence.model_columns import CONTROLS, IDEAL_POINTS
from willing.evidence.sample import select_triads
from willing.evidence.selectivity import SECURITY, join_rates, partner_divergence
from willing.evidence.specification_choices import Choices
from willing.record.measured import INSECURITY
from willing.record.store import load_record

PLAIN = "hazard_plain"


@pytest.fixture(scope="module")
def every() -> pl.DataFrame:
    """All triads of the record, every crisis actor in turn as L."""
    return load_record(leader="every", years="all").triads


def test_every_model_of_the_paper_can_be_estimated(every):
    """No model is left out, and each uses all complete triads of 1951-1999."""
    sample = select_triads(every)
    formation = replicate_models(sample)
    assert list(formation.fits) == [model.name for model in MODELS]
    complete = sample.drop_nulls(["join", INSECURITY, *IDEAL_POINTS, *CONTROLS])
    assert formation.fits["probit"].design.n == complete.height
    for fit in formation.fits.values():
        assert np.isfinite(fit.std_errors).all()


def test_by_the_plain_measure_insecure_leaders_take_more_divergent_partners(every):
    """Ranked by tenure and regime, the least secure third's partners diverge more, raw."""
    sample = select_triads(every, measure=PLAIN)
    rng = np.random.default_rng(0)
    divergence, rates = partner_divergence(sample, rng=rng), join_rates(sample, rng=rng)
    assert divergence.per_partner.low > 0
    assert rates.rate(SECURITY[0], "far") < rates.rate(SECURITY[0], "near")
    assert rates.secure.high < 0


def test_taking_every_actor_for_the_leader_turns_the_plain_measures_sign(every):
    """Insecurity by the plain model raises joining for the strongest state, not for all in turn."""
    choices = Choices(
        measure=(PLAIN,),
        leader=("strongest", "every"),
        coding=("join",),
        sample=("1951-1999",),
        covariates=("Wolford and Ritter's",),
        divergence=("completed",),
        pool=("all",),
        estimator=("probit",),
    )
    found = specification_curve(every, choices=choices, permutations=19).estimated("joining")
    estimates = dict(found.select("leader", "estimate").iter_rows())
    assert estimates["strongest"] > 0 > estimates["every"]
