"""Reference systems that really run, each with named ways of being wrong: what the checks are qualified against."""
