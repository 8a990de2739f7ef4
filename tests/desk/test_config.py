"""``lapor.toml``: found, read strictly, and every fault named."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lapor_core.complaint import Agency
from lapor_core.errors import BadValue, DocumentFaults, LaporError, NotFound
from lapor_desk.config import Config, find_config, load_config, read_decrees, read_policy
from lapor_desk.house import open_house
from lapor_desk.places import S3Place

FULL = """
database = { env = "LAPOR_DATABASE" }
policy = "banjarbaru"
files = "berkas"
port = 9000
decrees = ["skb.toml"]
block_plugins = ["kiosk"]

[[agencies]]
key = "dinas-contoh"
name = "Dinas Contoh"
office = "kecamatan"

[[offices]]
key = "kecamatan"
name = "Kecamatan Contoh"
week = 6
time_zone = "Asia/Jayapura"
collective_leave = "working"

[plugins.email]
host = "mail.example.org"
password = { file = "secret" }
relays = [{ name = "a", token = { env = "TOKEN" } }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("rahasia-dapur\n", "utf-8")
    (tmp_path / "skb.toml").write_text("decrees = []", "utf-8")
    return tmp_path


def load(folder: Path, text: str, **environ: str) -> Config:
    path = folder / "lapor.toml"
    path.write_text(text, "utf-8")
    return load_config(path, environ)


def faults(folder: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(DocumentFaults) as caught:
        load(folder, text, **environ)
    return [f"{fault.line} {fault.key}: {fault.problem}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    "url",
    [
        "https://lapor.example.id",
        "https://kota.example.id/lapor/",
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:8000/",
    ],
)
def test_a_public_address_is_taken(folder: Path, url: str):
    assert load(folder, f'public_url = "{url}"').public_url == url


def test_a_full_file_is_read(folder: Path):
    config = load(folder, FULL, LAPOR_DATABASE="postgresql+psycopg://u:p@db.example.org/lapor", TOKEN="kartu-9x")
    assert config.database == "postgresql+psycopg://u:p@db.example.org/lapor"
    assert (config.files, config.outbox, config.port) == (folder / "berkas", None, 9000)
    assert config.agencies == (Agency(key="dinas-contoh", name="Dinas Contoh", office="kecamatan"),)
    assert config.offices[0].week == 6
    assert config.plugins["email"]["password"] == "rahasia-dapur"
    assert config.plugins["email"]["relays"] == [{"name": "a", "token": "kartu-9x"}]
    assert read_decrees(config) == ((str(folder / "skb.toml"), "decrees = []"),)


def test_no_secret_stands_in_what_is_printed(folder: Path):
    config = load(folder, FULL, LAPOR_DATABASE="postgresql+psycopg://u:kunci@db.example.org/lapor", TOKEN="kartu-9x")
    shown = repr(config)
    assert not any(secret in shown for secret in ("kunci", "rahasia-dapur", "kartu-9x"))


def test_all_faults_come_at_once_with_line_and_key(folder: Path):
    text = """\
databse = "sqlite:///a.db"
port = "8000"
[[agencies]]
key = "dinas-contoh"
[plugins.email]
password = { env = "NOT_SET" }
token = { file = "absent" }
"""
    seen = faults(folder, text)
    assert [line.partition(": ")[0] for line in seen] == [
        "2 port",
        "3 agencies[0].name",
        "1 databse",
        "6 plugins.email.password",
        "7 plugins.email.token",
    ]
    assert 'did you mean "database"?' in seen[2]
    assert "NOT_SET" in seen[3]


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ('[[agencies]]\nkey = "Dinas Contoh"\nname = "x"', "agencies[0].key", "lower-case"),
        ('[[agencies]]\nkey = "a"\nname = "x"\n[[agencies]]\nkey = "a"\nname = "y"', "agencies[1].key", "twice"),
        ('[[agencies]]\nkey = "a"\nname = "x"\noffice = "kota"', "agencies[0].office", "not an office"),
        ('[[offices]]\nkey = "a"\nweek = 7', "offices[0].week", "a week has 5"),
        ('[[offices]]\nkey = "a"\ntime_zone = "WITA"', "offices[0].time_zone", "Asia/Makassar"),
        ('decrees = ["absent.toml"]', "decrees[0]", "no such file"),
        ('policy = "absent.toml"', "policy", "no such file"),
        ('former_policies = ["banjarbaru", "absent.toml"]', "former_policies[1]", "no such file"),
        ("port = 70000", "port", "65535"),
        ('host = ""', "host", "every address"),
        ('host = "127.0.0.1:8000"', "host", "a port stands under port"),
        ('host = "http://lapor.example.id"', "host", "must be one address"),
        ('host = "[::1]"', "host", '"::1"'),
        ('trusted_proxies = ["nginx"]', "trusted_proxies[0]", "a name is none"),
        ('trusted_proxies = ["127.0.0.1", ""]', "trusted_proxies[1]", "must be an address"),
        ('trusted_proxies = ["127.0.0.1, 10.0.0.1"]', "trusted_proxies[0]", "one to an entry"),
        ('trusted_proxies = ["10.0.0.7/8"]', "trusted_proxies[0]", 'write "10.0.0.0/8"'),
        ('database = "mysql://u:rahasia-contoh@h/x"', "database", "must be sqlite:///file.db"),
        ('database = "sqlite://"', "database", "must be sqlite:///file.db"),
        ('database = "sqlite:///:memory:"', "database", "must be sqlite:///file.db"),
        ('database = "lapor.db"', "database", "must be sqlite:///file.db"),
        ('database = "sqlite:///a.db?mode=ro"', "database", "without options"),
        ('public_url = "lapor.example.id"', "public_url", "https://lapor.example.go.id"),
        ('public_url = "https://"', "public_url", "must be an address"),
        ('public_url = "https://lapor.example.id:99999"', "public_url", "must be an address"),
        ('public_url = "https://lapor.example.id/?code=1"', "public_url", "without"),
        ('public_url = "https://u:p@lapor.example.id"', "public_url", "user name"),
        ('public_url = "https://lapor.example.id/a b"', "public_url", "must be an address"),
        ('public_url = "http://lapor.example.id"', "public_url", "https://"),
        ("port = true", "port", "whole number"),
        ('decrees = "skb.toml"', "decrees", "a list"),
        ('allow_plugins = ["web"]\nblock_plugins = ["web"]', "block_plugins", "at once"),
        ('plugins = "web"', "plugins", ""),
        ("[plugins]\nemail = 3", "plugins.email", ""),
    ],
)
def test_a_fault_is_named_by_its_key(folder: Path, text: str, key: str, says: str):
    seen = faults(folder, text)
    assert len(seen) == 1
    assert f" {key}: " in seen[0]
    assert says in seen[0]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "fe80::1%eth0", "localhost", "lapor-1.example.id"])
