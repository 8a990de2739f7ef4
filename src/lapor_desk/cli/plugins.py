"""``lapor plugins``: which channels and notifiers were found, and why one is off."""

from cyclopts import App

app = App(name="plugins")
