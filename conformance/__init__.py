"""Conformance testing of information systems from YAML profiles."""
