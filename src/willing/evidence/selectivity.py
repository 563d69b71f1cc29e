"""How divergent the partners of secure and insecure leaders are, without a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.estimation.resampling import CellMeans, Contrast, bootstrap_means
from willing.evidence.sample import leader_sides, side_keys, third_of
from willing.figures import BLUE, ORANGE, house_theme
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot

SECURITY = ("most secure third", "middle third", "least secure third")
DIVERGENCE = ("near", "middle", "far")


def _insecure_less_secure(means: Floats) -> Floats:
    """Give the difference of the outer two of three means."""
    return np.asarray(means[2] - means[0])


@dataclass(frozen=True, eq=False, repr=False)
class PartnerDivergence(Result):
    """Divergence of the partners taken, by thirds of leaders ranked by insecurity.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a third: ``leaders`` (sides), ``insecurity`` (its mean), ``coalitions`` and
        ``partners`` (with divergence known), ``taken_per_partner`` and ``taken_per_coalition``
        (mean `difLPv` of the partners taken, each partner or each coalition counting once) and
        ``not_taken`` (mean `difLPv` of the other states).
    per_partner, per_coalition, net : Contrast
        Least less most secure third: of the two means, and of how much more divergent the
        partners taken are than the other states. Crises are redrawn.
    per_partner_by_leader : Contrast
        The first of these with leading states redrawn instead, since some lead often; with sides
        redrawn where leaders are not named.
    """

    frame: pl.DataFrame
    per_partner: Contrast
    per_coalition: Contrast
    net: Contrast
    per_partner_by_leader: Contrast

    def to_frame(self) -> pl.DataFrame:
        """Give the table of thirds."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the table and the contrasts as plain numbers."""
        names = ("per_partner", "per_coalition", "net", "per_partner_by_leader")
        contrasts = {name: getattr(self, name).to_dict() for name in names}
        return {"thirds": self.frame.to_dicts(), **contrasts}

    def __str__(self) -> str:
        lines = ["Divergence from L (difLPv) of the partners taken"]
        lines += [
            f"  {r['third']:20}{r['taken_per_partner']:6.2f} a partner (n = {r['partners']}), "
            f"{r['taken_per_coalition']:.2f} a coalition (n = {r['coalitions']}); "
            f"{r['not_taken']:.2f} other states"
            for r in self.frame.iter_rows(named=True)
        ]
        lines += [
            "  least less most secure third, 95 % bootstrap interval",
            f"    a partner, crises redrawn    {self.per_partner}",
            f"    a partner, leaders redrawn   {self.per_partner_by_leader}",
            f"    a coalition, crises redrawn  {self.per_coalition}",
            f"    net of other states          {self.net}",
        ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, repr=False)
