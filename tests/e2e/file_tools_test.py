#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The programs that look at files: everything in a data directory can be
printed and verified, beside a running node too, and damage is named."""

import glob
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import RowanTest

# Of a data directory, what holds nothing.
EMPTY = ("LOCK",)


class FileToolsTest(RowanTest):

    def fill(self, node):
        self.rowan(node, "keyspace", "create", "k")
        self.rowan(node, "type", "create", "k.place", "--field", "x int")
        self.rowan(node, "table", "create", "k.t", "--partition-key", "a text",
                   "--clustering", "b int", "--column", "v text", "--column",
                   "p place", "--option", "compression=lz4")
        for b in range(40):
            self.rowan(node, "put", "k.t", "a=one", f"b={b}", "v=" + "x" * 900,
                       "p={x: 1}")
        self.rowan(node, "delete", "k.t", "a=one", "--slice", "3..6")
        self.rowan(node, "flush")
        self.rowan(node, "snapshot", "create", "k.t", "--name", "kept")
        self.rowan(node, "put", "k.t", "a=two", "b=1", "v=in the log")

    def files(self, pattern):
        found = sorted(glob.glob(self.path("data", pattern), recursive=True))
        self.assertTrue(found, pattern)
        return found

    def ran(self, code, name, *arguments):
        done = self.run_program(name, *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def small_files(self):
        return [path for pattern in ("storage/MANIFEST-*", "metadata/*",
                                     "identity*", "clock*",
                                     "snapshots/*/snapshot*")
                for path in self.files(pattern)]

    def test_everything_is_printed_and_verified_beside_a_running_node(self):
        node = self.start_node()
        self.fill(node)
        tables = self.files("**/*.sst")
        logs = self.files("commitlog/*.log")
        known = set(tables + logs + self.small_files())
        for folder, _, names in os.walk(self.path("data")):
            for name in names:
                self.assertTrue(os.path.join(folder, name) in known
                                or name in EMPTY, name)
        said = self.ran(0, "sstable-verify", "--level", "deep", *tables)
        self.assertIn("2 files, 0 damaged", said.stdout)
        said = self.ran(0, "commitlog-dump", "--records", *logs)
        self.assertIn("  mutation table=1 token=", said.stdout)
        self.assertIn(b"two".hex(), said.stdout)
        said = self.ran(0, "manifest-dump", *self.small_files()).stdout
        for line in ("kind manifest", "kind catalogue", "keyspace k",
                     "type k.place", "table k.t id=1", "column b int clustering",
                     "kind identity", "timestamps_below_us", "kind snapshot",
                     "file 00000001.sst level=0"):
            self.assertIn(line, said)
        self.assertEqual(node.stop(), 0)

    def test_json_has_the_same_for_programs(self):
        node = self.start_node()
        self.fill(node)
        self.assertEqual(node.stop(), 0)
        for program, files in (("sstable-verify", self.files("**/*.sst")),
                               ("manifest-dump", self.small_files())):
            array = json.loads(self.ran(0, program, "--json", *files).stdout)
            self.assertEqual([one["file"] for one in array], files)
            self.assertTrue(all(one["ok"] for one in array))
            lines = self.ran(0, program, "-l", *files).stdout.splitlines()
            self.assertEqual([json.loads(line) for line in lines], array)
        logs = self.files("commitlog/*.log")
        array = json.loads(self.ran(0, "commitlog-dump", "--records", "--json",
                                    *logs).stdout)
        kinds = [one["chunk"] for one in array if "chunk" in one]
        self.assertEqual(kinds[-1], "stop")
        keys = [mutation["key"] for one in array if "record" in one
                for mutation in one["mutations"]]
        self.assertEqual(keys.count(b"one".hex()), 41)
        self.assertEqual(keys.count(b"two".hex()), 1)

    def test_damage_is_named_and_the_rest_is_read(self):
        node = self.start_node()
        self.fill(node)
        self.assertEqual(node.stop(), 0)
        table = self.files("storage/**/*.sst")[0]
        self.flip(table, 100)
        done = self.ran(1, "sstable-verify", table, self.path("none.sst"))
        self.assertRegex(done.stdout, r"DAMAGED .*sst: \d+ blocks")
        self.assertRegex(done.stdout, r"block at offset 0: checksum")
        self.assertRegex(done.stdout, r"lost: rows from the first to below .*"
                         r" of wide row \(one\)")
        self.assertIn("none.sst", done.stdout)
        self.assertIn("2 files, 2 damaged", done.stdout)
        done = self.ran(1, "sstable-dump", "-l", table)
        self.assertIn("lost: rows from the first", done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        log = self.files("commitlog/*.log")[0]
        self.flip(log, 4096 + 200)
        done = self.ran(1, "commitlog-dump", log)
        self.assertRegex(done.stdout, "4096 chunk .* damaged\n")
        for path in self.small_files():
            self.flip(path, 30)  # a damaged end is a torn one in a manifest
            done = self.ran(1, "manifest-dump", path)
            self.assertIn(path, done.stderr)

    def test_wrong_use_exits_with_2(self):
        for program in ("sstable-verify", "commitlog-dump", "manifest-dump"):
            self.ran(2, program)
            self.ran(2, program, "--no-such-option")
            self.assertIn(program, self.ran(0, program, "--version").stdout)
        self.ran(2, "sstable-verify", "--level", "none", "x")

    def flip(self, path, at):
        with open(path, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0x10]))


if __name__ == "__main__":
    unittest.main()
