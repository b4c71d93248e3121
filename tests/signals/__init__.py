"""A third modality that lives in the tests only: 1-D signals, `.npy` files in class folders."""
