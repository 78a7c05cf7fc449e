#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Limits as the command line meets them: one below, at, and one above."""

import json
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from kept_row_case import KeptRowCase

KEY_BYTES_MAX = 65535
CELL_BYTES_MAX = 8 << 20
TTL_MAX_S = 20 * 365 * 24 * 3600
HOUR_US = 3600 * 1_000_000
USAGE, REFUSED = 2, 6


class LimitsTest(KeptRowCase):

    def test_keys_at_their_limit(self):
        for key in ("p", "c"):
            self.rowan(self.node, "table", "create", f"k.{key}",
                       "--partition-key", "p text", "--clustering", "c text")
            for size in (KEY_BYTES_MAX - 1, KEY_BYTES_MAX, KEY_BYTES_MAX + 1):
                values = {"p": "a", "c": "a", key: "x" * size}
                words = [f"{name}={value}" for name, value in values.items()]
                if size <= KEY_BYTES_MAX:
                    self.rowan(self.node, "put", f"k.{key}", *words)
                    self.assertEqual(self.rowan(
                        self.node, "count", f"k.{key}", *words), "1\n")
                else:
                    self.assert_refused(
                        USAGE, ["put", f"k.{key}", *words], "OVER_LIMIT",
                        "65536", "65535", "key")
            self.rowan(self.node, "table", "drop", f"k.{key}", "--yes")

    def test_cells_and_messages_at_their_limit(self):
        sizes = (CELL_BYTES_MAX - 1, CELL_BYTES_MAX, CELL_BYTES_MAX + 1)
        rejects = self.import_csv("".join(
            f"big,{c},{'n' * size}\n" for c, size in enumerate(sizes))
            + f"big,9,{'n' * (16 << 20)}\nbig,10,small\n", code=5)
        self.assertEqual(set(rejects), {3, 4})
        self.assertIn(str(CELL_BYTES_MAX + 1), rejects[3])
        self.assertIn(str(CELL_BYTES_MAX), rejects[3])
        self.assertRegex(rejects[4], r"has \d+ bytes, at most \d+ fit")
        # What is in comes out, whatever a page usually holds.
        out = self.rowan(self.node, "export", "jsonl", "k.t")
        rows = [json.loads(line) for line in out.splitlines()]
        self.assertEqual({row["c"]: len(row["n"]) for row in rows
                          if row["p"] == "big"},
                         {0: sizes[0], 1: sizes[1], 10: len("small")})
        self.assertEqual(len(self.row("p=big", "c=1")[-1]), CELL_BYTES_MAX)

    def test_row_larger_than_a_message_is_read_by_columns(self):
        columns = ("a", "b", "c")
        flags = [word for name in columns
                 for word in ("--column", f"{name} text")]
        self.rowan(self.node, "table", "create", "k.wide", "--partition-key",
                   "p int", *flags)
        path = self.write("wide.csv", f"1,{'n' * CELL_BYTES_MAX}\n")
        for name in columns:
            self.rowan(self.node, "import", "csv", path, "--table", "k.wide",
                       "--header", f"p,{name}")
        self.assert_refused(REFUSED, ["get", "k.wide", "p=1"],
                            "RESOURCE_EXHAUSTED", "--columns")
        out = self.rowan(self.node, "get", "k.wide", "p=1", "--columns", "b")
        self.assertGreater(len(out), CELL_BYTES_MAX)
        self.rowan(self.node, "table", "drop", "k.wide", "--yes")

    def test_timestamps_and_ttls_at_their_limits(self):
        row = ["p=a", "c=1", "v=1"]
        # The node's clock runs on between these lines, never back.
        now_us = int(time.time() * 1e6)
        self.put(*row, "--timestamp", str(now_us + HOUR_US))
        self.assert_refused(
            USAGE, ["put", "k.t", *row, "--timestamp",
                    str(now_us + 2 * HOUR_US)], "timestamp", "3600 s")
        for ttl_s in (1, TTL_MAX_S - 1, TTL_MAX_S):
            self.put(*row, "--ttl", str(ttl_s))
        for ttl_s in (-1, TTL_MAX_S + 1):
            self.assert_refused(USAGE, ["put", "k.t", *row, "--ttl",
                                        str(ttl_s)], "TTL", str(TTL_MAX_S))
        for ttl_s in (-1, TTL_MAX_S + 1):
            self.assert_refused(
                USAGE, ["table", "create", "k.u", "--partition-key", "p int",
                        "--option", f"default_ttl_s={ttl_s}"],
                "default_ttl_s")


if __name__ == "__main__":
    unittest.main()
