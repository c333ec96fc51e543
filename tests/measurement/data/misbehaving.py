"""A worker of the channel that misbehaves on demand: the name of the command is what it does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time


def main() -> None:
    for line in sys.stdin:
        command = json.loads(line)
        reply = json.dumps({"id": command["id"], "ok": {"got": command}}) + "\n"
        match command["do"]:
            case "segfault":
                sys.stderr.write("before the end\n")
                os.kill(os.getpid(), signal.SIGSEGV)
            case "leave":
                sys.exit(3)
            case "hang":
                time.sleep(600)
            case "close":
                os.close(1)
                time.sleep(600)
            case "garbage":
                sys.stdout.write("Downloading model… 12%\n[1, 2]\n" + reply)
            case "only-garbage":
                while True:
                    sys.stdout.write("no reply\n")
            case "half":
                sys.stdout.write('{"id": ')
                sys.exit(0)
            case "noise":
                for number in range(100_000):
                    sys.stderr.write(f"line {number} {'x' * 90}\n")
                sys.stdout.write(reply)
            case "one-long-line":
                sys.stderr.write("y" * 10_000_000)
                sys.stderr.flush()
                os.kill(os.getpid(), signal.SIGABRT)
            case "breed":
                child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
                sys.stdout.write(json.dumps({"id": command["id"], "ok": {"child": child.pid}}) + "\n")
            case "environment":
                sys.stdout.write(json.dumps({"id": command["id"], "ok": dict(os.environ)}) + "\n")
            case "refuse":
                body = {"outcome": "not_supported", "message": "no such operator", "where": "export.py:3"}
                sys.stdout.write(json.dumps({"id": command["id"], **body}) + "\n")
            case "sleep":
                began = time.monotonic()
                time.sleep(command["seconds"])
                slept = [began, time.monotonic()]
                sys.stdout.write(json.dumps({"id": command["id"], "ok": {"slept": slept}}) + "\n")
            case _:
                sys.stdout.write(reply)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
