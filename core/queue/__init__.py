"""Runs that wait for their turn, one after the other, in an order that can be changed."""
