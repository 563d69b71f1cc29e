"""How far the foreign-policy preferences of any two states are apart, by named measures."""
