"""The doors and the messengers that come with lapor, each an ordinary plug-in behind an entry point of group ``lapor``."""
