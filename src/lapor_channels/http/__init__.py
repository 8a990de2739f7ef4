"""What the doors that speak HTTP share: who calls, calls to the desk, files, problems, guards and the look of pages.

What needs more packages than Starlette stands apart: files and their limits, forms, and contacts.
"""

from lapor_channels.http.apps import html_app, json_app
from lapor_channels.http.guards import BodyLimit, SafeHeaders, SameOrigin
from lapor_channels.http.pages import Pages, up
from lapor_channels.http.problems import FieldFault, Problem, bad_fields, problem_of, problem_response
from lapor_channels.http.requests import call, clean, language_of, principal, text_of

__all__ = [
    "BodyLimit",
    "FieldFault",
    "Pages",
    "Problem",
    "SafeHeaders",
    "SameOrigin",
    "bad_fields",
    "call",
    "clean",
    "html_app",
    "json_app",
    "language_of",
    "principal",
    "problem_of",
    "problem_response",
    "text_of",
    "up",
]
