#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Power cuts of a node on a real file system, ext4 in a User-Mode-Linux guest:
what was acknowledged is there after every cut, and nothing else (items.py).

    power_cut_test.py [--cuts N] [--sync group|periodic] [--seed N]

Periodic sync may lose what was acknowledged in its last period, and nothing
before it. Ends with a line of what was tried (nightly/result.py); exit code 77 and a
line of why where no guest can run."""

import argparse
import os
import random
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "../../lib"),
                 os.path.join(HERE, "../../nightly"),
                 os.path.join(HERE, "../../clients/python")]

from generated import Generated
from machine import Machine, make_disk, why_not
from result import percentile, tell_result
from rowan_process import BIN

CANNOT_RUN = 77
ITEMS, WRITERS = 100, 16
# A trial ends after so many acknowledged changes at most; every fourth is cut
# before that once more, while the guest starts.
CHANGES_MAX = 600
CUT_STARTING = 4
PERIOD_SECONDS = 0.1
CONFIG = f"""\
commitlog:
  sync: {{sync}}
  sync_period: {int(PERIOD_SECONDS * 1000)}ms
  max_size: 256MiB
disk:
  reserve: 64MiB
memory:
  memtables: 64MiB
  partition_memtable: 1MiB
"""


class Cuts:
    """A disk, and what is known of it."""

    def __init__(self, folder, sync, seed, generated):
        self.folder, self.chance = folder, random.Random(seed)
        self.lost_seconds = PERIOD_SECONDS if sync == "periodic" else 0
        config = os.path.join(folder, "rowan.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(sync=sync))
        self.record = {
            "items": ITEMS, "writers": WRITERS, "config": config,
            "generated": generated, "first": True,
            "acknowledged": [0] * ITEMS, "lowest": [0] * ITEMS}
        self.cuts, self.count = 0, 0
        self.boot_seconds, self.start_seconds = None, []
        make_disk(folder)

    def run(self):
        """Boots, checks, loads and cuts; answers what is wrong."""
        if self.boot_seconds and self.chance.randrange(CUT_STARTING) == 0:
            machine = self._boot()
            machine.ended.wait(self.chance.uniform(0, self.boot_seconds))
            self._cut(machine)
        machine = self._boot()
        machine.wait()
        self.record["first"] = False
        self.boot_seconds = machine.boot_seconds
        self.start_seconds.append(machine.start_seconds)
        self._cut(machine)
        return machine.wrong

    def _boot(self):
        record = dict(self.record, seed=self.chance.randrange(1 << 30))
        return Machine(self.folder, BIN, record,
                       self.chance.randrange(1, CHANGES_MAX))

    def _cut(self, machine):
        machine.cut(self.lost_seconds)
        self.cuts += 1
        self.count += machine.count
        self.record.update(acknowledged=machine.acknowledged,
                           lowest=machine.lowest)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cuts", type=int, default=3)
    parser.add_argument("--sync", choices=["group", "periodic"],
                        default="group")
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().randrange(1 << 30))
    arguments = parser.parse_args()
    reason = why_not()
    if reason is not None:
        print(f"no power cuts of a real file system here: {reason}")
        return CANNOT_RUN
    generated = Generated()
    folder = tempfile.mkdtemp(prefix="rowan-power-", dir="/var/tmp")
    try:
        cuts = Cuts(folder, arguments.sync, arguments.seed, generated.folder)
        wrong = []
        while cuts.cuts <= arguments.cuts:  # the last one checks the one before
            wrong += cuts.run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        generated.remove()
    return tell_result(
        f"power cut of ext4, {arguments.sync}", cuts.cuts - 1, wrong,
        arguments.seed, acknowledged=cuts.count,
        start_ms_p50=round(percentile(cuts.start_seconds, 50) * 1000),
        start_ms_p99=round(percentile(cuts.start_seconds, 99) * 1000))


if __name__ == "__main__":
    sys.exit(main())