def test_what_can_be_listened_on_is_taken(folder: Path, host: str):
    assert load(folder, f'host = "{host}"').host == host


@pytest.mark.parametrize("proxies", [(), ("10.0.0.7", "::1"), ("10.0.0.0/8", "fd00::/8"), ("*",)])
def test_proxies_are_addresses_networks_or_anybody(folder: Path, proxies: tuple[str, ...]):
    assert load(folder, f"trusted_proxies = {json.dumps(proxies)}").trusted_proxies == proxies


S3 = """\
files = "s3://berkas-contoh/lapor/desk/"
[s3]
endpoint = "https://s3.example.org:9000"
access_key_id = { env = "KEY_ID" }
secret_access_key = { file = "secret" }
"""


def test_files_can_lie_in_a_bucket_whose_key_is_never_shown(folder: Path):
    config = load(folder, S3, KEY_ID="KUNCI-CONTOH")
    assert isinstance(config.files, S3Place)
    assert str(config.files) == "s3://berkas-contoh/lapor/desk"
    assert config.files.access.secret_access_key == "rahasia-dapur"
    assert config.files.access.region == "us-east-1"
    assert not any(secret in repr(config) for secret in ("rahasia-dapur", "KUNCI-CONTOH"))


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("s3://berkas-contoh/lapor/desk/", "s3://Berkas", '1 files: "Berkas": not a bucket'),
        ("s3://berkas-contoh/lapor/desk/", "s3://", '1 files: "": not a bucket'),
        ("s3://berkas-contoh/lapor/desk/", "s3://berkas/../x", '1 files: "../x": names in a bucket'),
        ("s3://berkas-contoh/lapor/desk/", "berkas", "2 s3: of no use"),
        ("https://s3.example.org:9000", "s3.example.org", "3 s3.endpoint: the endpoint must be like"),
        ("https://s3.example.org:9000", "https://u:rahasia@s3.example.org", "3 s3.endpoint: the endpoint must"),
        ("https://s3.example.org:9000", "https://s3.example.org:x", "3 s3.endpoint: the endpoint must"),
        ('{ env = "KEY_ID" }', '{ env = "NONE" }', "4 s3.access_key_id: the environment variable NONE"),
        ('{ file = "secret" }', '""', "5 s3.secret_access_key: must not be empty"),
        ('{ file = "secret" }', '"x"\nregoin = "y"', '6 s3.regoin: unknown key; did you mean "region"?'),
    ],
)
def test_a_fault_of_a_bucket_is_named_by_its_key_and_once(folder: Path, written: str, instead: str, fault: str):
    (seen,) = faults(folder, S3.replace(written, instead), KEY_ID="KUNCI-CONTOH")
    assert seen.startswith(fault)
    assert "rahasia" not in seen


def test_a_bucket_needs_its_table(folder: Path):
    assert faults(folder, S3.partition("\n")[0]) == [
        "1 files: a bucket needs the table [s3] with endpoint, access_key_id and secret_access_key"
    ]


