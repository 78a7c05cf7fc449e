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
    # Since v3: made by make_types, and altered half-way by alter.
    "places": ["--partition-key", "id int", "--clustering", "at frozen<spot>",
               "--static", "home address",
               "--column", "now address",
               "--column", "fixed frozen<address>",
               "--column", "all map<text, frozen<address>>",
               "--option", "partitions=1"],
    "altered": ["--partition-key", "k int", "--clustering", "c int",
                "--column", "gone text", "--column", "kept text",
                "--column", "old_name int", "--option", "partitions=2"],
    "counts": ["--partition-key", "page text", "--clustering", "day int",
               "--column", "n counter", "--column", "m counter",
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


def make_types(test, node):
    test.rowan(node, "type", "create", "gold.spot", "--field", "x int",
               "--field", "y int")
    test.rowan(node, "type", "create", "gold.address", "--field",
               "street text", "--field", "no int")


def alter(test, node):
    """What has a handle, a name or a type keeps it, and old values go."""
    test.rowan(node, "type", "alter", "gold.address", "--add",
               "spot frozen<spot>", "--rename", "street=road")
    test.rowan(node, "table", "alter", "gold.altered", "--yes", "--drop",
               "gone", "--rename", "old_name=name")
    test.rowan(node, "table", "alter", "gold.altered", "--add", "gone text",
               "--add", "late set<int>")


def fill_places(test, node, part):
    road = "street" if part == 1 else "road"
    spot = "" if part == 1 else f", spot: {{x: {part}, y: -1}}"
    address = f"{{{road}: 'x{part}', no: {part}{spot}}}"

    def put(*values):
        test.rowan(node, "put", "gold.places", "id=1", *values)

    put(f"home={address}")
    for x in range(3):
        row = f"at={{x: {x}, y: {part}}}"
        put(row, f"now={address}", f"fixed={address}",
            f"all={{'a': {address}}}")
        put(row, f"now[no]={part + 10}", f"all['b{part}']={address}")
    put(f"at={{x: 2, y: {part}}}", f"now[{road}]=null")


def fill_altered(test, node, part):
    name = "old_name" if part == 1 else "name"
    late = [] if part == 1 else [f"late={{{part}}}"]

    def put(*values):
        test.rowan(node, "put", "gold.altered", *values)

    for k in range(3):
        for c in range(10 * part, 10 * part + 8):
            put(f"k={k}", f"c={c}", f"gone=g{part}", f"kept=k{part}",
                f"{name}={c}", *late)
    put("k=1", f"c={10 * part + 8}", "kept=long", "--ttl", "630720000")
    if part == 2:  # over before anything is exported
        put("k=1", "c=29", "kept=short", "--ttl", "1")
    for bounds in ((2, 5), (4, 6)):
        test.rowan(node, "delete", "gold.altered", "k=0", "--slice",
                   "..".join(str(10 * part + bound) for bound in bounds))
    test.rowan(node, "delete", "gold.altered", "k=2", "--slice",
               f"{10 * part + 6}..")


def fill_counts(test, node, part):
    for page in ("home", "about"):
        for day in range(3):
            for times in range(2):  # with one id, which counts once
                test.rowan(node, "increment", "gold.counts", f"page={page}",
                           f"day={day}", f"n+={part}", f"m-={day}",
                           "--request-id", f"{part:016x}{day:08x}"
                           f"{len(page):08x}")
    test.rowan(node, "delete", "gold.counts", "page=about", "day=1")


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
        make_types(self, node)
        for table, shape in TABLES.items():
            self.rowan(node, "table", "create", f"gold.{table}", *shape)
        self.fill_all(node, 1)
        self.rowan(node, "flush")
        self.rowan(node, "snapshot", "create", "gold.altered", "--name",
                   "kept")
        self.keep(node, name, "altered", "snapshot")
        alter(self, node)
        self.fill_all(node, 2)
        self.rowan(node, "flush")
        self.fill_all(node, 3)  # in the commit log only
        for table in TABLES:
            self.keep(node, name, table, table)
        node.stop()
        with tarfile.open(os.path.join(GOLDEN, f"{name}.tar.xz"),
                          "w:xz") as archive:
            archive.add(node.data_dir, arcname="data",
                        filter=lambda member: None
                        if member.name.endswith("LOCK") else member)

    def fill_all(self, node, part):
        for one in (fill, fill_composites, fill_places, fill_altered,
                    fill_counts):
            one(self, node, part)

    def keep(self, node, name, table, what):
        """What the archive `name` shall show of the table."""
        with open(os.path.join(GOLDEN, f"{name}.{what}.jsonl"), "w",
                  encoding="utf-8") as file:
            file.write(self.exported(node, table))

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
        verified = self.run_program("sstable-verify", "--level", "deep",
                                    *files)
        self.assertEqual(verified.returncode, 0, verified.stdout)
        small = [path for pattern in ("storage/MANIFEST-*", "metadata/*")
                 for path in glob.glob(self.path("data", pattern))]
        printed = self.run_program("manifest-dump", *small)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        stats = self.run_program("sstable-dump", "--stats", *files)
        self.assertEqual(stats.returncode, 0, stats.stderr)
        if "counts" in tables_of(archive):
            self.assertIn('"request_id"', dumped.stdout)
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
        self.hold_snapshot(node, archive)
        # And goes on: what is written now is there as well.
        self.rowan(node, "put", "gold.types", "k=99", "a=new")
        self.assertIn('"new"', self.exported(node, "types"))
        if "counts" in tables_of(archive):
            # 1 + 2 + 3 of before.
            self.assertEqual(self.rowan(
                node, "increment", "gold.counts", "page=home", "day=2",
                "n+=1").split(), ["n", "7"])
        self.assertEqual(node.stop(), 0)

    def hold(self, node, archive):
        for table in tables_of(archive):
            expected = archive.replace(".tar.xz", f".{table}.jsonl")
            with open(expected, encoding="utf-8") as file:
                self.assertEqual(self.exported(node, table), file.read())

    def hold_snapshot(self, node, archive):
        """What there was before the alteration, under another name."""
        expected = archive.replace(".tar.xz", ".snapshot.jsonl")
        if not os.path.exists(expected):
            return
        self.rowan(node, "snapshot", "restore", "kept", "--as", "gold.again")
        with open(expected, encoding="utf-8") as file:
            self.assertEqual(self.exported(node, "again"), file.read())


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
