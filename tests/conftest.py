"""Hypothesis profiles: ``ci`` repeats exactly and is limited, ``dev`` explores, ``deep`` searches for long.

``brief`` only shows that what passes elsewhere passes here too: on another interpreter, or with rooms of the house gone.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=50, print_blob=True)
settings.register_profile("brief", derandomize=True, deadline=None, max_examples=5, print_blob=True)
settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile(
    "deep",
    deadline=None,
    max_examples=5_000,
    suppress_health_check=[HealthCheck.too_slow],  # a deep search may draw slowly
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
