#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Starting and stopping rowand: flags, config, data directory."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from prometheus_text import Metrics
from rowan_process import RowanTest

BINARIES = ("rowand", "rowan", "sstable-dump", "sstable-verify",
            "commitlog-dump", "manifest-dump", "rowan-bench")


class NodeTest(RowanTest):

    def test_every_binary_helps_and_tells_its_version(self):
        for name in BINARIES:
            done = self.run_program(name, "--help")
            self.assertEqual(done.returncode, 0, name)
            self.assertIn(name, done.stdout)
            done = self.run_program(name, "--version")
            self.assertEqual(done.returncode, 0, name)
            self.assertRegex(done.stdout, r"\d+\.\d+\.\d+", name)
            done = self.run_program(name, "--no-such-flag")
            self.assertEqual(done.returncode, 2, name)

    def test_printed_config_is_a_good_config(self):
        done = self.run_program("rowand", "--print-config")
        self.assertEqual(done.returncode, 0)
        config = self.write("printed.yaml", done.stdout)
        done = self.run_program("rowand", "--config", config,
                                "--check-config")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_address_beyond_loopback_wants_a_word(self):
        done = self.run_program("rowand", "--data-dir", self.path("data"),
                                "--listen", "0.0.0.0:0", "--http",
                                "127.0.0.1:0")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--allow-unauthenticated", done.stderr)
        self.assertFalse(os.path.exists(self.path("data")))
        node = self.start_node("--allow-unauthenticated", listen="0.0.0.0:0")
        self.assertIn("warning", node.log())

    def test_log_and_catalogue_are_kept_below_backup_dir(self):
        backup = self.path("backup")
        config = self.write("rowan.yaml", f"backup:\n  dir: {backup}\n")
        node = self.start_node("--config", config)
        self.rowan(node, "keyspace", "create", "k")
        self.rowan(node, "table", "create", "k.t", "--partition-key", "p int",
                   "--column", "v text")
        self.rowan(node, "put", "k.t", "p=1", "v=kept")
        self.assertEqual(Metrics(node)("commitlog_archive_failing"), 0)
        node.stop()
        (owner,) = os.listdir(os.path.join(backup, "log"))
        self.assertRegex(owner, "^[0-9a-f]{32}$")
        log = os.path.join(backup, "log", owner)
        self.assertEqual(os.listdir(log), ["segment-000001.part"])
        dump = self.run_program("commitlog-dump",
                                os.path.join(log, "segment-000001.part"))
        self.assertEqual(dump.returncode, 0, dump.stderr)
        self.assertIn("records=1", dump.stdout)
        self.assertIn("kind=copy_end", dump.stdout)
        versions = sorted(os.listdir(os.path.join(backup, "catalogue", owner)))
        self.assertEqual([int(name) for name in versions],
                         list(range(1, len(versions) + 1)))
        self.start_node("--config", config).stop()
        self.assertEqual(sorted(os.listdir(log)), ["segment-000001.log",
                                                   "segment-000011.part"])

    def test_data_directory_in_use_is_refused(self):
        node = self.start_node()
        done = self.run_program(
            "rowand", "--data-dir", node.data_dir, "--listen", "127.0.0.1:0",
            "--http", "127.0.0.1:0")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)
        self.assertIn("HEALTHY", self.rowan(node, "status"))

    def test_data_directory_that_cannot_be_written_is_refused(self):
        # Below a file nobody may make a folder, not even root.
        file = self.write("file", "")
        self.refused("--data-dir", os.path.join(file, "data"))

    def test_clean_stop_and_kill_lose_nothing(self):
        node = self.start_node()
        self.rowan(node, "keyspace", "create", "k")
        self.rowan(node, "table", "create", "k.t", "--partition-key", "p int")
        self.rowan(node, "put", "k.t", "p=1")
        self.assertEqual(node.stop(), 0)
        node = self.start_node()
        self.rowan(node, "put", "k.t", "p=2")
        node.kill()
        node = self.start_node()
        self.assertEqual(self.rowan(node, "count", "k.t"), "2\n")
        self.assertTrue(self.rowan_json(node, "status")["recovery"])

