"""What a page that is left running will not be made to do."""

from __future__ import annotations

from willing.theory.search.search_options import Search

MOST_SESSIONS = 20
MOST_PARTNERS = 250
MOST_NAME = 60
# A scenario of the most partners with long names has about half of these.
MOST_FILE_CHARACTERS = 200_000
# Beyond these, sums and ratios of numbers would leave floating point; zero is allowed.
LEAST_NUMBER, MOST_NUMBER = 1e-12, 1e9
# One message of a browser: a scenario file, or the table of the most partners, with escapes.
MOST_MESSAGE_BYTES = 1_000_000
# A search that takes longer gives its best with a gap, so that one session cannot hold the others.
QUICK = Search(time_limit=2.0)
# Coalitions along the leader's security; more than a picture can tell apart.
MOST_STEPS = 200
