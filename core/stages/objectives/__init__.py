"""What a step of pre-training minimises: one objective a file; `choose.py` makes the one asked."""
