"""Runs where others can look: what the plots show, written by the libraries of other trackers.

A process of its own (`core.processes.tracker`) follows the events of a run and writes them into
the run folder: nothing of it is in the way of the training, and nothing goes over a network.
"""