class JoinRates(Result):
    """How often near and far states join secure and insecure leaders.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a third of leaders by insecurity and a third of states by `difLPv`: ``triads``,
        ``joined``, ``rate`` and its 95 percent interval ``low`` to ``high``, crises redrawn.
    secure, insecure : Contrast
        Share of far states among joiners from equally many near and far states,
        ``far / (near + far)`` of the two rates less one half, for the most and the least secure
        third: zero when distance does not matter, -.5 when far states never join. It does not
        depend on how often states join at all.
    difference : Contrast
        The second less the first: positive when insecure leaders are less selective.
    """

    frame: pl.DataFrame
    secure: Contrast
    insecure: Contrast
    difference: Contrast

    def to_frame(self) -> pl.DataFrame:
        """Give the nine cells."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give the cells and the contrasts as plain numbers."""
        contrasts = {n: getattr(self, n).to_dict() for n in ("secure", "insecure", "difference")}
        return {"cells": self.frame.to_dicts(), **contrasts}

    def rate(self, security: str, divergence: str) -> float:
        """Give the rate of one cell, e.g. ``rate("most secure third", "near")``."""
        cell = (pl.col("third") == security) & (pl.col("divergence") == divergence)
        return float(self.frame.filter(cell)["rate"].item())

    def __str__(self) -> str:
        lines = ["States that joined, per cent (joined / triads), by divergence from L"]
        for (third,), part in self.frame.group_by("third", maintain_order=True):
            cells = "  ".join(
                f"{r['divergence']} {100 * r['rate']:.2f} ({r['joined']}/{r['triads']:,})"
                for r in part.iter_rows(named=True)
            )
            lines.append(f"  {third:20}{cells}")
        lines += [
            "  far / (near + far) less one half, 95 % bootstrap interval, crises redrawn",
            f"    most secure third   {self.secure}",
            f"    least secure third  {self.insecure}",
            f"    difference          {self.difference}",
        ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the rate of joining by divergence for the most and least secure third."""
        from plotnine import (
            aes,
            geom_line,
            geom_linerange,
            geom_point,
            ggplot,
            labs,
            position_dodge,
            scale_color_manual,
        )

        beside = position_dodge(width=0.2)
        shown = self.frame.filter(pl.col("third") != SECURITY[1]).to_pandas()
        shown["divergence"] = shown["divergence"].astype("category").cat.set_categories(DIVERGENCE)
        return (
            ggplot(shown, aes("divergence", "100 * rate", color="third", group="third"))
            + geom_line(size=0.6, position=beside)
            + geom_linerange(aes(ymin="100 * low", ymax="100 * high"), size=1, position=beside)
            + geom_point(size=3, position=beside)
            + scale_color_manual({SECURITY[0]: BLUE, SECURITY[2]: ORANGE})
            + labs(
                x="Third of states by divergence from the leader",
                y="Joined, per cent",
                color="Leaders",
                title="Near and far states that joined",
            )
            + house_theme()
        )


def partner_divergence(
    triads: pl.DataFrame, *, draws: int = 2000, rng: np.random.Generator
) -> PartnerDivergence:
    """Compare the divergence of the partners that secure and insecure leaders took.

    Parameters
    ----------
    triads
        A sample of the record's triads.
    draws
        Bootstrap samples.
    rng
        Source of randomness.

    Returns
    -------
    PartnerDivergence

    Raises
    ------
    EstimationError
        If the triads have no divergence, or the most or the least secure third of leaders has no
        partner with a known one.
    """
    if "difLPv" not in triads.columns:
        raise EstimationError("the data have no column difLPv, the divergence of P from L")
    ranked = _with_thirds(triads).drop_nulls(["join", "difLPv"])
    taken = ranked.filter(pl.col("join") == 1)
    coalitions = taken.group_by(*side_keys(triads), "crisno", "third", maintain_order=True).agg(
        pl.col("difLPv").mean()
    )
    absent = [SECURITY[k] for k in (0, 2) if k not in taken["third"]]
    if absent:
        raise EstimationError(
            f"no partner of the {' or the '.join(absent)} of leaders has a known divergence; "
            "take a wider sample"
        )

    def means(
        frame: pl.DataFrame, cell: pl.Series, cells: int, cluster: str = "crisno"
    ) -> CellMeans:
        arrays = (frame["difLPv"].to_numpy(), cell.to_numpy(), frame[cluster].to_numpy())
        return bootstrap_means(*arrays, cells=cells, draws=draws, rng=rng)

    per_partner = means(taken, taken["third"], 3)
    per_coalition = means(coalitions, coalitions["third"], 3)
    # Cells 0-2 are the other states, 3-5 the partners taken, in the same redrawn crises.
    both = means(ranked, ranked["third"] + 3 * ranked["join"].cast(pl.Int8), 6)
    sides = (
        _ranked_sides(triads)
        .group_by("third")
        .agg(pl.len().alias("leaders"), pl.col("insecurity_leader").mean().alias("insecurity"))
    )
    frame = (
        pl.DataFrame({"third": [0, 1, 2]}, schema={"third": pl.Int8})
        .join(sides, on="third", how="left")
        .join(coalitions.group_by("third").agg(pl.len().alias("coalitions")), "third", "left")
        .join(taken.group_by("third").agg(pl.len().alias("partners")), "third", "left")
        .with_columns(
            pl.Series("taken_per_partner", per_partner.means),
            pl.Series("taken_per_coalition", per_coalition.means),
            pl.Series("not_taken", both.means[:3]),
            pl.Series("third", SECURITY),
        )
    )
    return PartnerDivergence(
        frame=frame,
        per_partner=per_partner.contrast(_insecure_less_secure),
        per_coalition=per_coalition.contrast(_insecure_less_secure),
        net=both.contrast(lambda m: _insecure_less_secure(m[3:] - m[:3])),
        per_partner_by_leader=means(
            taken, taken["third"], 3, "leader" if "leader" in taken.columns else "side"
        ).contrast(_insecure_less_secure),
    )


def join_rates(triads: pl.DataFrame, *, draws: int = 2000, rng: np.random.Generator) -> JoinRates:
    """Compare how often near and far states join secure and insecure leaders.

    Parameters as in :func:`partner_divergence`; near and far are the first and last third of
    `difLPv` over the triads.

    Raises
    ------
    EstimationError
        If no near or far state joined the most or the least secure third of leaders.
    """
    ranked = _with_thirds(triads).drop_nulls(["join", "difLPv"])
    ranked = ranked.with_columns(third_of(ranked["difLPv"]).alias("divergence"))
    cell = 3 * ranked["third"] + ranked["divergence"]
    joined = ranked["join"].cast(pl.Float64).to_numpy()
    means = bootstrap_means(
        joined, cell.to_numpy(), ranked["crisno"].to_numpy(), cells=9, draws=draws, rng=rng
    )
    ends = np.nanquantile(means.drawn, [0.025, 0.975], axis=0)
    frame = (
        ranked.group_by("third", "divergence")
        .agg(pl.len().alias("triads"), pl.col("join").cast(pl.Int64).sum().alias("joined"))
        .sort("third", "divergence")
        .with_columns(
            (pl.col("joined") / pl.col("triads")).alias("rate"),
            *(
                (3 * pl.col("third") + pl.col("divergence"))
                .replace_strict(dict(enumerate(values)), return_dtype=pl.Float64)
                .alias(end)
                for end, values in zip(("low", "high"), ends, strict=True)
            ),
            pl.col("third").replace_strict(dict(enumerate(SECURITY)), return_dtype=pl.String),
            pl.col("divergence").replace_strict(
                dict(enumerate(DIVERGENCE)), return_dtype=pl.String
            ),
        )
    )

    empty = [SECURITY[k] for k in (0, 2) if not means.means[3 * k] + means.means[3 * k + 2] > 0]
    if empty:
        raise EstimationError(
            f"no near or far state joined the {' or the '.join(empty)} of leaders; "
            "take a wider sample"
        )

    def far_share(near: Floats, far: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return far / (near + far) - 0.5

    return JoinRates(
        frame=frame,
        secure=means.contrast(lambda m: far_share(m[0], m[2])),
        insecure=means.contrast(lambda m: far_share(m[6], m[8])),
        difference=means.contrast(lambda m: far_share(m[6], m[8]) - far_share(m[0], m[2])),
    )


def _ranked_sides(triads: pl.DataFrame) -> pl.DataFrame:
    sides = leader_sides(triads).drop_nulls("insecurity_leader")
    return sides.with_columns(third_of(sides["insecurity_leader"]).alias("third"))


def _with_thirds(triads: pl.DataFrame) -> pl.DataFrame:
    keys = side_keys(triads)
    thirds = _ranked_sides(triads).select(*keys, "third")
    return triads.join(thirds, on=keys, how="inner", validate="m:1")
