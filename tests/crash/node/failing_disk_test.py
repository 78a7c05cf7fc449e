#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes that a node refuses for its disk's sake, and a disk that refuses the
node's commit log: here a limit on the size of its files."""

import json
import os
import resource
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../lib"))

from failing_disk_case import FailingDiskCase


SPARES = 2  # segments that the log fills with zeros in the background


class FailingDiskTest(FailingDiskCase):

    def wait_for_spares(self, node):
        """Without them writes are refused before the log is asked."""
        folder = os.path.join(node.data_dir, "commitlog")
        while True:
            # A spare that is still being filled has another name.
            files = [os.stat(os.path.join(folder, name))
                     for name in os.listdir(folder) if name.endswith(".log")]
            # The first segment stays sparse.
            filled = [file for file in files if file.st_size > 0 and
                      file.st_blocks * 512 >= file.st_size]
            if len(filled) == SPARES:
                return
            self.rowan(node, "status")

    def test_disk_below_the_reserve_takes_no_writes(self):
        config = self.write("c.yaml", "disk: {reserve: 1048576GiB}\n")
        node = self.start_node("--config", config)
        self.make_table(node)
        code, said = self.try_put(node, 1)
        self.assertNotEqual(code, 0)
        self.assertIn("nearly full", said)
        self.assertIn("READ ONLY", self.rowan(node, "status"))
        self.rowan(node, "table", "truncate", "k.t", "--yes", "--no-snapshot")
        self.rowan(node, "table", "drop", "k.t", "--yes")

    def test_log_that_the_disk_refuses_makes_the_node_read_only(self):
        # Python ignores the limit's signal, and so does the node then.
        node = self.start_node(restore_signals=False)
        self.make_table(node)
        self.wait_for_spares(node)
        acknowledged = [0, 1, 2]
        for c in acknowledged:
            self.assertEqual(self.try_put(node, c)[0], 0)
        # Above what the log wrote so far, below where the next record ends: so
        # that record meets it, and no mark of an idle log does.
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE,
                         (96 << 10, resource.RLIM_INFINITY))
        code, said = self.try_put(node, 3, "v" * 120_000)
        self.assertNotEqual(code, 0)
        self.assertIn("unknown", said)
        self.assertNotIn(self.folder, said)
        code, said = self.try_put(node, 1000)
        self.assertNotEqual(code, 0)
        self.assertIn("takes no more writes", said)
        self.assertIn("nothing was written", said)
        status = self.rowan_json(node, "status")
        self.assertEqual(status["state"], "NODE_STATE_READ_ONLY")
        self.assertIn("commit log has stopped", status["failure"])
        self.assertEqual(self.health(node), 503)
        self.assertEqual(
            self.metric(node, 'rowan_writes_stopped{reason="failure"}'), 1)
        self.assertEqual(node.log().count("takes no more writes"), 1)

        def rows(of):
            lines = self.rowan(of, "export", "jsonl", "k.t").splitlines()
            return [json.loads(line)["c"] for line in lines]
        self.assertEqual(rows(node), acknowledged)
        node.kill()
        again = self.start_node()
        self.assertLessEqual(set(acknowledged), set(rows(again)))
        self.assertEqual(self.try_put(again, 1000)[0], 0)


if __name__ == "__main__":
    unittest.main()