class DamageTest(RowanTest):

    def fill(self):
        """Two tables of one file each; answers the first one's path."""
        node = self.start_node()
        self.rowan(node, "keyspace", "create", "k")
        for table in ("k.bad", "k.good"):
            self.rowan(node, "table", "create", table, "--partition-key",
                       "p int", "--column", "v text", "--option",
                       "partitions=1")
            for number in range(5):
                self.rowan(node, "put", table, f"p={number}",
                           "v=" + "x" * 100)
        self.rowan(node, "flush")
        (file,) = self.rowan_json(node, "sstables", "k.bad")["sstables"]
        self.assertEqual(node.stop(), 0)
        return os.path.join(self.folder, file["path"])

    def flip(self, name, offset):
        """Changes one byte of a file; a second time brings it back."""
        with open(self.path(name), "r+b") as file:
            file.seek(offset)
            byte = file.read(1)
            file.seek(offset)
            file.write(bytes([byte[0] ^ 0x10]))

    def bytes_of(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def assert_refused(self, name, offset, *others):
        """With one byte of the file changed (and of others, the same place)
        the node names file and place, and touches nothing; with the bytes
        back it serves all rows."""
        files = (name, *others)
        for each in files:
            self.flip(each, offset)
        damaged = [self.bytes_of(each) for each in files]
        done = self.run_program("rowand", "--data-dir", self.path("data"),
                                "--listen", "127.0.0.1:0", "--http",
                                "127.0.0.1:0")
        self.assertEqual(done.returncode, 1, done.stdout)
        (line,) = [line for line in done.stderr.splitlines()
                   if line.startswith("rowand: ")]
        self.assertIn(os.path.basename(name), line)
        self.assertEqual([self.bytes_of(each) for each in files], damaged)
        for each in files:
            self.flip(each, offset)
        node = self.start_node()
        self.assertEqual(self.rowan(node, "count", "k.good"), "5\n")
        return line

    def manifests(self):
        """Its two files, the one without suffix first."""
        names = sorted(name for name in os.listdir(self.path("data/storage"))
                       if name.startswith("MANIFEST"))
        self.assertEqual(len(names), 2)
        self.assertEqual(names[1], names[0] + ".copy")
        return [f"data/storage/{name}" for name in names]

    def assert_served_and_told(self, file):
        """A node serves all rows, and says once what it found wrong."""
        node = self.start_node()
        for table in ("k.bad", "k.good"):
            self.assertEqual(self.rowan(node, "count", table), "5\n")
        found = self.rowan_json(node, "status")["recovery"]
        (line,) = [line for line in found if "MANIFEST" in line]
        self.assertIn(file + ": ", line)
        self.assertIn(line, node.log())
        self.assertEqual(node.stop(), 0)
        return line

    def test_damage_of_one_manifest_file_is_told_and_costs_nothing(self):
        self.fill()
        for which in (0, 1):
            for part in (0, 0.3, 0.6, 1):
                damaged = self.manifests()[which]
                last = os.path.getsize(self.path(damaged)) - 1
                self.flip(damaged, int(last * part))
                line = self.assert_served_and_told(damaged)
                self.assertRegex(line, r"offset \d+")
            lost = self.manifests()[which]
            os.remove(self.path(lost))
            self.assert_served_and_told(lost)

    def test_damage_of_both_manifest_files_is_told_and_nothing_changed(self):
        self.fill()
        first, copy = self.manifests()
        line = self.assert_refused(first, 40, copy)
        self.assertIn(os.path.basename(copy), line)
        self.assertRegex(line, r"offset \d+")

    def test_damaged_log_fails_only_what_it_held(self):
        node = self.start_node()
        self.rowan(node, "keyspace", "create", "k")
        for table in ("good", "hit"):
            self.rowan(node, "table", "create", f"k.{table}",
                       "--partition-key", "p int", "--column", "v text")
            for number in range(5):
                self.rowan(node, "put", f"k.{table}", f"p={number}",
                           f"v={table}-{number}")
        node.kill()
        log = self.path("data/commitlog/" + sorted(
            os.listdir(self.path("data/commitlog")))[0])
        with open(log, "r+b") as file:
            file.seek(file.read().index(b"hit-3"))
            file.write(b"#")
        for again in range(2):
            node = self.start_node()
            self.assertEqual(self.rowan(node, "count", "k.good"), "5\n")
            told = self.rowan(node, "status")
            self.assertRegex(told, r"start-up: damaged: .*" +
                             os.path.basename(log) + r" at \d+")
            self.assertRegex(node.log(), r"warning recovery .*damaged: .*" +
                             os.path.basename(log))
            lost = self.rowan(node, "count", "k.hit", code=1)
            self.assertIn("DATA_LOSS", lost)
            self.assertRegex(lost, os.path.basename(log) + r" at \d+")
            node.kill()
        node = self.start_node("--accept-data-loss")
        self.assertEqual(self.rowan(node, "count", "k.hit"), "4\n")
        node.kill()
        node = self.start_node()
        self.assertEqual(self.rowan(node, "count", "k.hit"), "4\n")

    def test_directory_of_another_version_is_refused(self):
        self.fill()
        # Bytes 8..11: the version, of which there is 1 so far.
        self.assert_refused("data/identity", 8, "data/identity.copy")


if __name__ == "__main__":
    unittest.main()
