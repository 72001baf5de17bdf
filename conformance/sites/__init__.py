"""A web site seen over two address families: its names, its pages, its links, its delays."""
