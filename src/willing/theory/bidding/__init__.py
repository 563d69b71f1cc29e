"""Two leaders who bid for the same partners."""
