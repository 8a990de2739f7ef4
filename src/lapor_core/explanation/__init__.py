"""A deadline made readable: as text, as data, as a picture of the months, and as a task for a calendar program."""
