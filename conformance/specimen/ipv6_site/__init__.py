"""A web site and its name servers, on IPv6 and IPv4 loopback."""
