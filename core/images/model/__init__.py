"""Vision Transformers with a decoder: masked autoencoders."""
