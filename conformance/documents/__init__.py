"""File formats of the domain: OFD packages, electronic seals, signatures; read as hostile data, judged clause by clause."""
