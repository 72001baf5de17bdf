"""Android application packages: manifest, resources, code, signatures; each clause a pure function. Nothing is run."""
