"""What goes in: parameters with unit, source and distribution; evidence data; dated policy data."""

from heemodel.parameters.inputs import Inputs, UnknownNameError, join_draws
from heemodel.parameters.life_table import LifeTable, life_table
from heemodel.parameters.policy import PolicyProfile, policy_profile, policy_profiles
from heemodel.parameters.reading import InputError, Problem, read_inputs
from heemodel.parameters.seeds import generator, seed_sequence
from heemodel.parameters.specification import Claim, Parameter

__all__ = [
    "Claim",
    "InputError",
    "Inputs",
    "LifeTable",
    "Parameter",
    "PolicyProfile",
    "Problem",
    "UnknownNameError",
    "generator",
    "join_draws",
    "life_table",
    "policy_profile",
    "policy_profiles",
    "read_inputs",
    "seed_sequence",
]
