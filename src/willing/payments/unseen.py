"""What must be said beside every figure of payments."""

from __future__ import annotations

UNSEEN = (
    "Joining and being paid are not separated in time: a payment agreed before the crisis or paid "
    "outside the aid budget is invisible. Loans count at face value when signed; debt relief, "
    "what third parties paid, trade quotas, votes in the IMF and reimbursements by the Department "
    "of Defense are not in the files."
)


def not_american(leader: str) -> str:
    """Say why a crisis that the United States do not lead has arms only."""
    return (
        f"Led by {leader}, not by the United States: only the arms that the leader delivered. The "
        "files of aid and of troops tell what the United States gave."
    )
