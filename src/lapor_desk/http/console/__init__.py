"""The officers' console: sign in, find a complaint, see what may be seen, and do what may be done."""

from lapor_desk.http.console.site import console_app

__all__ = ["console_app"]
