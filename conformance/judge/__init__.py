"""Observation → check verdict → clause verdict → conclusion; pure, no I/O."""
