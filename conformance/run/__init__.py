"""Carrying out a plan: the engine that works ahead, the context of a check, capture and redaction."""
