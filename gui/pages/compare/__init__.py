"""The compare page: arms chosen, fine-tunings watched, differences shown."""
