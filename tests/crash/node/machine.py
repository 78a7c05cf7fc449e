# SPDX-License-Identifier: Apache-2.0
"""A User-Mode-Linux guest with a node under load (guest.py), whose power can be
cut: it is a process, and what its kernel had not written goes with it."""

import json
import os
import shutil
import subprocess
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BOOT_SECONDS_MAX = 120
DISK_BYTES = 1 << 30


def why_not():
    """Why no machine can run here, or None."""
    for program in ("linux.uml", "mkfs.ext4", "cc"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return None


def make_disk(folder):
    """A new disk, and what its machine needs besides, in the folder."""
    disk = os.path.join(folder, "disk")
    with open(disk, "wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", disk], check=True,
                   stdin=subprocess.DEVNULL)
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o",
                    os.path.join(folder, "xstate_shim.so"),
                    os.path.join(HERE, "xstate_shim.c")], check=True)


class MachineFailed(Exception):
    """It did not do what a trial needs."""


class Machine:
    """One boot of the disk in `folder` with the record of guest.py; `ended` is
    set after so many acknowledged changes, and when it broke down.

    All that it tells is taken on a thread of its own, and is to be looked at
    after cut()."""

    def __init__(self, folder, binaries, record, changes):
        path = os.path.join(folder, "record.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(record, file)
        self.acknowledged = list(record["acknowledged"])
        self.lowest = list(record["lowest"])
        self.wrong, self.count = [], 0
        self.start_seconds = self.boot_seconds = None  # until it serves
        self.serving, self.ended = threading.Event(), threading.Event()
        self._changes = changes
        self._times = {}  # by item: when its changes were acknowledged
        self._begin = time.monotonic()
        self._process = subprocess.Popen(
            ["linux.uml", "mem=512M", "rootfstype=hostfs", "rootflags=/", "ro",
             f"ubdb={os.path.join(folder, 'disk')}",
             f"init={os.path.join(HERE, 'guest.sh')}",
             f"rowan_guest={os.path.join(HERE, 'guest.py')}",
             f"rowan_record={path}", f"ROWAN_BIN={binaries}", "quiet",
             "con=null", "con0=fd:0,fd:1"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env=dict(os.environ, TMPDIR=folder,
                     LD_PRELOAD=os.path.join(folder, "xstate_shim.so")))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait(self):
        """Until it has ended its work."""
        self.serving.wait(BOOT_SECONDS_MAX)
        if self.start_seconds is None:
            self.cut()
            raise MachineFailed("the guest did not start: " +
                                "; ".join(self.wrong or ["no word from it"]))
        self.ended.wait(BOOT_SECONDS_MAX)

    def cut(self, lost_seconds=0):
        """The power goes. What was acknowledged in the last `lost_seconds`
        may be lost: `lowest` says the changes that may not."""
        at = time.monotonic()
        # The guest's processes are processes here.
        os.killpg(self._process.pid, 9)
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        for number, times in self._times.items():
            lowest = self.acknowledged[number]
            # With no such seconds nothing may be, however late it is read here.
            while lost_seconds and times.get(lowest, 0) > at - lost_seconds:
                lowest -= 1
            self.lowest[number] = lowest

    def _read(self):
        for line in self._process.stdout:
            words = line.decode(errors="replace").split()
            if words:
                self._take(words[0], words[1:])
        self.serving.set()
        self.ended.set()

    def _take(self, what, words):
        if what == "done":
            number, change = map(int, words)
            self.acknowledged[number] = change
            self._times.setdefault(number, {})[change] = time.monotonic()
            self.count += 1
            if self.count == self._changes:
                self.ended.set()
        elif what == "there":
            number, change = map(int, words)
            # It is on the disk: a start makes durable what it found.
            self.acknowledged[number] = self.lowest[number] = change
        elif what == "serving":
            self.start_seconds = float(words[0])
            self.boot_seconds = time.monotonic() - self._begin
            self.serving.set()
        elif what in ("wrong", "broken"):
            self.wrong.append(" ".join(words))
            if what == "broken":
                self.serving.set()
                self.ended.set()
