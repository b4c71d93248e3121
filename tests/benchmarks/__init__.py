"""Benchmarks that any user can run; each ends in one line of JSON on standard output."""
