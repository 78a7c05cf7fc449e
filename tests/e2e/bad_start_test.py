#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What keeps rowand from starting, and damaged SSTables that don't."""

import fcntl
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import RowanTest

FAILED, BAD_CONFIG = 1, 2
ROWS = 200


class BadConfigTest(RowanTest):

    def test_config_errors_name_place_and_what_was_expected(self):
        for text, *words in (
                ("listen:\n  clinet: 127.0.0.1:0\n",
                 ":2:3: ", "'listen.clinet'", "'listen.client'"),
                ("lisen:\n  client: 127.0.0.1:0\n", ":1:1: ", "'listen'"),
                ("memory:\n  memtables: 64\n", ":2:14: ", "memory.memtables",
                 "expected a size"),
                ("memory:\n  memtables: 1B\n", ":2:14: ", "expected a size"),
                ("background:\n  flushes: many\n", ":2:12: ",
                 "background.flushes", "expected"),
                ("background:\n  flushes: 2\n  flushes: 3\n", ":3:3: ",
                 "twice"),
                ("background: 3\n", ":1:13: ", "holds keys"),
                ("listen:\n  client: [a\n", ":", "rowan.yaml"),
                ("commitlog:\n  sync: sometimes\n", ":2:9: ", "group",
                 "periodic"),
        ):
            config = self.write("rowan.yaml", text)
            told = self.refused("--config", config, "--data-dir",
                                self.path("data"), code=BAD_CONFIG)
            first = told.splitlines()[0]
            self.assertTrue(first.startswith(config), told)
            for word in words:
                self.assertIn(word, first)

    def test_all_errors_come_at_once(self):
        config = self.write("rowan.yaml", "listen:\n  a: 1\n  b: 2\n")
        told = self.refused("--config", config, code=BAD_CONFIG)
        self.assertIn(":2:3: ", told)
        self.assertIn(":3:3: ", told)
        self.assertIn("2 errors", told)

    def test_bad_flags_say_what_was_expected(self):
        for arguments, word in (
                (["--config", self.path("none.yaml")], "none.yaml"),
                (["--listen", "nowhere"], "host:port"),
                (["--http", "127.0.0.1:x"], "host:port"),
        ):
            done = self.run_program("rowand", "--data-dir", self.path("data"),
                                    *arguments)
            self.assertEqual(done.returncode, BAD_CONFIG, done.stderr)
            self.assertIn(arguments[1], done.stderr)
            self.assertIn(word, done.stderr)
            self.assertFalse(os.path.exists(self.path("data")))


class BadDirectoryTest(RowanTest):

    def refused_directory(self, *words, arguments=()):
        """One line with these words, and every file stays as it was."""
        told = self.refused("--data-dir", self.path("data"), *arguments,
                            code=FAILED)
        lines = [line for line in told.splitlines()
                 if line.startswith("rowand: ")]
        self.assertEqual(len(lines), 1, told)
        for word in (*words, self.path("data")):
            self.assertIn(word, lines[0])

    def test_directory_of_another_node(self):
        config = self.write("a.yaml", "node:\n  name: a\n")
        node = self.start_node("--config", config)
        self.assertEqual(node.stop(), 0)
        config = self.write("b.yaml", "node:\n  name: b\n")
        self.refused_directory("'a'", "'b'", arguments=("--config", config))

    def test_directory_in_use(self):
        node = self.start_node()
        self.assertEqual(node.stop(), 0)
        # Held here and not by a node, which would write on its own.
        with open(self.path("data/LOCK"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused_directory("in use")
        self.start_node()

    def test_directory_with_files_of_others(self):
        self.write("data/letter.txt", "dear reader")
        self.refused_directory("none of a Rowan node")

    def test_directory_that_is_a_file(self):
        self.write("data", "dear reader")
        self.refused_directory()


class DamagedSSTableTest(RowanTest):

    def fill(self):
        """Two tables of one file each; answers the first one's path."""
        node = self.start_node()
        self.rowan(node, "keyspace", "create", "k")
        lines = self.write("in.csv", "p,v\n" + "".join(
            f"{number},{'x' * 1000}\n" for number in range(ROWS)))
        for table in ("k.bad", "k.good"):
            self.rowan(node, "table", "create", table, "--partition-key",
                       "p int", "--column", "v text", "--option",
                       "partitions=1")
            self.rowan(node, "import", "csv", lines, "--table", table)
        self.rowan(node, "flush")
        (file,) = self.rowan_json(node, "sstables", "k.bad")["sstables"]
        self.assertEqual(node.stop(), 0)
        return os.path.join(self.folder, file["path"])

    def rows_of(self, dump):
        """Keys of the rows that came out before the damage."""
        return {str(json.loads(line)["partition"]["key"][0])
                for line in dump.stdout.splitlines()}

    def reached(self, node, whole):
        """Of the rows that the dump could print, all are read by key; what
        isn't read fails with file and offset. Answers how many are read."""
        read = 0
        for key in range(0, ROWS, 10):
            done = self.run_program("rowan", "--host", node.address, "get",
                                    "k.bad", f"p={key}")
            if done.returncode == 0:
                self.assertIn("x" * 1000, done.stdout)
                read += 1
            else:
                self.assertNotIn(str(key), whole)
                self.assertIn("DATA_LOSS", done.stderr)
                self.assertRegex(done.stderr, r"\d+\.sst: .*at offset \d+")
        return read

    def test_damage_takes_what_it_hit_and_nothing_else(self):
        path = self.fill()
        name = os.path.basename(path)
        with open(path, "rb") as file:
            good = file.read()
        half = len(good) // 2
        # place, whether the file opens, so that its other blocks are readable
        for place, opens in ((half, True), (len(good) - 40, False)):
            with self.subTest(place=place):
                bad = bytearray(good)
                bad[place] ^= 0x41
                self.write(path, bytes(bad))
                dump = self.run_program("sstable-dump", "-l", path)
                self.assertEqual(dump.returncode, 1)
                self.assertEqual(dump.stderr.strip().count("\n"), 0)
                self.assertRegex(
                    dump.stderr, rf"^sstable-dump: .*{name}: .*at offset \d+")
                node = self.start_node()
                if not opens:
                    (line,) = [line for line in node.log().splitlines()
                               if "damaged" in line]
                    self.assertRegex(line, rf"{name}: .*at offset \d+")
                    self.assertIn(line.split("damaged: ")[1].strip('"'),
                                  self.rowan(node, "status"))
                out = self.rowan(node, "scan", "k.bad", code=1)
                self.assertRegex(out, rf"{name}: .*at offset \d+")
                self.assertIn("code: DATA_LOSS", out)
                whole = self.rows_of(dump)
                self.assertEqual(len(whole) > 0, opens)
                read = self.reached(node, whole)
                self.assertEqual(read > 0, opens)
                self.assertEqual(
                    self.rowan(node, "count", "k.good"), f"{ROWS}\n")
                if opens:
                    self.rowan(node, "put", "k.bad", f"p={ROWS}", "v=new")
                    self.rowan(node, "get", "k.bad", f"p={ROWS}")
                self.assertEqual(node.stop(), 0)
        self.write(path, good)
        node = self.start_node()
        self.assertEqual(self.rowan(node, "count", "k.bad"), f"{ROWS + 1}\n")


if __name__ == "__main__":
    unittest.main()
