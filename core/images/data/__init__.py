"""Folders and tables of images, to pixels."""
