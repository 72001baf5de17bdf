"""A page in a real browser: opened once, measured once; the facts are an exchange like any other (`visit`)."""
