#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input on the command line: the exit code, an error that names the field
and what was expected, and nothing lost."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from kept_row_case import KeptRowCase

USAGE, NOT_FOUND = 2, 7


class BadInputTest(KeptRowCase):

    def test_unknown_names(self):
        for arguments, *words in (
                (["put", "no.t", "p=a", "c=1"], "keyspace 'no'",
                 "rowan table list"),
                (["put", "k.no", "p=a", "c=1"], "k.no", "rowan table list"),
                (["get", "k.no", "p=a"], "k.no", "rowan table list"),
                (["scan", "k.no"], "k.no", "rowan table list"),
                (["export", "csv", "k.no"], "k.no", "rowan table list"),
                (["flush", "k.no"], "k.no", "rowan table list"),
                (["compact", "k.no"], "k.no", "rowan table list"),
                (["sstables", "k.no"], "k.no", "rowan table list"),
                (["put", "k.t", "p=a", "c=1", "z=1"], "'z'", "p, c, s, v, n"),
                (["get", "k.t", "p=a", "--columns", "z"], "'z'", "v, n"),
                (["delete", "k.t", "p=a", "c=1", "--columns", "z"], "'z'"),
        ):
            self.assert_refused(NOT_FOUND, arguments, "code: NOT_FOUND",
                                *words)

    def test_wrong_types_name_column_and_expected_value(self):
        row = ["put", "k.t", "p=a"]
        for arguments, *words in (
                ([*row, "c=1", "v=high"], "'v'", "number"),
                ([*row, "c=x", "v=1"], "'c'", "-2147483648 to 2147483647"),
                ([*row, "c=2147483648"], "'c'", "-2147483648 to 2147483647"),
                (["get", "k.t", "p=a", "c=x"], "'c'", "whole number"),
                (["get", "k.t", "p=a", "--slice", "a..b"], "'c'", "whole"),
                (["get", "k.t", "p=a", "--slice", "1,2.."], "components"),
                (["delete", "k.t", "p=a", "c=x"], "'c'", "whole number"),
                ([*row, "c"], "'c'", "COLUMN=VALUE"),
                ([*row, "c=1", "--timestamp", "now"], "--timestamp", "number"),
                ([*row, "c=1", "--ttl", "long"], "--ttl", "number"),
                (["scan", "k.t", "--limit", "few"], "--limit", "number"),
                (["scan", "k.t", "--limit", "-1"], "--limit", "number"),
                (["scan", "k.t", "--no-such-flag"], "--no-such-flag"),
                (["scan", "k.t", "-o", "xml"], "xml", "json"),
        ):
            self.assert_refused(USAGE, arguments, *words)

    def test_keys_that_are_not_whole(self):
        for arguments, *words in (
                (["put", "k.t", "c=1", "v=1"], "'p'", "give p=VALUE"),
                (["put", "k.t", "p=a", "v=1"], "'c'", "give c=VALUE"),
                (["put", "k.t", "p=", "c=1"], "partition key", "empty"),
                (["put", "k.t", "p=null", "c=1"], "'p'", "null",
                 "p=\"'null'\""),
                (["put", "k.t", "p=a", "c=null"], "'c'", "null"),
                (["get", "k.t", "p=null"], "'p'", "null"),
                (["delete", "k.t", "p=null"], "'p'", "null"),
                (["get", "k.t", "c=1"], "'p'", "give p=VALUE"),
                (["put", "k.t", "p=a", "p=b", "c=1"], "'p'", "twice"),
        ):
            self.assert_refused(USAGE, arguments, *words)

    def test_null_deletes_a_cell_as_in_cql(self):
        self.put("p=a", "c=1", "v=1", "n=text", "s=static")
        self.put("p=a", "c=1", "n=null", "s=null")
        self.assertEqual(self.row("p=a"), ["a", "1", None, 1, None])
        # The row marker stays, unless asked otherwise.
        self.put("p=a", "c=1", "v=null")
        self.assertEqual(self.row("p=a"), ["a", "1", None, None, None])
        self.put("p=b", "c=1", "v=1", "--no-row-marker")
        self.put("p=b", "c=1", "v=null", "--no-row-marker")
        self.assertEqual(
            self.rowan(self.node, "count", "k.t", "p=b"), "0\n")

    def test_text_null_is_written_with_quotes(self):
        for written, found in (("'null'", "null"), ("''null''", "'null'"),
                               ("'text'", "'text'"), ("nulls", "nulls")):
            self.put("p=a", "c=1", f"n={written}")
            self.assertEqual(self.row("p=a")[-1], found)
        self.put("p='null'", "c=1", "v=1")
        self.assertEqual(self.row("p='null'")[0], "null")

    def test_create_what_exists_and_drop_what_does_not(self):
        table = ["table", "create", "k.t", "--partition-key", "p text"]
        for arguments in (["keyspace", "create", "k"], table):
            self.assert_refused(1, arguments, "code: ALREADY_EXISTS",
                                "try: --if-not-exists")
            out = self.rowan(self.node, *arguments, "--if-not-exists")
            self.assertIn("was there", out)
        for arguments in (["keyspace", "drop", "no"],
                          ["table", "drop", "k.no"]):
            self.assert_refused(NOT_FOUND, arguments, "code: NOT_FOUND",
                                arguments[-1], "try: --if-exists")
            out = self.rowan(self.node, *arguments, "--if-exists")
            self.assertIn("was not there", out)

    def test_bad_tables(self):
        table = ["table", "create", "k.u", "--partition-key"]
        for arguments, *words in (
                ([*table, "p txt"], "'txt'", "text"),
                ([*table, "p"], "'p'", "NAME TYPE"),
                ([*table, "p int", "--column", "p int"], "'p'"),
                ([*table, "p int", "--static", "s int"], "static"),
                ([*table, "p int", "--clustering", "c int up"], "asc|desc"),
                ([*table, "p int", "--option", "partitions=3"], "power"),
                ([*table, "p int", "--option", "shards=4"], "partitions"),
                ([*table, "p int", "--option", "compression=zip"], "lz4"),
                (["table", "create", "u", "--partition-key", "p int"],
                 "KEYSPACE.TABLE"),
                (["keyspace", "create", "a b"], "a b"),
        ):
            self.assert_refused(USAGE, arguments, *words)
        self.assertNotIn("k.u", self.rowan(self.node, "table", "list"))

    def test_bad_lines_say_what_was_expected(self):
        rejects = self.import_csv(
            b"a,1,ok\na\na,1,2,3\na,many,x\na,2,\xff\n,3,x\na,,x\na,4,ok\n",
            code=5)
        wanted = {2: "expected 3, got 1", 3: "expected 3, got 4",
                  4: "'c': expected a whole number", 5: "UTF-8",
                  6: "'p'", 7: "'c'"}
        self.assertEqual(set(rejects), set(wanted))
        for line, words in wanted.items():
            self.assertTrue(re.search(re.escape(words), rejects[line]),
                            rejects[line])
        self.assertEqual(self.rowan(self.node, "count", "k.t", "p=a"), "2\n")


if __name__ == "__main__":
    unittest.main()
