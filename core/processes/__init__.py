"""Every process of ours that is started with `python -m`."""
