"""Sign-off and life cycle of a report: who answers for it, what may not be issued, what became of it."""
