"""Who joined a leader: those who acted against her target, and did so with her."""

from __future__ import annotations

import polars as pl

from willing.record.codings import KEY
from willing.record.meetings import days_of_crisis
from willing.sources.keys import look_up

# A partner whose separate dispute with the target began longer before the leader's part in the
# crisis has a quarrel of its own.
OWN_QUARREL_DAYS = 7

LED = ("crisno", "target", "leader")


def ties_to_leaders(
    led: pl.DataFrame, acts: pl.DataFrame, disputes: pl.DataFrame, named: pl.DataFrame
) -> pl.DataFrame:
    """Say of each state that acted against a target whether it did so with a leader.

    It did if both face the target in one dispute of the crisis on enough of the crisis's days
    (``shared``). A state that ICB or Hewitt names against the target passes without (``named``),
    unless their shared dispute lies outside the crisis (``another time``), or they have separate
    ones and the state's began more than `OWN_QUARREL_DAYS` days before the leader's part in the
    crisis (``own quarrel``). Any other has ``nothing`` to do with her.

    Parameters
    ----------
    led
        Leaders and targets wanted, columns `LED`, each once.
    acts
        What `willing.record.acts.code_acts` gave.
    disputes
        What `willing.record.crisis_disputes.belonging` gave.
    named
        What `willing.record.codings.named_pairs` gave.

    Returns
    -------
    polars.DataFrame
        One row a (`LED`, state other than the leader that acted against the target): ``ccode``,
        ``tie``, ``led`` (the leader acted herself) and ``joined`` (she did, and the tie holds).
    """
    acting = acts.filter("did").select(KEY)
    spells = disputes.select(*KEY, "dispnum", "side_a", "since", "until", "start", "end", "days",
                             "needed")  # fmt: skip
    # Many to many: a leader may have several spells, and face several targets in one crisis.
    of_leaders = led.join(
        spells.rename({"ccode": "leader", "since": "led_since", "until": "led_until"}),
        on=LED,
        validate="1:m",
    ).select(*LED, "dispnum", "side_a", "led_since", "led_until", "start", "days")
    shared = (
        of_leaders.select(*LED, "dispnum", "side_a", "led_since", "led_until")
        .join(spells, on=["crisno", "target", "dispnum", "side_a"], validate="m:m")
        .filter(pl.col("ccode") != pl.col("leader"))
        .with_columns(
            since=pl.max_horizontal("since", "led_since"),
            until=pl.min_horizontal("until", "led_until"),
        )
        .filter(pl.col("since") <= pl.col("until"))
        .group_by(*LED, "ccode")
        .agg(
            together=days_of_crisis("since", "until").max(),
            needed=pl.col("needed").max(),
        )
        .select(*LED, "ccode", shared=pl.col("together") >= pl.col("needed"))
    )
    part = (
        of_leaders.filter(pl.col("days") >= 1)
        .group_by(LED)
        .agg(part=pl.max_horizontal("led_since", "start").min())
    )
    own = spells.filter(pl.col("days") >= 1).group_by(KEY).agg(own=pl.col("since").min())
    leading = acting.rename({"ccode": "leader"}).with_columns(led=pl.lit(True))
    ties = led.join(acting, on=["crisno", "target"], validate="m:m").filter(
        pl.col("ccode") != pl.col("leader")
    )
    for table, on in (
        (shared, (*LED, "ccode")),
        (part, LED),
        (own, KEY),
        (named.select(*KEY, named=pl.lit(True)), KEY),
        (leading, LED),
    ):
        ties = look_up(ties, table, on)
    earlier = (pl.col("part") - pl.col("own")).dt.total_days() > OWN_QUARREL_DAYS
    return (
        ties.with_columns(
            tie=pl.when(pl.col("shared"))
            .then(pl.lit("shared"))
            .when(pl.col("named").is_null())
            .then(pl.lit("nothing"))
            .when(~pl.col("shared"))
            .then(pl.lit("another time"))
            .when(earlier)
            .then(pl.lit("own quarrel"))
            .otherwise(pl.lit("named"))
        )
        .select(
            *LED,
            "ccode",
            "tie",
            pl.col("led").fill_null(False),
            joined=pl.col("led").fill_null(False) & pl.col("tie").is_in(["shared", "named"]),
        )
        .sort(*LED, "ccode")
    )
