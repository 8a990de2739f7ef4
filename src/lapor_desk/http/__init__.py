"""The desk over HTTP: what is mounted where, who calls, the officers' console, and what an operator asks of a service."""

from lapor_desk.http.app import create_app

__all__ = ["create_app"]
