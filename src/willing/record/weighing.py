"""What all sources say of who acted against whom, source by source and together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.record.acts import Named, code_acts, dispute_acts
from willing.record.codings import (
    CODINGS,
    Coding,
    CodingName,
    directed_dyads,
    hewitt_coding,
    icb_coding,
    named_pairs,
    responses_of,
)
from willing.record.corrections import Correction, correct_acts
from willing.record.coverage import covered_states
from willing.record.crisis_disputes import belonging, judge_disputes
from willing.record.meetings import meetings
from willing.record.names import nearest_states
from willing.record.sides import possible_sides
from willing.sources.icb import read_dyads
from willing.sources.mid import MidSource, read_disputes
from willing.sources.states import members as members_on


@dataclass(frozen=True)
class Evidence:
    """What the sources say of who acted against whom.

    Attributes
    ----------
    named
        What ICB and Hewitt say.
    pairs
        What `willing.record.codings.named_pairs` gave.
    spells
        What `willing.sources.mid.read_disputes` gave, by source.
    judged, disputes
        What `willing.record.crisis_disputes` gave: which disputes belong to the crises and why, and
        the meetings in those that do, by source.
    deciding
        The same of the source that decides in the year of each crisis: GML, because it corrects
        COW's coding, and COW from the year after GML's last.
    covered
        What `willing.record.coverage.covered_states` gave of the source that decides.
    acts
        What `willing.record.acts.code_acts` made of them.
    codings
        What each source alone says.
    gml_until
        The last year in which a dispute of GML's file began.
    words
        The corrections among the acts.
    """

    named: Named
    pairs: pl.DataFrame
    spells: dict[MidSource, pl.DataFrame]
    judged: dict[MidSource, pl.DataFrame]
    disputes: dict[MidSource, pl.DataFrame]
    deciding: pl.DataFrame
    covered: pl.DataFrame
    acts: pl.DataFrame
    codings: dict[CodingName, Coding]
    gml_until: int
    words: tuple[Correction, ...]


def weigh_evidence(
    raw: Path, crises: pl.DataFrame, actors: pl.DataFrame, words: Sequence[Correction] = ()
) -> Evidence:
    """Code who acted against whom in the crises given, source by source and together."""
    dyads = read_dyads(raw, crises)
    named = Named(
        icb_coding(actors),
        hewitt_coding(dyads, actors),
        directed_dyads(dyads),
        responses_of(actors),
    )
    pairs = named_pairs(named.icb, named.hewitt)
    codings: dict[CodingName, Coding] = {"icb": named.icb, "hewitt": named.hewitt}
    spells: dict[MidSource, pl.DataFrame] = {}
    judged: dict[MidSource, pl.DataFrame] = {}
    disputes: dict[MidSource, pl.DataFrame] = {}
    spoken: dict[MidSource, pl.DataFrame] = {}
    last = {}
    sources: tuple[MidSource, ...] = ("gml", "mid")
    for source in sources:
        spells[source] = read_disputes(raw, source)
        last[source] = spells[source].select(pl.col("since").dt.year().max()).item()
        met = meetings(spells[source], crises.filter(pl.col("year") <= last[source]))
        judged[source] = judge_disputes(met, pairs, named.responses)
        disputes[source] = belonging(met, pairs, named.responses)
        spoken[source] = covered_states(met, pairs)
        speaks = spoken[source].rename({"ccode": "target"})
        codings[source] = Coding(dispute_acts(disputes[source]), speaks)
    early = crises.filter(pl.col("year") <= last["gml"]).select("crisno")
    deciding, covered = (
        pl.concat(
            [
                found["gml"].join(early, on="crisno", how="semi", maintain_order="left"),
                found["mid"].join(early, on="crisno", how="anti", maintain_order="left"),
            ]
        )
        for found in (disputes, spoken)
    )
    acts = code_acts(deciding, named)
    _require_known(words, possible_sides(acts, named), crises)
    acts = correct_acts(acts, words)
    ordered = {name: codings[name] for name in CODINGS}
    return Evidence(
        named=named,
        pairs=pairs,
        spells=spells,
        judged=judged,
        disputes=disputes,
        deciding=deciding,
        covered=covered,
        acts=acts,
        codings=ordered,
        gml_until=last["gml"],
        words=tuple(words),
    )


def _require_known(words: Sequence[Correction], sides: pl.DataFrame, crises: pl.DataFrame) -> None:
    """Raise if a correction names a side that nobody knows, or a state that was no member."""
    begun = dict(crises.select("crisno", "start").iter_rows())
    for word in words:
        targets = sides.filter(crisno=word.crisis)["target"].to_list()
        if word.target not in targets:
            raise DataError(
                f"correction of crisis {word.crisis}: nobody faces {word.target} in it; the "
                f"targets are {', '.join(map(str, targets))}"
            )
        if word.state not in members_on(begun[word.crisis])["ccode"]:
            raise DataError(
                f"correction of crisis {word.crisis}: state {word.state} was no member of the "
                f"state system on {begun[word.crisis]}; "
                f"{nearest_states(begun[word.crisis], word.state)}"
            )
