"""Hypothesis strategies: valid data of the domain, and data with exactly one rule broken.

`spec` is the face (`strategy`, `values`, `sample`, `describe`, `check_spec`) and imports no Hypothesis until one of
the first three is called; `rules` says what can be made.
"""
