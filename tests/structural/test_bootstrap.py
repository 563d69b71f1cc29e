"""The bootstrap gives the same numbers wherever it runs, and carries both stages."""

import os
import signal
import threading
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from willing.errors import EstimationError
from willing.record.store import Record, load_record
from willing.structural.bootstrap import Bootstrap, bootstrap
from willing.structural.coalition_model import CoalitionModel
from willing.structural.estimates import Estimates
from willing.structural.first_stage import FirstStage, load_first_stage

DRAWS = 3
SEED = 7
# Seconds into the draws; all of them together take longer.
KILL_AFTER = 1.0


@pytest.fixture(scope="module")
def small() -> tuple[Estimates, Record, FirstStage]:
    """Crises of the last years, and leaders observed in them."""
    record = load_record(years=(1996, 1999), leader="every")
    stage = load_first_stage()
    quarters = stage.sample.quarters.filter(pl.col("date") >= date(1996, 1, 1))
    dated = stage.dated.filter(
        pl.col("leadid").is_in(quarters["leadid"].implode()), pl.col("date") >= date(1996, 1, 1)
    )
    model = CoalitionModel(terms=("leader_power",), decisiveness=0.5)
    return model.fit(record), record, FirstStage(replace(stage.sample, quarters=quarters), dated)


@pytest.fixture(scope="module")
def serial(small: tuple[Estimates, Record, FirstStage]) -> Bootstrap:
    return bootstrap(*small, draws=DRAWS, seed=SEED, workers=1)


def test_the_number_of_workers_does_not_change_the_numbers(small, serial: Bootstrap) -> None:
    """Two processes draw what one draws."""
    told: list[str] = []
    two = bootstrap(*small, draws=DRAWS, seed=SEED, workers=2, progress=told.append)
    assert told[-1] == f"{DRAWS} of {DRAWS} draws"
    np.testing.assert_array_equal(two.draws, serial.draws)


def test_draws_differ_and_surround_the_estimates(serial: Bootstrap) -> None:
    """Every draw has leaders and crises of its own."""
    assert len(np.unique(serial.draws[:, 0])) == DRAWS
    assert serial.failed == 0
    assert (serial.to_frame()["bootstrap"] > 0).all()
    assert "bootstrap" in str(serial)


def test_redrawn_leaders_change_insecurity(small) -> None:
    """The first stage is estimated anew, so that leaders' scores move."""
    _, _, stage = small
    redrawn = stage.redraw(2, seed=SEED)
    one, two = (redrawn.score(number)["stake"] for number in (0, 1))
    assert 0.001 < (one - two).abs().mean() < 0.2


def test_one_draw_has_no_spread(small) -> None:
    """A bootstrap of one draw, by nobody, or from a negative seed is refused."""
    with pytest.raises(EstimationError, match="at least 2"):
        bootstrap(*small, draws=1, seed=SEED)
    with pytest.raises(EstimationError, match="workers=0"):
        bootstrap(*small, draws=DRAWS, seed=SEED, workers=0)
    with pytest.raises(EstimationError, match="seed=-1"):
        bootstrap(*small, draws=DRAWS, seed=-1)


def test_a_scheduler_that_is_not_there_is_named(small, monkeypatch) -> None:
    """A wrong address is answered with it."""
    monkeypatch.setattr("willing.structural.bootstrap._CONNECT", "1s")
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with pytest.raises(EstimationError, match=r"127\.0\.0\.1:9"):
        bootstrap(*small, draws=DRAWS, seed=SEED, scheduler="tcp://127.0.0.1:9")


def test_dask_draws_the_same_and_survives_a_killed_worker(small, serial: Bootstrap) -> None:
    """A cluster of two workers, one of which is killed, gives the serial numbers."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster) as client,
    ):
        victim = next(iter(client.run(os.getpid).values()))
        killer = threading.Timer(KILL_AFTER, os.kill, (victim, signal.SIGKILL))
        killer.start()
        again = bootstrap(*small, draws=DRAWS, seed=SEED, scheduler=cluster.scheduler_address)
    killer.join()
    np.testing.assert_array_equal(again.draws, serial.draws)
