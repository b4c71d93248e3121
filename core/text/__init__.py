"""Texts as examples: data, model, export, and how the stages see them."""
