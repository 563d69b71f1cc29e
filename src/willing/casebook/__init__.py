"""Cases told: what happened, what the model says, where it errs.

``willing.casebook("gulf")`` gives one, ``willing.casebook()`` their titles: the room is called
like what one does in it, so it can be called. See `willing.casebook.casebook.casebook`.
"""

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        """Give a case, or the titles of all; see `willing.casebook.casebook.casebook`."""
        from willing.casebook.casebook import casebook

        return casebook(*args, **options)


sys.modules[__name__].__class__ = _Room
