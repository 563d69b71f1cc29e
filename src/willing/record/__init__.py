"""The record: who was invited into the crises of the world, and who joined."""
