# SPDX-License-Identifier: Apache-2.0
"""A table of time series, and how it is filled and read out."""

import csv
import io
import json
import re

from rowan_process import RowanTest

TABLE = "metrics.points"


class SeriesCase(RowanTest):

    def create_table(self, node, order="", options=()):
        self.rowan(node, "keyspace", "create", "metrics")
        self.rowan(node, "table", "create", TABLE,
                   "--partition-key", "series text",
                   "--clustering", f"ts timestamp {order}".strip(),
                   "--column", "value double",
                   *(word for each in options for word in ("--option", each)))

    def import_arguments(self, series):
        return ["import", "csv", *series.paths, "--table", TABLE,
                "--const-from-name", "series", "--map", "timestamp=ts"]

    def exported(self, node):
        """(series, time) -> value, as the node has it."""
        text = self.rowan(node, "export", "csv", TABLE)
        rows = {}
        for row in csv.DictReader(io.StringIO(text)):
            when = row["ts"].replace("T", " ").removesuffix(".000Z")
            self.assertNotIn((row["series"], when), rows)
            rows[row["series"], when] = float(row["value"])
        return rows

    def dumped(self, node):
        """Every row of every SSTable: (series, time), with repeats."""
        files = self.rowan_json(node, "sstables", TABLE)["sstables"]
        self.assertTrue(files)
        found = []
        for file in files:
            done = self.run_program("sstable-dump", "-l", file["path"])
            self.assertEqual(done.returncode, 0, done.stderr)
            for line in done.stdout.splitlines():
                wide_row = json.loads(line)
                (series,) = wide_row["partition"]["key"]
                for row in wide_row["rows"]:
                    if row["type"] == "row":
                        when = re.sub(r"(\.0+)?Z$", "",
                                      row["clustering"][0].replace("T", " "))
                        found.append((series, when))
        return found
