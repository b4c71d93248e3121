"""Which pretrained models there are, and how their files get here."""
