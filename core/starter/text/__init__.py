"""The bundled text model: its corpus, vocabulary, pre-training, scores and publishing."""
