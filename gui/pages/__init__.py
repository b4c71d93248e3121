"""The pages: one package each, none of which imports another's."""
