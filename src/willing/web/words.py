"""The page's sentences, lists and tables, as HTML. Every name is escaped on its way in."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from htmltools import HTML, Tag, TagList, tags

from willing.web.answer import Changes, Step

if TYPE_CHECKING:
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.quantal import QuantalResponse
    from willing.theory.security_path import SecurityPath

# Names that a list still shows.
_MOST_NAMES = 40
# A loss that is less is not shown in digits.
_LEAST_LOSS = 1e-4


def summary(found: Equilibrium) -> TagList:
    """Say in a sentence and three figures what the leader does."""
    crisis, taken = found.crisis, len(found.coalition)
    alone = float(found.game.contest(crisis.leader.strength, crisis.target.strength))
    if taken:
        does = f"takes {taken} of {len(crisis.names)} partners"
    else:
        does = f"goes alone: none of {len(crisis.names)} partners is worth the price"
    proof = "" if found.status == "optimal" else f" (not proven best: gap {found.gap:.2g})"
    free = len(found.free_riders)
    figures = tags.dl(
        _figure("Victory", f"{found.victory:.1%}", f"alone {alone:.1%}"),
        _figure("Partners", str(taken), f"{free} for nothing" if taken else "alone"),
        _figure("Bill", f"{found.bill:.4f}", "value of victory = 1"),
        class_="figures",
    )
    sentence = tags.p(
        f"{crisis.leader.name} ",
        tags.strong(does),
        f" against {crisis.target.name}{proof}.",
        class_="headline",
    )
    return TagList(sentence, figures)


def no_answer(trouble: str) -> Tag:
    """Say that the solvers gave none."""
    return tags.p(
        f"{trouble}. Fewer partners, less equal prices or more noise make it quicker; "
        "willing solve has no such limit.",
        class_="problem",
    )


def unfinished(policy: SecurityPath) -> Tag | None:
    """Say how far the path over security is proven, if not to its end."""
    if policy.gap == 0.0:
        return None
    return tags.p(
        f"The picture over security shows the {len(policy.coalitions)} coalitions found in the "
        f"time given; nowhere is another worth more by over {policy.gap:.2g}.",
        class_="outlook",
    )


def members(found: Equilibrium, moved: Changes) -> Tag:
    """List the members with their prices, who has just entered, and who has just left."""
    shown = [
        tags.li(
            tags.span("+ ", title="has just entered") if name in moved.entered else None,
            name,
            tags.span(f" {paid:.4f}" if paid else " free", class_="price"),
            class_="entered" if name in moved.entered else None,
        )
        for name, paid in list(found.side_payments.items())[:_MOST_NAMES]
    ]
    hidden = len(found.coalition) - len(shown)
    if hidden > 0:
        shown.append(tags.li(f"and {hidden} more"))
    shown += [
        tags.li(tags.span("− ", title="has just left"), name, class_="left")
        for name in moved.left[:_MOST_NAMES]
    ]
    return tags.ul(shown or tags.li("nobody"), class_="chips")


def outlook(below: Step | None, above: Step | None) -> Tag:
    """Say what would change next if the leader were less secure, and more."""
    return tags.p(
        "Less secure: ",
        _step("below", below),
        " More secure: ",
        _step("above", above),
        class_="outlook",
    )


def country(policy: SecurityPath, security: float) -> Tag:
    """Say what the leader's stake in office costs her country, to which a victory is worth 1."""
    j, retention = policy.place(security), policy.game.retention
    loss = policy.welfare_loss[j]
    stake = "insecurity" if security < retention else "security"
    costs = f"{loss:.4f} of a victory" if loss >= _LEAST_LOSS else "less than 0.0001 of a victory"
    best = f", set against {policy.welfare[policy.place(retention)]:.4f} at {retention:.2f}"
    return tags.p(
        f"To her country, which has no office to lose, victory less cost is "
        f"{policy.welfare[j]:.4f}; her {stake} costs it ",
        f"{costs}{best}." if loss > 0.0 else "nothing.",
        class_="outlook",
    )


def join_words(response: QuantalResponse) -> Tag:
    """Say what the probabilities of joining come to."""
    doubt = (
        f" The error in the probabilities is about {response.error:.1g}."
        if response.status == "limit"
        else ""
    )
    return tags.p(
        f"When her choice is noisy, a coalition forms with probability {response.build:.0%}, "
        f"has {math.fsum(response.join.values()):.1f} members on average, and wins with "
        f"probability {response.victory:.0%}.{doubt}",
        class_="caption",
    )


def comparison(one: Equilibrium, other: Equilibrium, moved: Changes) -> Tag:
    """Say how setting B differs from setting A."""
    names = [f"+ {name}" for name in moved.entered] + [f"− {name}" for name in moved.left]
    more = len(names) - _MOST_NAMES
    listed = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    points = 100.0 * (other.victory - one.victory)
    return tags.p(
        tags.strong("B against A: "),
        f"{listed or 'the same coalition'}; victory {points:+.1f} points; "
        f"bill {other.bill - one.bill:+.4f}.",
    )


def partner_table(found: Equilibrium) -> Tag:
    """Give one row a partner, members first and each group by what they are worth."""
    frame = found.to_frame().sort("member", "marginal_value", descending=True)
    lines = []
    for row in frame.iter_rows(named=True):
        tolerated = row["tolerated_divergence"]
        limit = "none" if tolerated is None else "any" if math.isinf(tolerated) else _2(tolerated)
        kind = ' class="member"' if row["member"] else ""
        lines.append(
            f"<tr{kind}><th scope=row>{escape(row['partner'])}</th>"
            f"<td>{'joins' if row['member'] else 'refused'}</td>"
            f"<td>{row['price']:.4f}</td><td>{row['reservation_price']:.4f}</td>"
            f"<td>{_2(row['divergence'])}</td><td>{limit}</td>"
            f"<td>{row['marginal_value']:+.4f}</td></tr>"
        )
    heads = (
        ("Partner", ""),
        ("Outcome", ""),
        ("Price", "what she asks to join the rest of the coalition"),
        ("Highest price", "the highest price at which she would be taken"),
        ("Divergence", "distance from the leader's preferences"),
        ("Largest divergence", "the largest divergence at which she would be taken"),
        ("Worth", "what taking her adds to the leader's payoff"),
    )
    head = "".join(f'<th scope=col title="{title}">{name}</th>' for name, title in heads)
    table = f"<table class=numbers><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return tags.div(
        HTML(f"{table}</table>"),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label="Partners, each given the rest of the coalition",
    )


def _figure(name: str, value: str, note: str) -> Tag:
    return tags.div(tags.dt(name), tags.dd(value, tags.small(note)))


def _step(side: str, step: Step | None) -> str:
    if step is None:
        return "nothing changes."
    names = [f"+ {name}" for name in step.changes.entered]
    names += [f"− {name}" for name in step.changes.left]
    return f"{side} {step.security:.2f}, {', '.join(names)}."


def _2(value: float) -> str:
    return f"{value:.2f}"
