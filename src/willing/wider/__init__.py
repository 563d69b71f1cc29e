"""The wider theory: signals of resolve and war, and the expansion of conflicts."""
