"""Profile × target → what will be run: which checks apply, in which order, and every request they may send."""
