"""heemodel: probabilistic health-economic analysis, from evidence to decision.

Import it as ``import heemodel as hm``. What it offers is listed in ``__init__.pyi``; each name is loaded from its room
when it is first used, so that the import is light.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
