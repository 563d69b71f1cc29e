"""What can go wrong, as exceptions whose message says what to do."""

from willing.escapes import printable


class WillingError(Exception):
    """Base of every error that `willing` raises on purpose.

    The message states what was got, what is allowed and what to do. The command line prints it
    and exits with code 2. What it quotes of files and names cannot colour a terminal.
    """

    def __str__(self) -> str:
        return printable(super().__str__())


class ScenarioError(WillingError):
    """A crisis, a game or a scenario file has a value outside its range."""


class DataError(WillingError):
    """A data file is missing, unreadable or lacks what is needed from it."""


class EstimationError(WillingError):
    """A model cannot be estimated on the data given."""


class NoVariationError(EstimationError):
    """The outcome, or a column meant to explain it, takes a single value."""


class CollinearityError(EstimationError):
    """A column is an exact combination of others."""


class SeparationError(EstimationError):
    """A column, or a combination of them, predicts the outcome without error."""


class ConvergenceError(EstimationError):
    """The search for the maximum of the likelihood did not settle on an identified point."""


class EmptyOutcomesError(NoVariationError):
    """No leader side with a coalition is left to estimate from."""


class IdentificationError(EstimationError):
    """The data cannot tell some parameters of a model from one another."""
