"""Profiles and the tables people write them from: clause tables into a draft and back, catalogues, the handbook."""
