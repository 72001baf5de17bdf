"""样机 govapp-pages: the H5 pages of a government App, and what can be wrong with each."""
