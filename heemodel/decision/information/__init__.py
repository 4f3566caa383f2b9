"""Value of information: what it would be worth to know more before deciding."""

from heemodel.decision.information.nested import nested_evppi
from heemodel.decision.information.partial import evppi, evppi_each

__all__ = ["evppi", "evppi_each", "nested_evppi"]
