#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Before `rowan` destroys data it says what goes and asks; --dry-run says what
a command would do, and does nothing."""

import json
import os
import pty
import select
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import HANG_SECONDS, RowanTest, binary

ROWS = 5


class ConfirmTest(RowanTest):

    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rowan(self.node, "keyspace", "create", "k")
        self.rowan(self.node, "table", "create", "k.t", "--partition-key",
                   "pk text", "--clustering", "ck int", "--column", "a int",
                   "--column", "b text", "--option", "partitions=1")
        for ck in range(ROWS):
            self.rowan(self.node, "put", "k.t", "pk=p", f"ck={ck}", "a=1",
                       "b=x")

    def count(self, table="k.t"):
        return int(self.rowan(self.node, "count", table))

    def at_a_terminal(self, answer, *arguments):
        """Types `answer`; answers exit code and what it showed."""
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen(
                [binary("rowan"), "--host", self.node.address, *arguments],
                stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs)
            self.addCleanup(process.kill)
            os.write(ours, answer.encode() + b"\n")
            process.wait(timeout=HANG_SECONDS)
            shown = b""
            while select.select([ours], [], [], 0)[0]:
                shown += os.read(ours, 1 << 16)
            return process.returncode, shown.decode()
        finally:
            os.close(ours)
            os.close(theirs)

    def test_nobody_to_ask_is_a_refusal_that_tells_what_would_go(self):
        self.rowan(self.node, "snapshot", "create", "k.t", "--name", "kept")
        self.rowan(self.node, "put", "k.t", "pk=q", "ck=1", "a=1")
        for verb in ("drop", "truncate"):
            out = self.rowan(self.node, "table", verb, "k.t", code=2)
            self.assertIn("about 5 rows in 1 SSTables and 1 wide rows in "
                          "memtables", out)
            self.assertIn("snapshots of it: kept (2", out)
            self.assertIn("a new snapshot keeps them", out)
            self.assertIn("try: the same command with --yes", out)
            self.assertIn("go for good", self.rowan(
                self.node, "table", verb, "k.t", "--no-snapshot", code=2))
        out = self.rowan(self.node, "table", "alter", "k.t", "--drop", "b",
                         code=2)
        self.assertIn("all values of column b go for good", out)
        out = self.rowan(self.node, "snapshot", "drop", "kept", code=2)
        self.assertIn("snapshot kept of table k.t", out)
        self.rowan(self.node, "snapshot", "drop", "none", code=7)
        self.assertEqual(self.count(), 6)
        self.assertIn("kept", self.rowan(self.node, "snapshot", "list"))
        self.assertIn("b text", self.rowan(self.node, "table", "describe",
                                           "k.t"))

    def test_a_terminal_wants_the_name_typed(self):
        code, err = self.at_a_terminal("k.other", "table", "truncate", "k.t")
        self.assertEqual(code, 6, err)
        self.assertIn("about 0 rows in 0 SSTables and 1 wide rows", err)
        self.assertIn("type k.t to go on: ", err)
        self.assertEqual(self.count(), ROWS)
        code, err = self.at_a_terminal("k.t", "table", "truncate", "k.t")
        self.assertEqual(code, 0, err)
        self.assertEqual(self.count(), 0)

    def test_yes_asks_nothing(self):
        self.rowan(self.node, "table", "alter", "k.t", "--drop", "b", "--yes")
        self.rowan(self.node, "table", "drop", "k.t", "--yes")
        self.rowan(self.node, "table", "describe", "k.t", code=7)

    def test_dry_run_of_what_destroys_changes_nothing(self):
        self.rowan(self.node, "snapshot", "create", "k.t", "--name", "kept")
        for arguments, expected in (
                (("table", "drop", "k.t"), "about 5 rows in 1 SSTables"),
                (("table", "truncate", "k.t"), "a new snapshot keeps them"),
                (("table", "alter", "k.t", "--drop", "b", "--add", "c int"),
                 "column c is added"),
                (("snapshot", "drop", "kept"), "1 SSTables")):
            # Even with --yes.
            out = self.rowan(self.node, *arguments, "--dry-run", "--yes")
            self.assertIn(expected, out)
        request = self.rowan_json(self.node, "table", "drop", "k.t",
                                  "--dry-run")
        self.assertEqual((request["keyspace"], request["name"]), ("k", "t"))
        self.rowan(self.node, "table", "drop", "k.none", "--dry-run", code=7)
        described = self.rowan(self.node, "table", "describe", "k.t")
        self.assertIn("a int, b text", described)
        self.assertNotIn("c int", described)
        self.assertEqual(self.count(), ROWS)
        self.assertIn("kept", self.rowan(self.node, "snapshot", "list"))

    def test_dry_run_of_an_alteration_judges_its_columns(self):
        for arguments, expected in (
                (("--drop", "none"), "none"),
                (("--drop", "b", "--drop", "b"), "b"),
                (("--drop", "ck"), "ck"),
                (("--rename", "none=c"), "none"),
                (("--drop", "b", "--rename", "b=c"), "b")):
            dry = self.rowan(self.node, "table", "alter", "k.t", *arguments,
                             "--dry-run", code=2)
            self.assertIn(f"'{expected}'", dry)
            # As without.
            self.rowan(self.node, "table", "alter", "k.t", *arguments, "--yes",
                       code=2)
        self.assertIn("column b is called c",
                      self.rowan(self.node, "table", "alter", "k.t",
                                 "--rename", "b=c", "--dry-run"))
        self.assertIn("a int, b text", self.rowan(self.node, "table",
                                                  "describe", "k.t"))

    def test_dry_run_of_writes_says_what_they_hit(self):
        for arguments, expected in (
                (("pk=p",), "wide row deleted in k.t, with 5 rows now"),
                (("pk=p", "--slice", "1..3"), "range deleted in k.t, with 2"),
                (("pk=p", "ck=4"), "row deleted in k.t, with 1 rows now"),
                (("pk=p", "ck=9"), "row deleted in k.t, with 0 rows now"),
                (("pk=p", "ck=4", "--columns", "a"), "cells deleted in k.t")):
            out = self.rowan(self.node, "delete", "k.t", *arguments,
                             "--dry-run")
            self.assertIn(f"would be: {expected}", out)
        out = self.rowan(self.node, "put", "k.t", "pk=n", "ck=1", "a=7",
                         "--dry-run")
        self.assertIn("written to k.t, pk=n ck=1 a=7", out)
        sent = json.loads(self.rowan(self.node, "-o", "json", "put", "k.t",
                                     "pk=n", "ck=1", "a=7", "--dry-run"))
        self.assertEqual(sent["table"]["name"], "k.t")
        self.rowan(self.node, "put", "k.t", "pk=n", "ck=x", "--dry-run",
                   code=2)
        self.assertEqual(self.count(), ROWS)

    def test_dry_run_of_an_import_judges_its_lines(self):
        rows = self.write("rows.csv", "pk,ck,a\nz,1,1\nz,2,2\nz,x,3\n")
        out = self.rowan(self.node, "import", "csv", rows, "--table", "k.t",
                         "--dry-run", code=5)
        self.assertIn("would import 2 rows", out)
        self.assertIn("rejected 1", out)
        self.assertEqual(self.count(), ROWS)
        self.assertEqual(os.listdir(self.folder).count(
            "rowan-import.k.t.progress"), 0)


if __name__ == "__main__":
    unittest.main()
