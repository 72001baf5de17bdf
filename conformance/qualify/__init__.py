"""Qualification of the instrument: every check is shown able to pass and able to fail."""
