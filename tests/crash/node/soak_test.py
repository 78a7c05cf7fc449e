#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Minutes of mixed load on a node that is flushed, merged, altered, copied,
killed and stopped meanwhile: every start finds what was acknowledged, and
nothing else (items.py).

    soak_test.py [--seconds N] [--seed N]

The first life is half of the time; memory and descriptors are sampled in it.
Ends with a line of what was tried (nightly/result.py); a trial is one life."""

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "../../lib"),
                 os.path.join(HERE, "../../nightly"),
                 os.path.join(HERE, "../../clients/python")]

from api import Api
from disturbance import Disturbance
from generated import Generated
from items import check, make_items
from load import Load
from result import percentile, slope, tell_result
from rowan_process import Node

ITEMS, WRITERS = 400, 8
LIFE_SECONDS = (5, 60)
# From so many on, each task of the disturbance must have been done.
ALL_TASKS_SECONDS = 300
# Of the samples; caches and pools fill meanwhile.
WARM_UP = 0.25
CONFIG = """\
commitlog:
  max_size: 256MiB
memory:
  memtables: 64MiB
  partition_memtable: 1MiB
"""


class Samples:
    """Memory and descriptors of a process, each second until stop()."""

    def __init__(self, pid):
        self._pid = pid
        self.times, self.bytes, self.descriptors = [], [], []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()

    def _run(self):
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._stop.wait(1):
            with open(f"/proc/{self._pid}/statm", encoding="ascii") as file:
                self.bytes.append(int(file.read().split()[1]) * page)
            self.descriptors.append(len(os.listdir(f"/proc/{self._pid}/fd")))
            self.times.append(time.monotonic())

    def per_hour(self, values):
        """How much `values` grow in an hour, after the warm-up."""
        first = int(len(values) * WARM_UP)
        return slope(self.times[first:], values[first:]) * 3600


class Soak:
    """One data directory and its lives."""

    def __init__(self, folder, seed):
        self.data = os.path.join(folder, "data")
        self.config = os.path.join(folder, "rowan.yaml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG)
        self.chance = random.Random(seed)
        self.items = make_items(ITEMS)
        self.lives, self.acknowledged = 0, 0
        self.start_seconds, self.worst_seconds = [], 0.0
        self.tasks = {}
        self.samples = None  # of the first life

    def live(self, seconds):
        """Starts, checks, works for so long, dies; answers what is wrong."""
        begin = time.monotonic()
        node = Node(self.data, "--config", self.config)
        self.start_seconds.append(time.monotonic() - begin)
        api = Api(node.address)
        try:
            if self.lives == 0:
                api.create_tables()
                self.samples = Samples(node.process.pid)
            wrong = check(self.items, api.everything())
            if seconds > 0:
                wrong += self._work(node, api, seconds)
            self.lives += 1
            return wrong
        finally:
            api.close()
            node.release()

    def _work(self, node, api, seconds):
        load = Load(api, self.items, WRITERS, self.chance.randrange(1 << 30),
                    lambda item, count: None)
        disturbance = Disturbance(api, self.items,
                                  self.chance.randrange(1 << 30))
        load.ended.wait(seconds)
        if self.lives == 0:
            self.samples.stop()
        if self.chance.randrange(3) == 0:
            node.stop()
        else:
            node.kill()
        load.wait()
        disturbance.stop()
        self.acknowledged += load.acknowledged
        self.worst_seconds = max(self.worst_seconds, load.worst_seconds)
        for task, count in disturbance.done.items():
            self.tasks[task] = self.tasks.get(task, 0) + count
        return load.wrong + disturbance.wrong


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().randrange(1 << 30))
    arguments = parser.parse_args()
    generated = Generated()
    folder = tempfile.mkdtemp(prefix="rowan-soak-")
    try:
        soak = Soak(folder, arguments.seed)
        wrong, end = [], time.monotonic() + arguments.seconds
        wrong += soak.live(arguments.seconds / 2)
        while time.monotonic() < end:
            wrong += soak.live(min(soak.chance.uniform(*LIFE_SECONDS),
                                   max(1, end - time.monotonic())))
        wrong += soak.live(0)
        if arguments.seconds >= ALL_TASKS_SECONDS:
            wrong += [f"{task}: never done" for task in Disturbance.TASKS
                      if task not in soak.tasks]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        generated.remove()
    samples = soak.samples
    return tell_result(
        "soak", soak.lives, wrong, arguments.seed,
        seconds=arguments.seconds, acknowledged=soak.acknowledged,
        memory_mib_per_hour=round(samples.per_hour(samples.bytes) / 2**20, 1),
        memory_mib=max(samples.bytes, default=0) >> 20,
        descriptors_per_hour=round(samples.per_hour(samples.descriptors), 1),
        start_ms_p50=round(percentile(soak.start_seconds, 50) * 1000),
        start_ms_p99=round(percentile(soak.start_seconds, 99) * 1000),
        worst_call_ms=round(soak.worst_seconds * 1000), tasks=soak.tasks)


if __name__ == "__main__":
    sys.exit(main())
