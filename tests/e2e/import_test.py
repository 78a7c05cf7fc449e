#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job: many small series in, counted, sliced, flushed, compacted and
dumped."""

import json
import os
import pty
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from made_series import MadeSeries
from rowan_process import HANG_SECONDS, binary
from series_case import TABLE, SeriesCase


class ImportTest(SeriesCase):

    def test_series_of_58_files_are_there_and_stay(self):
        series = MadeSeries(self.path("series"), files=58, rows=300)
        node = self.start_node()
        self.create_table(node)
        last = self.rowan(node, *self.import_arguments(series)).splitlines()
        lines = sum(len(each) for each in series.lines.values())
        self.assertRegex(last[-1], rf"^imported {lines} rows in [\d.]+ s "
                         r"\(\d+ rows/s\), rejected 0$")
        for name in series.lines:
            count = self.rowan(node, "count", TABLE, f"series={name}")
            self.assertEqual(int(count), series.distinct(name), name)
        self.assertEqual(self.exported(node), series.table())

        self.rowan(node, "flush", TABLE)
        self.assertEqual(self.exported(node), series.table())
        self.rowan(node, "compact", TABLE)
        self.assertEqual(self.exported(node), series.table())
        dumped = self.dumped(node)
        self.assertEqual(len(dumped), len(set(dumped)))
        self.assertEqual(set(dumped), set(series.table()))

        self.assertEqual(node.stop(), 0)
        node = self.start_node()
        self.assertEqual(self.exported(node), series.table())

    def test_slice_of_two_hours_equals_the_lines(self):
        series = MadeSeries(self.path("series"), files=1, rows=200)
        name = series.name_of(series.paths[0])
        times = sorted({when for when, _ in series.lines[name]})
        start, end = times[50], times[74]
        for order in ("", "desc"):
            node = self.start_node(data_dir=self.path("data" + order))
            self.create_table(node, order)
            self.rowan(node, *self.import_arguments(series))
            page = self.rowan_json(node, "get", TABLE, f"series={name}",
                                   "--slice", f"{start}..{end}")
            values = [row["values"][2]["double_value"]
                      for row in page["rows"]]
            wanted = [value for (_, when), value in
                      sorted(series.table().items(),
                             reverse=order == "desc")
                      if start <= when < end]
            self.assertEqual(values, wanted)
            self.assertEqual(len(values), 24)

    def test_bad_lines_are_rejected_and_the_rest_is_loaded(self):
        node = self.start_node()
        self.create_table(node)
        file = self.write("bad.csv", b"timestamp,value\n"
                          b"2014-04-01 00:00:00,1\n"
                          b"2014-04-01 00:05:00\n"
                          b"2014-04-01 00:10:00,many\n"
                          b"2014-04-01 00:15:00,\xff\n"
                          b"2014-04-01 00:20:00,5\n")
        out = self.rowan(node, "import", "csv", file, "--table", TABLE,
                         "--const", "series=bad", "--map", "timestamp=ts",
                         "--rejects", self.path("rejects"), code=5)
        self.assertIn("imported 2 rows", out)
        self.assertIn("rejected 3", out)
        with open(self.path("rejects"), encoding="utf-8") as rejects:
            lines = [json.loads(line) for line in rejects]
        self.assertEqual([int(line["line"]) for line in lines], [3, 4, 5])
        self.assertTrue(all(line["reason"] for line in lines))
        self.assertEqual(
            self.rowan(node, "count", TABLE, "series=bad").strip(), "2")

    def test_wrong_arguments_leave_the_progress_file_as_it_was(self):
        node = self.start_node()
        self.create_table(node)
        file = self.write("a.csv", "ts,value\n0,1\n")
        progress = self.write("progress", "from an import that broke off")
        out = self.rowan(node, "import", "csv", file, "--table", TABLE,
                         "--progress-file", progress, code=2)
        self.assertIn("series", out)
        self.assertNotIn("--resume", out)
        with open(progress, encoding="utf-8") as saved:
            self.assertEqual(saved.read(), "from an import that broke off")

    def on_terminal(self, node, *arguments):
        """What `rowan` draws when its stderr is a terminal."""
        terminal, end = pty.openpty()
        with open(terminal, "rb", buffering=0) as screen:
            process = subprocess.Popen(
                [binary("rowan"), "--host", node.address, *arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=end, cwd=self.folder)
            self.addCleanup(process.kill)
            os.close(end)
            drawn = b""
            try:
                while part := screen.read(4096):
                    drawn += part
            except OSError:
                pass  # Linux's word for a terminal that nobody writes to.
            self.assertEqual(process.wait(HANG_SECONDS), 0, drawn)
        return drawn.decode()

    def test_progress_is_drawn_on_a_terminal_and_nowhere_else(self):
        node = self.start_node()
        self.create_table(node)
        # More than any node takes in the tenth of a second before the first
        # bar.
        rows = 500_000
        file = self.write("many.csv", "".join(
            f"{number},{number}\n" for number in range(rows)))
        arguments = ["import", "csv", file, "--table", TABLE, "--header",
                     "ts,value", "--const-from-name", "series"]
        drawn = self.on_terminal(node, *arguments)
        bars = re.findall(r"\r\x1b\[K(\[=*>? *\]) +(\d+) %  (\d+) rows  "
                          r"\d+ rows/s", drawn)
        self.assertTrue(bars, drawn)
        before = 0
        for bar, percent, count in bars:
            self.assertEqual(len(bar), 32, bar)
            self.assertAlmostEqual(bar.count("="), int(percent) * 0.3, delta=1)
            self.assertLessEqual(before, int(count))
            before = int(count)
            self.assertLessEqual(before, rows)
        # The line is left empty for what comes behind it.
        self.assertEqual(drawn.rpartition("\x1b[K")[2].strip(), "")
        done = self.run_program("rowan", "--host", node.address, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        self.assertIn(f"imported {rows} rows", done.stdout)

    def test_of_equal_keys_the_later_line_wins(self):
        node = self.start_node()
        self.create_table(node)
        file = self.write("twice.csv", "".join(
            f"{1000 * (number % 3)},{number}\n" for number in range(5000)))
        self.rowan(node, "import", "csv", file, "--table", TABLE,
                   "--header", "ts,value", "--const-from-name", "series")
        self.assertEqual(sorted(self.exported(node).values()),
                         [4997.0, 4998.0, 4999.0])

    def test_json_lines_round_trip(self):
        series = MadeSeries(self.path("series"), files=3, rows=50)
        node = self.start_node()
        self.create_table(node)
        self.rowan(node, *self.import_arguments(series))
        self.rowan(node, "export", "jsonl", TABLE, "--to",
                   self.path("rows.jsonl"))
        self.rowan(node, "--yes", "table", "drop", TABLE)
        self.rowan(node, "table", "create", TABLE, "--partition-key",
                   "series text", "--clustering", "ts timestamp", "--column",
                   "value double")
        self.assertEqual(self.exported(node), {})
        self.rowan(node, "import", "jsonl", self.path("rows.jsonl"),
                   "--table", TABLE)
        self.assertEqual(self.exported(node), series.table())


if __name__ == "__main__":
    unittest.main()
