"""heemodel: probabilistic health-economic analysis, from evidence to decision.

Import it as ``import heemodel as hm``. What it offers is listed in ``__init__.pyi``; each name is loaded from its room
when it is first used, so that the import is light.
"""

from types import ModuleType as _ModuleType

import lazy_loader as _lazy_loader

from heemodel.errors import closest as _closest

__version__ = "0.1.0"

_load, __dir__, __all__ = _lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    if name in __all__ or name.startswith("_"):
        return _load(name)
    message = f"heemodel has no {name!r}; {_meant(name)}"
    raise AttributeError(message, name=name, obj=None)  # without obj, Python adds no guess of its own


def _meant(name: str) -> str:
    """The name that was most likely meant, here or in one of the rooms; the smallest room that has it is named."""
    rooms = {one: room for one in __all__ if isinstance(room := _load(one), _ModuleType)}
    known = {}
    for room, held in sorted(rooms.items(), key=lambda room: -len(room[1].__all__)):
        known |= {one: f"hm.{room}.{one}" for one in held.__all__}
    here = {one: f"hm.{one}" for one in __all__}
    for names in (here, known) if name not in known else (known,):
        if close := _closest(name, names):
            return f"did you mean {names[close]}?"
    return f"look in hm, {', '.join(f'hm.{room}' for room in rooms)}"
