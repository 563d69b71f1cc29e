"""Who would join a leader, at what price: forecasts, what-ifs, scenarios, scores.

``willing.forecast("kosovo")`` asks for one: the room is called like what one does in it, so it
can be called. See `willing.forecast.asking.forecast`.
"""

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        """Forecast who joins a leader; see `willing.forecast.asking.forecast`."""
        from willing.forecast.asking import forecast

        return forecast(*args, **options)


sys.modules[__name__].__class__ = _Room
