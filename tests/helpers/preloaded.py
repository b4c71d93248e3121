"""Imported by the fork server: everything that a trainer imports sooner or later."""

import gc

# What is here for good need not be looked at by every collection of every trainer.
gc.collect()
gc.freeze()
