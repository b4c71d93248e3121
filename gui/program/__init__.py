"""The program: its start, its end, its crashes and its self-test."""
