#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of an import, and again in the middle of going on:
every row that was acknowledged is there."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from made_series import MadeSeries
from rowan_process import binary
from series_case import SeriesCase

FILES, ROWS = 58, 4000
# An import has 8 batches under way, each of rows of at most 3 series here: when
# the node has counted more writes than these, some are acknowledged.
WRITES = 8 * 3 + 16
SMALL_MEMTABLES = "memory:\n  partition_memtable: 1MiB\n"


def metric(node, name):
    with urllib.request.urlopen(f"http://{node.http}/metrics",
                                timeout=60) as answer:
        text = answer.read().decode()
    return int(re.search(rf"^{name} (\d+)", text, re.MULTILINE).group(1))


class KillTest(SeriesCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="rowan-test-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.series = MadeSeries(folder, FILES, ROWS)
        cls.table = cls.series.table()

    def import_until(self, node, flushes, *arguments):
        """An import that is under way, some of it acknowledged, and after so
        many flushes."""
        before = metric(node, "rowan_writes_total")
        process = subprocess.Popen(
            [binary("rowan"), "--host", node.address,
             *self.import_arguments(self.series), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd=self.folder)
        while (metric(node, "rowan_writes_total") - before < WRITES or
               metric(node, "rowan_flushes_total") < flushes):
            self.assertIsNone(process.poll(), "the import ended too early")
        return process

    def kill_in_the_middle(self, node, flushes, *arguments):
        """Kills the node under a running import; answers up to which line of
        which file all is acknowledged."""
        process = self.import_until(node, flushes, *arguments)
        node.kill()
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3, out + err)
        reached = {path: int(line) for path, line in re.findall(
            r"^(\S+): all acknowledged up to line (\d+)$", out, re.MULTILINE)}
        self.assertEqual(set(reached), set(self.series.paths))
        self.assertLess(reached[self.series.paths[-1]], ROWS)
        return reached

    def assert_holds(self, node, reached):
        """Every acknowledged line is there, or a later one of its time."""
        rows = self.exported(node)
        for path, last in reached.items():
            name = self.series.name_of(path)
            allowed = {}
            for number, (when, value) in enumerate(self.series.lines[name], 2):
                if number <= last:
                    allowed[when] = {float(value)}
                elif when in allowed:
                    allowed[when].add(float(value))
            for when, values in allowed.items():
                self.assertIn(rows.get((name, when)), values,
                              f"{name} {when}, seed {self.series.seed}")
        # What was not acknowledged may be there; what was never sent may not.
        self.assertLessEqual(set(rows), set(self.table))

    def kill_and_go_on(self, kills, *arguments):
        """One kill for each of `kills`, after so many flushes."""
        node = self.start_node(*arguments)
        self.create_table(node, options=["partitions=1"])
        resume, lines = [], 0
        for flushes in kills:
            reached = self.kill_in_the_middle(node, flushes, *resume)
            self.assertGreater(sum(reached.values()), lines)
            resume, lines = ["--resume"], sum(reached.values())
            node = self.start_node(*arguments)
            self.assert_holds(node, reached)
        self.rowan(node, *self.import_arguments(self.series), "--resume")
        self.assertEqual(self.exported(node), self.table)
        self.rowan(node, "flush")
        self.rowan(node, "compact")
        self.assertEqual(self.exported(node), self.table)
        self.assertEqual(sorted(self.dumped(node)), sorted(self.table))

    def test_acknowledged_rows_outlive_kill_9(self):
        self.kill_and_go_on((0, 0))

    def test_acknowledged_rows_outlive_kill_9_among_flushes_and_merges(self):
        # Four files make a merge.
        self.kill_and_go_on(
            (4, 2), "--config", self.write("rowan.yaml", SMALL_MEMTABLES))

    def test_import_that_is_killed_itself_goes_on(self):
        node = self.start_node()
        self.create_table(node)
        process = self.import_until(node, flushes=0)
        process.kill()
        process.communicate()
        self.rowan(node, *self.import_arguments(self.series), "--resume")
        self.assertEqual(self.exported(node), self.table)


if __name__ == "__main__":
    unittest.main()
