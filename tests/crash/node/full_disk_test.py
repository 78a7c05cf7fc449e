#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up under a real node: a file system in memory, in a mount
namespace of the node's own. Exit code 77 and a line of why where neither root
nor an unprivileged user may make one."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../lib"))

from failing_disk_case import TRIES_MAX, FailingDiskCase

CANNOT_RUN = 77
MIB = 1 << 20
# The disk: a log of three segments of 64 MiB, and room.
DISK, RESERVE = 512 * MIB, 128 * MIB


def with_a_disk(folder):
    """Words that run a program with a small disk on `folder`."""
    mount = f'mount -t tmpfs -o size={DISK} tmpfs "$0" && exec "$@"'
    return ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
            mount, folder)


class FullDiskTest(FailingDiskCase):

    def test_full_disk_refuses_writes_and_goes_on_by_itself(self):
        folder = self.path("disk")
        os.mkdir(folder)
        within = with_a_disk(folder)
        config = self.write("c.yaml", "disk: {reserve: 128MiB}\n"
                            "memory: {memtables: 32MiB}\n")
        node = self.start_node("--config", config, within=within,
                               data_dir=os.path.join(folder, "data"))
        seen = f"/proc/{node.process.pid}/root{folder}"
        self.make_table(node)
        self.rowan(node, "put", "k.t", "p=kept", "c=1", "v=x")

        def fill(leave):
            """All but `leave` bytes of what the disk has now."""
            stat = os.statvfs(seen)
            with open(f"{seen}/ballast", "wb") as ballast:
                os.posix_fallocate(ballast.fileno(), 0,
                                   stat.f_bavail * stat.f_frsize - leave)

        # The log makes its spare segments in the background.
        for _ in range(TRIES_MAX):
            self.put_until(node, succeeds=True)
            logs = os.listdir(f"{seen}/data/commitlog")
            if sum(name.endswith(".log") for name in logs) == 3:
                break
        fill(leave=RESERVE - 8 * MIB)
        said = self.put_until(node, succeeds=False)
        self.assertIn("nearly full", said)
        self.assertIn("Make room", said)
        status = self.rowan_json(node, "status")
        self.assertEqual(status["state"], "NODE_STATE_READ_ONLY")
        self.assertIn("nearly full", status["disk_full"])
        self.assertFalse(status.get("failure"))
        self.assertIn("READ ONLY", self.rowan(node, "status"))
        self.assertEqual(self.health(node), 200)
        self.assertEqual(
            self.metric(node, 'rowan_writes_stopped{reason="disk_full"}'), 1)
        self.assertIn("kept", self.rowan(node, "get", "k.t", "p=kept"))
        # What only deletes goes on, and flushes use the reserve.
        self.rowan(node, "delete", "k.t", "p=kept", "c=1", "--yes")
        self.rowan(node, "flush", "k.t")
        os.remove(f"{seen}/ballast")
        self.put_until(node, succeeds=True)

        self.assertEqual(node.log().count("writes are refused"), 1)
        self.assertEqual(node.log().count("writes are taken again"), 1)
        self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    if subprocess.run([*with_a_disk("/mnt"), "true"], check=False,
                      stderr=subprocess.DEVNULL).returncode != 0:
        print("full_disk_test: skipped: no file system may be mounted here")
        sys.exit(CANNOT_RUN)
    unittest.main()
