"""The propositions as objects: statement, assumptions, source, derivation and check."""

from willing.propositions.catalogue import CHOICE_CLAIMS
from willing.propositions.checking import check_claim, check_claims, contradicts
from willing.propositions.claim import Claim, Counterexample, Scenario, Verdict, Verdicts
from willing.propositions.cutoff_catalogue import CUTOFF_CLAIMS
from willing.propositions.wider_catalogue import WIDER_CLAIMS

CLAIMS = CUTOFF_CLAIMS[:2] + CHOICE_CLAIMS + CUTOFF_CLAIMS[2:] + WIDER_CLAIMS

__all__ = [
    "CLAIMS",
    "Claim",
    "Counterexample",
    "Scenario",
    "Verdict",
    "Verdicts",
    "check_claim",
    "check_claims",
    "contradicts",
]
