"""Who wins: the contest estimated from how crises, disputes and wars ended."""
