"""YAML to core values, with every problem and its place."""

from mailflow.policy.load import Loaded, load, policy_hash, read_home
from mailflow.policy.problem import Problem
from mailflow.policy.stranded import stranded

__all__ = ["Loaded", "Problem", "load", "policy_hash", "read_home", "stranded"]
