"""Services that misbehave, for the tests of the worker."""

import os
import signal
import sys
import time
from pathlib import Path

from offline_digest.errors import DamagedPdf


class Service:
    """Does what each test needs."""

    def __init__(self, greeting="hello"):
        self.greeting = greeting
        self.calls = 0

    def greet(self, name):
        self.calls += 1
        return f"{self.greeting} {name}", self.calls, os.getpid()

    def numbers(self, n):
        yield from range(n)

    def refuse(self):
        raise DamagedPdf("x.pdf is damaged.", "Take another.")

    def break_down(self):
        return 1 / 0

    def die(self, number):
        os.kill(os.getpid(), number)
        time.sleep(10)

    def leave(self, code):
        os._exit(code)

    def die_after(self, n):
        yield from range(n)
        os._exit(3)

    def hang(self):
        time.sleep(600)

    def take(self, size):
        return len(bytearray(size))

    def print_noise(self):
        print("noise")
        sys.stdout.flush()
        os.write(1, b"native noise\n")
        return "quiet"

    def wait_for(self, path):
        Path(path).write_text(str(os.getpid()), encoding="utf-8")
        time.sleep(600)

    def interrupted(self):
        os.kill(os.getpid(), signal.SIGINT)
        return "still here"
