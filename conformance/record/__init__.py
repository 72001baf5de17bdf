"""What a run leaves behind: ledger, evidence, manifest; and reading, verifying and comparing it."""
