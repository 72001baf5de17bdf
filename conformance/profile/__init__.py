"""YAML → model: reads, checks, resolves and lints profiles; every error says where it stands and what to do."""

from conformance.profile.find import Listing, available, locate
from conformance.profile.flat import flatten, unflatten
from conformance.profile.pin import load
from conformance.profile.procedures import procedure_file, procedure_files
from conformance.profile.yamlread import read_file, read_yaml

__all__ = [
    "Listing",
    "available",
    "flatten",
    "load",
    "locate",
    "procedure_file",
    "procedure_files",
    "read_file",
    "read_yaml",
    "unflatten",
]
