"""A government web site that really runs, and the ways in which it can be wrong."""
