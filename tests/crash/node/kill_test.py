#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of a node under load, again and again: what was acknowledged is
there after every start, and nothing else (items.py).

    kill_trial.py [--kills N] [--sync group|periodic] [--seed N]

Both ways to sync promise the same here: the kernel keeps what a dead process
wrote. Ends with a line of what was tried (nightly/result.py)."""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "../../lib"),
                 os.path.join(HERE, "../../nightly"),
                 os.path.join(HERE, "../../clients/python")]

from api import Api
from generated import Generated
from items import check, make_items
from load import Load
from result import percentile, tell_result
from rowan_process import Node, binary

ITEMS, WRITERS = 400, 16
# A node is killed after so many acknowledged changes at most; every fourth time
# once more before that, while it starts.
CHANGES_MAX = 1500
KILL_STARTING = 4
# Small enough that flushes, merges and segment switches are always under way.
CONFIG = """\
commitlog:
  sync: {sync}
memory:
  partition_memtable: 1MiB
"""


class Kills:
    """One data directory that outlives its nodes."""

    def __init__(self, folder, sync, seed):
        self.data = os.path.join(folder, "data")
        self.config = os.path.join(folder, "rowan.yaml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(sync=sync))
        self.chance = random.Random(seed)
        self.items = make_items(ITEMS)
        self.acknowledged = self.kills = 0
        self.start_seconds, self.replays = [], []

    def start(self):
        begin = time.monotonic()
        node = Node(self.data, "--config", self.config)
        self.start_seconds.append(time.monotonic() - begin)
        replay = re.search(r"(\d+) bytes in (\d+) us", node.log())
        if replay:
            self.replays.append((int(replay[1]), int(replay[2])))
        return node

    def run(self):
        """Loads a node and kills it; answers what is wrong at the next
        start."""
        if self.start_seconds and self.chance.randrange(KILL_STARTING) == 0:
            self._kill_starting()
        node = self.start()
        api = Api(node.address)
        changes = self.chance.randrange(1, CHANGES_MAX)

        def on_acknowledged(_, count):
            if count == changes:
                node.process.kill()

        try:
            if len(self.start_seconds) == 1:
                api.create_tables()
            wrong = check(self.items, api.everything())
            load = Load(api, self.items, WRITERS,
                        self.chance.randrange(1 << 30), on_acknowledged)
            load.wait()
            self.acknowledged += load.acknowledged
            self.kills += 1
            return wrong + load.wrong
        finally:
            api.close()
            node.release()

    def _kill_starting(self):
        node = subprocess.Popen(
            [binary("rowand"), "--config", self.config, "--listen",
             "127.0.0.1:0", "--http", "127.0.0.1:0", "--data-dir", self.data],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            node.wait(self.chance.uniform(0, self.start_seconds[-1]))
        except subprocess.TimeoutExpired:
            pass
        node.kill()
        node.wait()
        self.kills += 1

    def check_last(self):
        node = self.start()
        api = Api(node.address)
        try:
            return check(self.items, api.everything())
        finally:
            api.close()
            node.release()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--sync", choices=["group", "periodic"],
                        default="group")
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().randrange(1 << 30))
    arguments = parser.parse_args()
    generated = Generated()
    folder = tempfile.mkdtemp(prefix="rowan-kill-")
    try:
        trial = Kills(folder, arguments.sync, arguments.seed)
        wrong = []
        while trial.kills < arguments.kills:
            wrong += trial.run()
        wrong += trial.check_last()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        generated.remove()
    replayed = sum(size for size, _ in trial.replays)
    microseconds = max(1, sum(took for _, took in trial.replays))
    return tell_result(
        f"kill -9, {arguments.sync}", trial.kills, wrong, arguments.seed,
        acknowledged=trial.acknowledged,
        start_ms_p50=round(percentile(trial.start_seconds, 50) * 1000),
        start_ms_p99=round(percentile(trial.start_seconds, 99) * 1000),
        replay_mb_per_s=round(replayed / microseconds, 1))


if __name__ == "__main__":
    sys.exit(main())