def test_paths_count_from_the_files_folder(folder: Path):
    (folder / "kota.toml").touch()
    config = load(folder, 'database = "sqlite:///data/lapor.db"\noutbox = "keluar"\npolicy = "kota.toml"')
    assert config.database == f"sqlite:///{folder.as_posix()}/data/lapor.db"
    assert config.outbox == folder / "keluar"
    assert config.policy == str(folder / "kota.toml")


@pytest.mark.parametrize("url", ["sqlite:////srv/lapor.db", "postgresql://u@h/d", "postgresql+psycopg://h/d"])
def test_other_databases_are_left_as_they_are(folder: Path, url: str):
    assert load(folder, f'database = "{url}"').database == url


def test_the_file_given_comes_before_the_environment_and_the_folder(tmp_path: Path):
    (tmp_path / "lapor.toml").write_text("", "utf-8")
    assert find_config(Path("a.toml"), {"LAPOR_CONFIG": "b.toml"}, tmp_path) == Path("a.toml")
    assert find_config(None, {"LAPOR_CONFIG": "b.toml"}, tmp_path) == Path("b.toml")
    assert find_config(None, {}, tmp_path) == tmp_path / "lapor.toml"
    assert find_config(None, {}, tmp_path / "elsewhere") is None


def test_without_a_file_the_usual_values_hold():
    assert load_config(None, {}) == Config()
    assert load_config(None, {}).database == "sqlite:///lapor.db"


def test_the_mark_that_some_editors_put_at_the_beginning_is_no_fault(folder: Path):
    (folder / "lapor.toml").write_bytes(b"\xef\xbb\xbfport = 8001\n")
    assert load_config(folder / "lapor.toml", {}).port == 8001


def test_a_file_that_is_named_must_be_there(tmp_path: Path):
    with pytest.raises(BadValue, match=r"absent\.toml"):
        load_config(tmp_path / "absent.toml", {})


def test_the_agencies_of_the_office_join_those_of_the_policy():
    mine = Agency(key="dinas-contoh", name="Dinas Contoh")
    assert mine in read_policy(Config(agencies=(mine,))).agencies
    assert [a.key for a in read_policy(Config(agencies=(mine,))).agencies].count("dinas-contoh") == 1


def test_an_unknown_policy_is_answered_with_those_there_are(tmp_path: Path):
    with pytest.raises(NotFound, match="banjarbaru"):
        read_policy(Config(policy="banjarbru"))
    with pytest.raises(BadValue, match=r"kota\.toml"):
        read_policy(Config(policy=str(tmp_path / "kota.toml")))


@given(text=st.text(max_size=80))
def test_no_text_brings_anything_but_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, text: str):
    folder = tmp_path_factory.mktemp("config")
    (folder / "lapor.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(LaporError):
        assert isinstance(load_config(folder / "lapor.toml", {}), Config)


def test_the_pace_of_a_notifier_is_read_and_its_faults_are_named(folder: Path) -> None:
    read = load(folder, '[notifiers.sms]\nquiet = "21:00-06:00"\nrate = "60/minute"\n').notifiers
    assert (str(read["sms"].quiet), str(read["sms"].rate)) == ("21:00-06:00", "60/minute")
    assert "one_time_code" in read["sms"].at_any_hour
    wrong = '[notifiers.sms]\nquiet = "21-6"\nrate = "60/min"\nspeed = 1\n'
    assert [fault.split(":")[0] for fault in faults(folder, wrong)] == [
        "2 notifiers.sms.quiet",
        "3 notifiers.sms.rate",
        "4 notifiers.sms.speed",
    ]
    (fault,) = faults(folder, '[notifiers.sms]\nat_any_hour = ["answered", "recieved"]\n')
    assert fault.startswith('2 notifiers.sms.at_any_hour[1]: "recieved": not a notice; did you mean "received"?')


def test_the_pace_of_a_notifier_that_is_not_there_is_refused_by_name(folder: Path) -> None:
    config = load(folder, '[notifiers.smss]\nquiet = "21:00-06:00"\n')
    with pytest.raises(DocumentFaults) as caught:
        open_house(config)
    (fault,) = caught.value.faults
    assert (fault.line, fault.key) == (1, "notifiers.smss")
    assert fault.problem.startswith('"smss": not a notifier; did you mean "sms"?')


def test_the_engine_keeps_the_paces_by_the_clock_of_the_office(folder: Path) -> None:
    text = '[notifiers.email]\nquiet = "21:00-06:00"\n[plugins.email]\nhost = "m.example.org"\nfrom_address = "a@b.c"\n'
    with open_house(load(folder, text)) as house:
        assert str(house.engine.zone) == "Asia/Makassar"
        assert house.engine.pace("email").quiet is not None
        assert house.engine.pace("sms").quiet is None
