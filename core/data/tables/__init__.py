"""Tables of examples, for all modalities: encodings, separators, headers, columns, rows."""
