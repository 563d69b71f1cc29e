"""The wider theory: signals of resolve and war, and the expansion of conflicts."""

from willing.wider.expansion import Balancer, ExpansionGame
from willing.wider.signaling import SignalingGame

__all__ = ["Balancer", "ExpansionGame", "SignalingGame"]
