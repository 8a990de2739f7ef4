"""A complaint by Telegram, both ways, in an office's house: run by an interpreter that has only the two wheels.

The Bot API is a stand-in on this machine. Prints one line of JSON.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path

from lapor_core import Act, Action, Actor, Agency, Facts, Kind, Role
from lapor_desk.config import Config
from lapor_desk.house import House, open_house

ROW = '\n[channels.telegram]\nproofs = []\ntext = "Akun Telegram yang aktif"\n'
KNOWN = Facts(kind=Kind.COMPLAINT, supervisory=False, abuse_of_authority=False)
PERSON = {"id": 42, "is_bot": False, "first_name": "Warga", "last_name": "Contoh", "language_code": "id"}


class BotApi(ThreadingHTTPServer):
    """Has one update, and keeps what is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        at = int((datetime.now(UTC) - timedelta(seconds=5)).timestamp())
        chat = {"id": 42, "type": "private"}
        message = {"message_id": 7, "from": PERSON, "chat": chat, "date": at, "text": "Lampu jalan contoh mati."}
        self.updates = [{"update_id": 1007, "message": message}]
        self.sent: list[dict[str, object]] = []


class Handler(BaseHTTPRequestHandler):
    server: BotApi

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.endswith("/sendMessage"):
            self.server.sent.append(asked)
            result: object = {"message_id": len(self.server.sent)}
        else:
            result = [update for update in self.server.updates if update["update_id"] >= asked["offset"]]
            time.sleep(0.05)
        body = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


def policy(folder: Path) -> str:
    """Write the office's own policy file: the shipped standard with one more row."""
    shipped = (resources.files("lapor_core.policy") / "data" / "banjarbaru.toml").read_text("utf-8")
    file = folder / "kota-contoh.toml"
    file.write_text(shipped.replace('id = "banjarbaru"', 'id = "kota-contoh"', 1) + ROW, "utf-8")
    return str(file)


def answer(house: House, code: str) -> None:
    """Do what officers do, up to the answer."""
    with house.store.reading() as tx:
        complaint = tx.find(code)
    for action, role in (
        (Action.DISPOSE, Role.CENTRAL_ADMIN),
        (Action.VERIFY, Role.AGENCY_ADMIN),
        (Action.FORWARD, Role.AGENCY_ADMIN),
        (Action.RESPOND, Role.LIAISON_OFFICER),
    ):
        act = Act(
            action=action, actor=Actor(role=role), agencies=("dinas-contoh",), facts=KNOWN, text="Sudah diperbaiki."
        )
        house.desk.act(str(complaint), act)


def wait_for(happened: Callable[[], object]) -> None:
    """Wait until it has happened, or fail."""
    until = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < until, "nothing happened in time"
        time.sleep(0.02)


def main(folder: Path) -> None:
    with BotApi() as api:
        threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings = {"token": "1:contoh", "api": f"http://127.0.0.1:{api.server_port}", "wait_seconds": 0}
        config = Config(
            database=f"sqlite:///{folder}/lapor.db",
            policy=policy(folder),
            agencies=(Agency(key="dinas-contoh", name="Dinas Contoh"),),
            plugins={"telegram": settings},
        )
        with open_house(config) as house:
            fetching = house.channel_work()
            fetching.start()
            wait_for(lambda: api.sent)
            code = str(api.sent[0]["text"]).partition("Kode: ")[2].partition(". ")[0]
            answer(house, code)
            house.engine.run_once(house.clock())
            wait_for(lambda: any("Sudah diperbaiki." in str(sent["text"]) for sent in api.sent))
            fetching.stop(timedelta(seconds=5))
            state = house.desk.track(code).state
        api.shutdown()
    chats = sorted({sent["chat_id"] for sent in api.sent})
    print(json.dumps({"state": state, "chats": chats, "texts": [sent["text"] for sent in api.sent]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
