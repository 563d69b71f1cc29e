"""The propositions as objects: statement, assumptions, source, derivation and check."""

from willing.theory.propositions.checking import check_claim, check_claims, contradicts
from willing.theory.propositions.choice_catalogue import CHOICE_CLAIMS
from willing.theory.propositions.claim import Claim, Counterexample, Verdict, Verdicts
from willing.theory.propositions.cutoff_catalogue import CUTOFF_CLAIMS
from willing.theory.propositions.scenarios import Scenario
from willing.theory.propositions.wider_catalogue import WIDER_CLAIMS

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
