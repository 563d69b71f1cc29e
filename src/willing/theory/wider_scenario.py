"""Scenario files of the wider games: signals, expansion, bargaining, bids, invitations."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from willing.errors import ScenarioError
from willing.theory.bargaining.crisis_game import CrisisGame
from willing.theory.bidding.bidding_game import BiddingGame
from willing.theory.bidding.bidding_rules import Bidder, Courted
from willing.theory.crisis import Crisis
from willing.theory.expansion.expansion_game import ExpansionGame
from willing.theory.expansion.expansion_rules import Balancer
from willing.theory.invitations.invitation_game import InvitationGame
from willing.theory.scenario import (
    build,
    contest_entries,
    crisis_and_game,
    entries,
    read_toml,
    scenario_toml,
    toml_table,
    with_contest,
)
from willing.theory.scenario_keys import check_content
from willing.theory.signaling.signaling_game import SignalingGame


@contextmanager
def _content(path: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """Give what a scenario file holds; what is refused of it is refused by the file's name."""
    content = read_toml(path)
    try:
        yield content
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def read_signaling(path: str | os.PathLike[str]) -> SignalingGame:
    """Read a signalling game from the table ``[signals]`` of a scenario file.

    It has the fields of `SignalingGame`, where ``contest`` is ``"ratio"`` or ``"logistic"`` and
    ``decisiveness`` its parameter.

    Raises
    ------
    ScenarioError
        If the file cannot be read, lacks a field, has one that is not known, or holds a value
        outside its range.
    """
    with _content(path) as content:
        check_content(content, "signals")
        known = {entry.name for entry in fields(SignalingGame)}
        options = with_contest(content["signals"], "signals", known)
        game: SignalingGame = build(SignalingGame, options)
        return game


def read_expansion(
    path: str | os.PathLike[str],
) -> tuple[Crisis, tuple[Balancer, ...], ExpansionGame]:
    """Read a crisis, its third parties and the game from a scenario file.

    Besides the tables that `willing.theory.scenario.read_scenario` reads it has ``[[balancers]]``
    with the fields of `Balancer`, and optionally ``[expansion]`` with the
    parameters of `ExpansionGame`.

    Raises
    ------
    ScenarioError
        If the file cannot be read, lacks a field, has one that is not known, or holds a value
        outside its range.
    """
    with _content(path) as content:
        crisis, game = crisis_and_game(content, "expansion")
        balancers = tuple(build(Balancer, table) for table in content.get("balancers", []))
        return crisis, balancers, ExpansionGame(game=game, **content.get("expansion", {}))


def read_crisis(path: str | os.PathLike[str]) -> tuple[Crisis, CrisisGame]:
    """Read a crisis and a bargaining game from a scenario file.

    Besides the tables that `willing.theory.scenario.read_scenario` reads it has ``[bargaining]``
    with the parameters of `CrisisGame`.

    Raises
    ------
    ScenarioError
        If the file cannot be read, lacks a field, has one that is not known, or holds a value
        outside its range.
    """
    with _content(path) as content:
        crisis, game = crisis_and_game(content, "crisis")
        return crisis, CrisisGame(game=game, **content.get("bargaining", {}))


def read_invitations(path: str | os.PathLike[str]) -> tuple[Crisis, InvitationGame]:
    """Read a crisis and a game of invitations from a scenario file.

    Besides the tables that `willing.theory.scenario.read_scenario` reads it has ``[invitations]``
    with the parameters of `InvitationGame`.

    Raises
    ------
    ScenarioError
        If the file cannot be read, lacks a field, has one that is not known, or holds a value
        outside its range.
    """
    with _content(path) as content:
        crisis, game = crisis_and_game(content, "invitations")
        return crisis, InvitationGame(game=game, **content.get("invitations", {}))


def read_bidding(path: str | os.PathLike[str]) -> BiddingGame:
    """Read a bidding game from a scenario file.

    It has an optional ``title``, the tables ``[first]`` and ``[second]`` with the fields of
    `Bidder`, ``[[partners]]`` with the fields of `Courted`, and optionally ``[bidding]``, where
    ``contest`` is ``"ratio"`` or ``"logistic"`` and ``decisiveness`` its parameter.

    Raises
    ------
    ScenarioError
        If the file cannot be read, lacks a field, has one that is not known, or holds a value
        outside its range.
    """
    with _content(path) as content:
        check_content(content, "bidding")
        return BiddingGame(
            first=build(Bidder, content["first"]),
            second=build(Bidder, content["second"]),
            partners=tuple(build(Courted, table) for table in content["partners"]),
            title=content.get("title", ""),
            **with_contest(content.get("bidding", {}), "bidding", ()),
        )


def signaling_toml(game: SignalingGame) -> str:
    """Write a signalling game as `read_signaling` reads it."""
    return toml_table("[signals]", entries(game) | contest_entries(game.contest, "signals"))


def expansion_toml(crisis: Crisis, balancers: Sequence[Balancer], game: ExpansionGame) -> str:
    """Write a crisis, its third parties and the game as `read_expansion` reads them."""
    parts = [scenario_toml(crisis, game.game)]
    for balancer in balancers:
        distances = {"distances": balancer.distances} if balancer.distances else {}
        parts.append(toml_table("[[balancers]]", entries(balancer) | distances))
    return "\n".join([*parts, toml_table("[expansion]", entries(game))])


def crisis_toml(crisis: Crisis, game: CrisisGame) -> str:
    """Write a crisis and a bargaining game as `read_crisis` reads them."""
    return "\n".join([scenario_toml(crisis, game.game), toml_table("[bargaining]", entries(game))])


def invitations_toml(crisis: Crisis, game: InvitationGame) -> str:
    """Write a crisis and a game of invitations as `read_invitations` reads them."""
    return "\n".join([scenario_toml(crisis, game.game), toml_table("[invitations]", entries(game))])


def bidding_toml(game: BiddingGame) -> str:
    """Write a bidding game as `read_bidding` reads it."""
    parts = [f"title = {json.dumps(game.title, ensure_ascii=False)}\n"] if game.title else []
    parts += [
        toml_table("[first]", entries(game.first)),
        toml_table("[second]", entries(game.second)),
        *(toml_table("[[partners]]", entries(partner)) for partner in game.partners),
        toml_table("[bidding]", contest_entries(game.contest, "bidding")),
    ]
    return "\n".join(parts)
