"""What the package derives is known to be fresh, and known to be stale when it is."""

import json
import re
from pathlib import Path

import pytest
from plotnine import ggplot
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import DataError
from willing.renewal import derived, shown_pages, theory_pictures
from willing.renewal.derived import Step, find_stale, renew
from willing.renewal.page_tables import payment_pictures
from willing.renewal.shown_pages import refresh
from willing.renewal.steps import STEPS


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Step], Path, dict]:
    """Two steps in a package of their own: `b` copies `a`, which copies a published file."""
    package, raw = tmp_path / "package", tmp_path / "raw"
    package.mkdir()
    raw.mkdir()
    (raw / "source.csv").write_text("1")
    monkeypatch.setattr(derived, "PACKAGE", package)
    monkeypatch.setattr(derived, "MANIFEST", package / "derived.json")
    options = {"draws": 1}
    steps = [
        Step(
            "a",
            ("source.csv",),
            (),
            ("a",),
            lambda folder: copy(folder / "source.csv", package / "a"),
        ),
        Step(
            "b", (), ("a",), ("b",), lambda _: copy(package / "a", package / "b"), lambda: options
        ),
    ]
    return steps, raw, options


def copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def test_nothing_that_the_package_carries_is_stale(raw: Path) -> None:
    """Record, scores, pairs and estimates are those of the files and options of today."""
    assert [str(stale) for stale in find_stale(STEPS, raw)] == []


def test_what_was_never_made_is_stale_and_fresh_once_made(chain) -> None:
    """Everything is made once, in order, and then left alone."""
    steps, raw, _ = chain
    assert [stale.step for stale in find_stale(steps, raw)] == ["a", "b"]
    renew(steps, raw)
    assert (derived.PACKAGE / "b").read_text() == "1"
    assert find_stale(steps, raw) == ()


def test_a_changed_source_spoils_all_that_stands_on_it(chain) -> None:
    """The published file is named, and the step after waits for the one before."""
    steps, raw, _ = chain
    renew(steps, raw)
    (raw / "source.csv").write_text("2")
    first, second = find_stale(steps, raw)
    assert "published files have changed: source.csv" in str(first)
    assert "a will be made again" in str(second)


def test_a_changed_option_or_output_spoils_its_own_step_only(chain) -> None:
    """Options count by their values, outputs by their bytes."""
    steps, raw, options = chain
    renew(steps, raw)
    options["draws"] = 2
    assert [stale.step for stale in find_stale(steps, raw)] == ["b"]
    options["draws"] = 1
    (derived.PACKAGE / "b").write_text("edited by hand")
    (stale,) = find_stale(steps, raw)
    assert "files it writes have changed: b" in str(stale)


def test_a_missing_source_is_named(chain) -> None:
    """A step cannot be judged without the files it is made from."""
    steps, raw, _ = chain
    (raw / "source.csv").unlink()
    with pytest.raises(DataError, match=r"source.csv does not exist; a is made from it"):
        find_stale(steps, raw)


def test_the_check_says_what_is_stale_and_fails(raw: Path, monkeypatch) -> None:
    """With nothing noted everything is stale, and the exit code is 1."""
    monkeypatch.setattr(derived, "read_manifest", dict)
    done = CliRunner().invoke(app, ["data", "renew", "--check", "--json", "--raw", str(raw)])
    assert done.exit_code == 1
    assert [each["step"] for each in json.loads(done.output)] == [step.name for step in STEPS]


def test_a_page_shows_what_its_commands_print_and_its_tables_hold() -> None:
    """Outputs and marked tables are replaced; prose and commands without output stay."""
    page = (
        "words\n```console\n$ echo new\nold\n```\n```console\n$ echo quiet\n```\n"
        "<!-- begin x -->\n| old |\n<!-- end x -->\n"
    )
    assert refresh(page, {"x": lambda: "| new |\n"}) == page.replace("old", "new")
    with pytest.raises(DataError, match="no table 'x'"):
        refresh(page, {})
    with pytest.raises(DataError, match="`false` failed"):
        refresh("```console\n$ false\nold\n```\n", {})


def test_the_renewal_draws_every_picture_that_the_page_on_payments_shows() -> None:
    """None is left as it was when the figures beside it are made again."""
    page = (shown_pages.CHECKOUT / "docs" / "payments.md").read_text(encoding="utf-8")
    assert set(payment_pictures()) == set(re.findall(r"_static/([\w-]+\.png)", page))


def test_the_renewal_draws_the_pictures_of_the_games_by_commands_that_exist() -> None:
    """Every command solves a scenario of the checkout and every picture is shown on a page."""
    pages = [*(shown_pages.CHECKOUT / "docs").glob("wider-*.md")]
    pages.append(shown_pages.CHECKOUT / "docs" / "model.md")
    shown = {
        name
        for page in pages
        for name in re.findall(r"_static/([\w-]+\.png)", page.read_text(encoding="utf-8"))
    }
    assert set(theory_pictures.COMMANDS) <= shown
    assert all(theory_pictures.scenarios().values())


def test_no_picture_of_the_documentation_is_left_to_be_drawn_by_hand() -> None:
    """Whatever lies among the pictures is drawn by a step, and shown on a page or in the README."""
    root = shown_pages.CHECKOUT
    drawn = {*theory_pictures.COMMANDS, *theory_pictures.CALLS, *theory_pictures.RECORD_COMMANDS}
    drawn |= {*payment_pictures(), "forest.png", "page.png"}
    assert {path.name for path in (root / "docs" / "_static").glob("*.png")} == drawn
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    told = "".join(page.read_text(encoding="utf-8") for page in pages if "_build" not in page.parts)
    assert drawn == set(re.findall(r"_static/([\w-]+\.png)", told))


def test_a_picture_is_saved_among_those_of_the_documentation(tmp_path, monkeypatch) -> None:
    """As a PNG file, in its place in one step."""
    folder = tmp_path / "docs" / "_static"
    folder.mkdir(parents=True)
    monkeypatch.setattr(shown_pages, "CHECKOUT", tmp_path)
    shown_pages.save_shown(ggplot(), "empty.png")
    assert [path.name for path in folder.iterdir()] == ["empty.png"]
    assert (folder / "empty.png").read_bytes().startswith(b"\x89PNG")
