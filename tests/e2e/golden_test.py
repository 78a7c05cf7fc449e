#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Data directories of every format version open and hold what they held.

tests/testdata/golden/NAME.tar.xz is a data directory as a node left it, with
the rows of each of its tables beside it in NAME.TABLE.jsonl. A new version of
a format adds a directory and leaves the old ones:

    /usr/bin/python3 tests/e2e/golden_test.py --make NAME
"""

import glob
import os
import shutil
import sys
import tarfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import ROOT, RowanTest

GOLDEN = os.path.join(ROOT, "tests/testdata/golden")
TABLES = {
    "series": ["--partition-key", "series text", "--partition-key", "day date",
               "--clustering", "ts timestamp desc", "--column", "value double",
               "--static", "unit text", "--option", "partitions=4"],
    "packed": ["--partition-key", "id uuid", "--clustering", "n int",
               "--column", "body text", "--option", "compression=lz4",
               "--option", "partitions=1"],
    "types": ["--partition-key", "k bigint", "--column", "a ascii",
              "--column", "b blob", "--column", "bo boolean",
              "--column", "ti tinyint", "--column", "si smallint",
              "--column", "i int", "--column", "vi varint",
              "--column", "f float", "--column", "de decimal",
              "--column", "da date", "--column", "t time",
              "--column", "du duration", "--column", "tu timeuuid",
              "--column", "ip inet", "--option", "compression=zstd",
              "--option", "partitions=1"],
    # Since version 3.
    "composites": ["--partition-key", "k frozen<set<int>>",
                   "--clustering", "c tuple<text, int> desc",
                   "--static", "cs map<text, int>",
                   "--column", "l list<text>", "--column", "s set<int>",
                   "--column", "m map<text, tuple<int, text>>",
                   "--column", "f frozen<map<text, list<double>>>",
                   "--column", "v vector<float, 2>",
                   "--option", "partitions=1"],
}


def fill(test, node, part):
    """Rows, expiring rows and every kind of deletion; `part` in every value."""
    def put(table, *values):
        test.rowan(node, "put", f"gold.{table}", *values)

    def delete(table, *values):
        test.rowan(node, "delete", f"gold.{table}", *values)

    for series in ("cpu", "memory", "disk"):
        key = (f"series={series}", "day=2026-01-02")
        put("series", *key, f"unit={series}-unit-{part}")
        for minute in range(20):
            put("series", *key, f"ts=2026-01-02T0{part}:{minute:02}:00",
                f"value={minute}.{part}5")
    # 20 years: still there when later versions look.
    put("series", "series=cpu", "day=2026-01-02",
        f"ts=2026-01-02T0{part}:30:00", "value=30", "--ttl", "630720000")
    delete("series", "series=cpu", "day=2026-01-02",
           f"ts=2026-01-02T0{part}:03:00")
    delete("series", "series=cpu", "day=2026-01-02",
           f"ts=2026-01-02T0{part}:04:00", "--columns", "value")
    delete("series", "series=memory", "day=2026-01-02", "--slice",
           f"2026-01-02T0{part}:10:00..2026-01-02T0{part}:05:00")
    delete("series", "series=disk", "day=2026-01-02")
    for number in range(1, 4):
        name = f"id=00000000-0000-4000-8000-00000000000{number}"
        for n in range(-3, 4):
            put("packed", name, f"n={n}", f"body={'text ' * 40}{part}")
    put("types", f"k={part}", "a=ascii", "b=0x00ff", "bo=true", "ti=-128",
        "si=32767", "i=-1", "vi=-170141183460469231731687303715884105728",
        "f=1.5", "de=-12.340", "da=2026-01-02", "t=01:02:03.000000004",
        "du=1mo2d3h", "tu=8e1a5f00-e7a0-11f0-8000-0123456789ab",
        "ip=2001:db8::1")


def fill_composites(test, node, part):
    def put(*values):
        test.rowan(node, "put", "gold.composites", "k={2, 1}", *values)

    put(f"cs['part']={part}")
    for n in range(3):
        row = f"c=('x', {n})"
        put(row, f"l=['a', 'b{part}']", f"s={{{part}, 10}}",
            f"m={{'a': (1, 'x'), 'p{part}': (null, 'y')}}",
            f"f={{'f': [0.{part}, NaN]}}", f"v=[{part}, -0]")
        put(row, "l+=['z']", f"l^=['first{part}']", "s-={10}",
            f"m['a']=({part}, null)")
        put(row, "s+={99}", "--ttl", "630720000")
    put("c=('x', 2)", "l=null", f"s={{{part}}}")


def tables_of(archive):
    """Those that there were when it was made."""
    return [table for table in TABLES
            if os.path.exists(archive.replace(".tar.xz", f".{table}.jsonl"))]


class GoldenTest(RowanTest):

    def exported(self, node, table):
        return self.rowan(node, "export", "jsonl", f"gold.{table}")

    def make(self, name):
        node = self.start_node()
        self.rowan(node, "keyspace", "create", "gold")
        for table, shape in TABLES.items():
            self.rowan(node, "table", "create", f"gold.{table}", *shape)
        for part in (1, 2):
            fill(self, node, part)
            fill_composites(self, node, part)
            for table in TABLES:
                self.rowan(node, "flush", f"gold.{table}")
        fill(self, node, 3)  # in the commit log only
        fill_composites(self, node, 3)
        for table in TABLES:
            with open(os.path.join(GOLDEN, f"{name}.{table}.jsonl"), "w",
                      encoding="utf-8") as file:
                file.write(self.exported(node, table))
        node.stop()
        with tarfile.open(os.path.join(GOLDEN, f"{name}.tar.xz"),
                          "w:xz") as archive:
            archive.add(node.data_dir, arcname="data",
                        filter=lambda member: None
                        if member.name.endswith("LOCK") else member)

    def test_directory_of_each_version_holds_what_it_held(self):
        archives = glob.glob(os.path.join(GOLDEN, "*.tar.xz"))
        self.assertTrue(archives)
        for archive in archives:
            with self.subTest(os.path.basename(archive)):
                self.check(archive)

    def check(self, archive):
        self.assertLess(os.path.getsize(archive), 200 * 1024)
        shutil.rmtree(self.path("data"), ignore_errors=True)
        with tarfile.open(archive) as packed:
            packed.extractall(self.folder)
        files = glob.glob(self.path("data/**/*.sst"), recursive=True)
        self.assertGreaterEqual(len(files), 6)
        dumped = self.run_program("sstable-dump", *files)
        self.assertEqual(dumped.returncode, 0, dumped.stderr)
        stats = self.run_program("sstable-dump", "--stats", *files)
        self.assertEqual(stats.returncode, 0, stats.stderr)
        if os.path.basename(archive).startswith("v1."):
            for name in ("Partition Size", "Column Count",
                         "Partition deletions"):
                self.assertEqual(stats.stdout.count(f"{name}: unknown\n"),
                                 len(files))
        node = self.start_node()
        self.hold(node, archive)
        for table in tables_of(archive):
            self.rowan(node, "flush", f"gold.{table}")
            self.rowan(node, "compact", f"gold.{table}")
        self.hold(node, archive)
        # And goes on: what is written now is there as well.
        self.rowan(node, "put", "gold.types", "k=99", "a=new")
        self.assertIn('"new"', self.exported(node, "types"))
        self.assertEqual(node.stop(), 0)

    def hold(self, node, archive):
        for table in tables_of(archive):
            expected = archive.replace(".tar.xz", f".{table}.jsonl")
            with open(expected, encoding="utf-8") as file:
                self.assertEqual(self.exported(node, table), file.read())


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--make":
        maker = GoldenTest("test_directory_of_each_version_holds_what_it_held")
        maker.setUp()
        try:
            maker.make(sys.argv[2])
        finally:
            maker.doCleanups()
    else:
        unittest.main()
