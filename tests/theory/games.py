"""Random games for property tests: every pricing rule, every contest, ties and edge cases."""

import numpy as np
from hypothesis import strategies as st

from willing.theory.contest import DrawContest, LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame


def exponential(M, m_T):
    """Give a contest of the user's, concave and never certain."""
    return 0.05 + 0.9 * (1.0 - np.exp(-np.asarray(M, dtype=float) / m_T))


def step(M, m_T):
    """Give a contest with a jump at twice the target's strength."""
    return np.where(np.asarray(M, dtype=float) < 2.0 * m_T, 0.2, 0.7)


contests = st.one_of(
    st.floats(0.2, 6.0).map(RatioContest),
    st.floats(0.2, 8.0).map(LogisticContest),
    st.sampled_from([RatioContest(1.0), exponential, step, DrawContest(0.23, -1.83, 0.5)]),
)

# Few different values make ties, zero prices, zero strengths and equal ratios likely.
strengths = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 0.75]), st.floats(1e-4, 1.0))
divergences = st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.floats(0.0, 4.0))


@st.composite
def crises(draw, most_partners=10):
    """Draw a crisis; costs are free, or the same share of everybody's strength."""
    n = draw(st.integers(1, most_partners))
    share = draw(st.one_of(st.none(), st.floats(0.0, 0.5)))
    costs = st.one_of(st.sampled_from([0.0, 0.1]), st.floats(0.0, 0.3))
    partners = []
    for position in range(n):
        m = draw(strengths)
        partners.append(
            Partner(
                f"P{position}",
                strength=m,
                divergence=draw(divergences),
                cost=draw(costs) if share is None else share * m,
                benefit=draw(st.sampled_from([0.0, 0.0, 0.05])),
            )
        )
    return Crisis(
        leader=Leader("L", strength=draw(st.floats(0.05, 3.0)), security=draw(st.floats(0.0, 1.0))),
        target=Target("T", strength=draw(st.floats(0.1, 3.0))),
        partners=tuple(partners),
    )


@st.composite
def games(draw):
    """Draw rules under which stakes may be negative and victory nearly worthless."""
    office = draw(st.sampled_from([0.0, 1.0, 2.0, 5.0]))
    least = max(0.0, 1.0 - 1.0 / office) if office else 0.0
    return CoalitionGame(
        office=office,
        contest=draw(contests),
        pricing=draw(st.sampled_from(["pivotal", "additive"])),
        aversion=draw(st.sampled_from([0.0, 0.5, 1.0])),
        friction=draw(st.sampled_from([0.0, 0.01, 0.1])),
        retention=draw(st.sampled_from([1.0, 1.0, (1.0 + least) / 2.0])),
    )
