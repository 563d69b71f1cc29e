"""Limits on what a reader can make the page do: numbers, sizes, sessions and seconds."""

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
# A search that takes longer gives its best with a gap, and a path what it has found so far.
QUICK = Search(time_limit=2.0)
PATH_SECONDS = 3.0
# Any question to the solvers; one that has no limit of its own ends here without an answer. Seconds
# of processor time: on a busy machine none would be answered by the clock.
DEADLINE = 6.0
# A reader one of whose questions took longer leaves half of the processes to the others for a
# while: her next may be quick, and the one after it slow again. Questions about the record take
# less than a tenth of a second.
QUICK_SECONDS, SLOW_SECONDS = 0.5, 60.0
WORKERS = 4
# Coalitions along the leader's security; more than a picture can tell apart.
MOST_STEPS = 200
# Seconds without a message after which a reader's place goes to another. The page of an open
# browser sends a sign of life each minute; a socket that never says a word has ten seconds.
MOST_IDLE, MOST_SILENT = 150.0, 10.0
