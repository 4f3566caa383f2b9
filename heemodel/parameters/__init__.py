"""What goes in: parameters with unit, source and distribution; evidence data; dated policy data."""

from heemodel.parameters.budget import Budget
from heemodel.parameters.correlations import Correlated
from heemodel.parameters.inputs import Inputs, UnknownNameError
from heemodel.parameters.joining import join_draws
from heemodel.parameters.life_table import LifeTable, Periods
from heemodel.parameters.life_table_columns import LifeTableError
from heemodel.parameters.life_table_reading import life_table
from heemodel.parameters.needs import Needs
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.policy import PolicyProfile, policy_profile, policy_profiles, policy_thresholds
from heemodel.parameters.problems import InputError, Problem
from heemodel.parameters.reading import read_inputs
from heemodel.parameters.seeds import generator, seed_sequence
from heemodel.parameters.specification import Avoided, Claim, Component
from heemodel.parameters.summaries import (
    Beta,
    CorrelatedNormals,
    Dirichlet,
    Fixed,
    Gamma,
    Labelled,
    LogNormal,
    LogOdds,
    Normal,
    Pert,
    SummaryError,
    TruncatedNormal,
    Uniform,
)
from heemodel.parameters.utility_norms import population_utility
from heemodel.parameters.workbook import read_changes, with_file, write_overlay, write_workbook

__all__ = [
    "Avoided",
    "Beta",
    "Budget",
    "Claim",
    "Component",
    "Correlated",
    "CorrelatedNormals",
    "Dirichlet",
    "Fixed",
    "Gamma",
    "InputError",
    "Inputs",
    "Labelled",
    "LifeTable",
    "LifeTableError",
    "LogNormal",
    "LogOdds",
    "Needs",
    "Normal",
    "Parameter",
    "Periods",
    "Pert",
    "PolicyProfile",
    "Problem",
    "SummaryError",
    "TruncatedNormal",
    "Uniform",
    "UnknownNameError",
    "generator",
    "join_draws",
    "life_table",
    "policy_profile",
    "policy_profiles",
    "policy_thresholds",
    "population_utility",
    "read_changes",
    "read_inputs",
    "seed_sequence",
    "with_file",
    "write_overlay",
    "write_workbook",
]
