"""A Linux kernel in a network namespace as an IPv6 node, its faults, and the link to it that exists nowhere else."""
