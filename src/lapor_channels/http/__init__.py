"""What the doors that speak HTTP share: who calls, calls to the desk, files, problems, guards and the look of pages.

What looks into files needs more packages and stands apart in :mod:`lapor_channels.http.files`.
"""

from lapor_channels.http.apps import html_app, json_app
from lapor_channels.http.guards import BodyLimit, SafeHeaders, SameOrigin
from lapor_channels.http.pages import Pages, up
from lapor_channels.http.problems import Problem, problem_of, problem_response
from lapor_channels.http.requests import call, clean, language_of, principal, text_of

__all__ = [
    "BodyLimit",
    "Pages",
    "Problem",
    "SafeHeaders",
    "SameOrigin",
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
