"""The local page: a crisis, the rules of the game, and what the leader does under them."""
