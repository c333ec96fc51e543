"""Profiles: what is needed; the shipped ones, and what reads, checks, merges and writes them."""
