"""The bundled starter model: endlessly generated images and its pre-training."""
