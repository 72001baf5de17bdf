"""What things are: frozen values shared by every room, with no I/O."""
