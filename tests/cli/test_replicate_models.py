"""Table 2 of Wolford and Ritter in seconds, without the rest of the main job."""

from __future__ import annotations

import json

import command_line
import willing as w
from willing.evidence.formation import MODELS


def test_the_models_alone_are_the_papers_sample_of_the_record(tmp_path):
    """`replicate --models` gives what `w.replicate_models()` gives, and draws it."""
    picture = tmp_path / "models.svg"
    done = command_line.run("replicate", "--models", "--json", "--plot", picture)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    own = w.replicate_models(models=MODELS[:1]).to_dict()
    name = MODELS[0].name
    assert told["fits"][name]["coefficients"] == own["fits"][name]["coefficients"]
    assert picture.stat().st_size > 0


def test_a_record_and_a_file_are_not_tested_together(tmp_path):
    """Which of two is meant is asked."""
    done = command_line.run("replicate", "--record", tmp_path, "--data", tmp_path / "a.dta")
    assert done.returncode == 2
    assert "choose one" in done.stderr
