"""The core alone, as in a notebook: each cell begins with ``# %%``, and what it prints stands in the README."""

# %% A standard, loaded once
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lapor_core import Facts, Kind, load_standard
from lapor_core.calendar import Office

standard = load_standard("banjarbaru")
wita = ZoneInfo("Asia/Makassar")

# %% How serious is it, and which sentence says so?
facts = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False, agencies=("dinas-contoh",))
assessment = standard.assess(facts)
print(assessment.tier.name, "-", assessment.rule.text)

# %% When is the answer due, day by day?
deadline = standard.deadline("resolve", assessment, start=datetime(2026, 3, 13, 10, tzinfo=wita))
print(deadline.explain("en"))

# %% The same question, as it was known before a decree was announced
office = Office.indonesia(zone="Asia/Makassar")
before = office.as_known_on(date(2025, 8, 1)).add(date(2025, 8, 4), 14)
print("14 working days after 4 August 2025:", office.add(date(2025, 8, 4), 14), "- and before the decree:", before)

# %% What if it were of supervisory grade?
print(standard.assess(Facts(kind=Kind.COMPLAINT, supervisory=True)).tier.name)
