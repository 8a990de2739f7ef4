"""The office's project."""
