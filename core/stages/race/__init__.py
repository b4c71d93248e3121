"""Ways to adapt the model compete on validation examples; the rest of the run goes by the best."""
