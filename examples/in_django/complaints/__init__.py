"""Complaints in the office's own database: rules and record from lapor_core, people and tables from Django."""
