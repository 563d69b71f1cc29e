"""The catalogue of sources is complete, identifies files and writes the page and the citations."""

import re
import shutil
from pathlib import Path

import pytest

from willing.errors import DataError
from willing.record.pages import codebook_page, sources_page
from willing.sources import catalogue as sources
from willing.sources.catalogue import SOURCES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"


def test_every_source_is_here_in_a_known_version(raw):
    """Each source lies where the catalogue says, and is recognised by its content."""
    for entry in SOURCES.values():
        identity = sources.identify(entry.path(raw))
        assert identity.source is entry
        assert identity.version in entry.known


def test_a_newer_release_is_welcome_and_called_unknown(raw, tmp_path):
    """A file with a source's name and other content is that source in an unknown version."""
    majors = SOURCES["majors"].path(raw)
    newer = tmp_path / majors.name
    newer.write_bytes(majors.read_bytes() + b"2,2017,1,1,2024,12,31,2024\n")
    identity = sources.identify(newer)
    assert (identity.source, identity.version) == (SOURCES["majors"], None)
    assert "unknown release" in str(identity)


def test_a_renamed_file_is_known_by_its_content(raw, tmp_path):
    """A file is identified by its bytes whatever it is called."""
    copy = shutil.copyfile(SOURCES["majors"].path(raw), tmp_path / "powers.txt")
    assert sources.identify(Path(copy)).source is SOURCES["majors"]


def test_a_stranger_is_no_source(tmp_path):
    """A file of unknown name and content is not a source."""
    stranger = tmp_path / "stranger.csv"
    stranger.write_text("a,b\n1,2\n")
    assert sources.identify(stranger).source is None
    assert "not a source" in str(sources.identify(stranger))


def test_a_file_that_is_not_there_is_named(tmp_path):
    """Identifying a missing file raises an error that names it."""
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        sources.identify(tmp_path / "nowhere.csv")


def test_bibtex_has_each_publication_once():
    """Two files of one dataset need one entry, and every source has one."""
    entries = sources.bibtex(["mid_disputes", "mid_participants"])
    assert entries.count("@") == 1
    keys = re.findall(r"^@\w+\{(\w+),", sources.bibtex(), re.MULTILINE)
    assert keys == sorted(set(keys))
    assert all(
        reference.key in keys for entry in SOURCES.values() for reference in entry.references
    )


def test_bibtex_of_an_unknown_source_lists_the_known_ones():
    """A wrong key is answered with the keys there are."""
    with pytest.raises(DataError, match=r"no source 'nmc'.*capabilities"):
        sources.bibtex(["nmc"])


@pytest.mark.parametrize(
    ("key", "citation"),
    [
        (
            "ideal_points",
            "Bailey, Michael A., Anton Strezhnev and Erik Voeten. 2017. Estimating Dynamic State "
            "Preferences from United Nations Voting Data. Journal of Conflict Resolution 61(2): "
            "430-456.",
        ),
        ("lead", "Ellis, Carrie Miles, Michael C. Horowitz and Allan C. Stam. 2015."),
        ("capabilities", "In Bruce Russett (ed.), Peace, War, and Numbers, 19-48."),
        ("democracy", "Coppedge, Michael et al. V-Dem Dataset."),
    ],
)
def test_citations_read_as_the_field_writes_them(key, citation):
    """Articles, chapters and datasets are cited in the field's form."""
    assert citation in SOURCES[key].citation


def test_every_known_version_has_its_size(raw):
    """The size of each file is that of the version it is known as."""
    for entry in SOURCES.values():
        identity = sources.identify(entry.path(raw))
        assert entry.sizes[identity.version] == identity.path.stat().st_size


def test_the_committed_codebook_page_is_the_codebook():
    """docs/codebook.md is what the codebook writes."""
    page = PAGE.with_name("codebook.md")
    assert page.read_text(encoding="utf-8") == codebook_page()


def test_the_committed_page_is_the_catalogue():
    """docs/sources.md is what the catalogue writes."""
    assert PAGE.read_text(encoding="utf-8") == sources_page()
