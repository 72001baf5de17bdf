"""The pytest front end: a tree of nodes, one item a check, a record written as the items report."""
