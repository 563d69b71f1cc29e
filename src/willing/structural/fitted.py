"""A fitted structural model: what it was, the data and the maximum of its likelihood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from willing.contest.contest_estimates import ContestEstimates
from willing.errors import EstimationError
from willing.numbers import Floats
from willing.structural.leader_sides import Sides
from willing.structural.likelihood import Likelihood
from willing.structural.maximum import Fit, parameter_names
from willing.structural.profile_likelihood import Profile
from willing.structural.specification import Specification


@dataclass(frozen=True, eq=False, repr=False)
class Fitted:
    """The structural model at the maximum of its likelihood.

    `willing.structural.estimates.Estimates`, which tests and prints it,
    describes the attributes.
    """

    model: Specification
    likelihood: Likelihood = field(repr=False)
    fit: Fit = field(repr=False)
    covariance: Floats = field(repr=False)
    profile: Profile | None = field(repr=False, default=None)
    outcomes: ContestEstimates | None = field(repr=False, default=None)

    @property
    def sides(self) -> Sides:
        """The leader sides."""
        return self.likelihood.sides

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters: value of victory, then price."""
        return parameter_names(self.likelihood)

    @property
    def params(self) -> Floats:
        """The estimates :math:`(b_0, b_1, c)`, shape (2 + k,)."""
        return self.fit.params

    @property
    def std_errors(self) -> Floats:
        """Standard errors clustered by crisis, shape (2 + k,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood at the estimates."""
        return self.fit.value

    def side(self, name: str) -> Sides:
        """Give one leader side of the sample."""
        if name not in self.sides.names:
            raise EstimationError(
                f"no leader side '{name}' in the sample; there are {self.sides.names[0]} to "
                f"{self.sides.names[-1]}. Sides with missing covariates are not in it"
            )
        return self.sides.take([self.sides.names.index(name)])
