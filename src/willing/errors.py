"""What can go wrong, as exceptions whose message says what to do."""


class WillingError(Exception):
    """Base of every error that `willing` raises on purpose.

    The message states what was got, what is allowed and what to do. The command line prints it
    and exits with code 2.
    """


class ScenarioError(WillingError):
    """A crisis, a game or a scenario file has a value outside its range."""


class DataError(WillingError):
    """A data file is missing, unreadable or lacks what is needed from it."""


class EstimationError(WillingError):
    """A model cannot be estimated on the data given."""
