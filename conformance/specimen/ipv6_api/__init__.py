"""地址簿: an address-book API on IPv4 and IPv6 loopback that handles IPv6 as the RFCs ask, and its faults."""
