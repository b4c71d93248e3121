"""The bundled text model: its corpus, vocabulary, pre-training and publishing."""
