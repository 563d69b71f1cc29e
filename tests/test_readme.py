"""What the README shows is what its commands print."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", README, flags=re.MULTILINE)


def test_the_readme_shows_the_main_commands():
    """The main job, the record and a solved scenario are shown, and the claims are named."""
    shown = " ".join(command for command, _ in BLOCKS)
    for command in ("willing replicate", "load_record", "willing solve"):
        assert command in shown
    assert "willing check" in README


# What `willing replicate` prints is compared where its one long run is tested: tests/replication.
QUICK = [block for block in BLOCKS if not block[0].startswith("willing replicate")]


@pytest.mark.parametrize(("command", "shown"), QUICK, ids=[command for command, _ in QUICK])
def test_the_output_in_the_readme_is_real(command, shown):
    """Running the command in the repository prints what stands below it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = [line.rstrip() for line in done.stdout.rstrip().splitlines()]
    assert printed == shown.rstrip().splitlines()


def test_the_files_that_the_readme_links_to_exist():
    """No picture or page that the README names is missing."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
