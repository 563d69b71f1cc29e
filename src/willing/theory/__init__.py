"""The theory: a crisis, the rules of the game, its solution and the claims about it."""
