"""How a check touches a system. Each probe is a narrow port with bounds; nothing above it opens a socket."""
