#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The verbs of `rowan` against a node, their JSON and their exit codes."""

import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import RowanTest

POINTS = ["table", "create", "k.points", "--partition-key", "series text",
          "--clustering", "ts timestamp desc", "--column", "value double",
          "--column", "note text", "--static", "unit text"]


class CommandLineTest(RowanTest):

    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rowan(self.node, "keyspace", "create", "k")
        self.rowan(self.node, *POINTS, "--option", "partitions=4",
                   "--option", "compression=lz4")

    def put(self, second, *words):
        self.rowan(self.node, "put", "k.points", "series=a",
                   f"ts=2024-01-01T00:00:{second:02d}", *words)

    def rows(self, *arguments):
        out = self.rowan(self.node, "get", "k.points", "series=a",
                         *arguments)
        return [line.split() for line in out.splitlines()[1:]]

    def test_status_says_whether_it_can_write(self):
        self.assertIn("HEALTHY", self.rowan(self.node, "status"))
        status = self.rowan_json(self.node, "status")
        self.assertEqual(status["state"], "NODE_STATE_SERVING")
        self.assertEqual(status["client_address"], self.node.address)

    def test_status_tells_the_last_minute_tasks_and_disk(self):
        for second in range(5):
            self.put(second, "value=1")
        self.rows()
        self.rowan(self.node, "snapshot", "create", "k.points")
        status = self.rowan_json(self.node, "status")
        recent = status["recent"]
        self.assertGreater(recent["writes_per_s"], 0)
        self.assertGreater(recent["reads_per_s"], 0)
        self.assertGreater(recent["window_s"], 0)
        # 64-bit numbers are strings in protobuf's JSON.
        self.assertGreater(int(recent["write_p99_us"]), 0)
        # `get` reads a stream, which lasts as long as its client reads.
        self.assertEqual(int(recent["read_p99_us"]), 0)
        self.assertGreater(int(status["disk_free_bytes"]), 0)
        self.assertGreater(int(status["snapshot_bytes"]), 0)
        for tasks in ("flush_tasks", "compaction_tasks"):
            self.assertEqual(set(status[tasks]), {"running", "waiting"})
        printed = self.rowan(self.node, "status")
        for expected in ("WRITES/s  READS/s  P99 W/R ms", "DISK FREE",
                         " flushes running, ", "in snapshots"):
            self.assertIn(expected, printed)

    def test_conditional_writes(self):
        key = ["k.points", "series=a", "ts=2024-01-01T00:00:00"]
        self.rowan(self.node, "cas", *key, "--if-not-exists",
                   "--set", "value=1", "--set", "note=first")
        out = self.rowan(self.node, "cas", *key, "--if", "value=2",
                         "--set", "value=3", "--else", "note=late", code=6)
        self.assertIn("not applied, written at timestamp", out)
        self.assertIn("first", out)
        answer = self.rowan_json(self.node, "cas", *key, "--if", "value>=1",
                                 "--if", "note!=first", "--if", "unit=null",
                                 "--set", "value=3")
        self.assertTrue(answer["applied"])
        self.assertEqual(len(answer["current"]), 1)
        self.assertEqual(self.rows("--columns", "value,note")[0][-2:],
                         ["3", "late"])
        self.rowan(self.node, "cas", "k.points", "series=a", "--if",
                   "unit=null", "--set", "unit=C")
        self.rowan(self.node, "cas", *key, "--set", "value=3", code=2)
        self.rowan(self.node, "cas", *key, "--if", "value~3", code=2)
        self.rowan(self.node, "cas", *key, "--if", "value<null", code=2)

    def test_counters(self):
        self.rowan(self.node, "table", "create", "k.hits", "--partition-key",
                   "page text", "--clustering", "day int", "--column",
                   "n counter", "--column", "m counter")
        key = ["k.hits", "page=home", "day=1"]
        self.assertEqual(
            self.rowan(self.node, "increment", *key, "n+=5", "m-=2").split(),
            ["n", "5", "m", "-2"])
        name = ["--request-id", "00112233-4455-6677-8899-aabbccddeeff"]
        for counted in (False, True):
            answer = self.rowan_json(self.node, "increment", *key, "n+=1",
                                     *name)
            self.assertEqual(answer["values"], ["6"])
            self.assertEqual(answer.get("already_counted", False), counted)
        out = self.rowan(self.node, "get", "k.hits", "page=home")
        self.assertEqual(out.splitlines()[1].split(), ["home", "1", "6", "-2"])
        self.rowan(self.node, "cas", *key, "--if", "n>5")
        self.rowan(self.node, "increment", *key, "n+=x", code=2)
        self.rowan(self.node, "increment", *key, "n+=1", "--request-id", "1",
                   code=2)
        self.rowan(self.node, "put", *key, "n=1", code=2)
        self.rowan(self.node, "delete", *key)
        self.assertEqual(
            self.rowan(self.node, "increment", *key, "n+=1").split(),
            ["n", "1"])

    def test_keyspaces(self):
        self.rowan(self.node, "keyspace", "create", "k", code=1)
        self.rowan(self.node, "keyspace", "create", "k", "--if-not-exists")
        self.rowan(self.node, "keyspace", "create", "other")
        names = [keyspace["name"] for keyspace in self.rowan_json(
            self.node, "keyspace", "list")["keyspaces"]]
        self.assertEqual(names, ["k", "other"])
        self.rowan(self.node, "keyspace", "drop", "other")
        self.rowan(self.node, "keyspace", "drop", "other", code=7)
        self.rowan(self.node, "keyspace", "drop", "other", "--if-exists")
        self.rowan(self.node, "keyspace", "drop", "k", code=6)

    def test_tables(self):
        described = self.rowan(self.node, "table", "describe", "k.points")
        self.assertIn("ts timestamp desc", described)
        self.assertIn("partitions=4", described)
        self.assertIn("compression=lz4", described)
        self.rowan(self.node, *POINTS, code=1)
        self.rowan(self.node, *POINTS, "--if-not-exists")
        self.assertIn("k.points", self.rowan(self.node, "table", "list"))
        self.rowan(self.node, "table", "describe", "k.none", code=7)
        self.rowan(self.node, "table", "drop", "k.none", code=7)
        self.rowan(self.node, "table", "drop", "k.none", "--if-exists")

    def test_drop_wants_a_word(self):
        out = self.rowan(self.node, "table", "drop", "k.points", code=2)
        self.assertIn("--yes", out)
        self.rowan(self.node, "table", "describe", "k.points")
        self.rowan(self.node, "table", "drop", "k.points", "--yes")
        self.rowan(self.node, "table", "describe", "k.points", code=7)

    def test_alter(self):
        self.put(1, "value=1", "note=old")
        printed = self.rowan(
            self.node, "table", "alter", "k.points", "--add", "level int",
            "--add-static", "place text", "--drop", "note", "--rename",
            "value=celsius", "--option", "default_ttl_s=0",
            "--expect-version", "1", "--yes")
        self.assertIn("celsius double, level int", printed)
        self.assertIn("version 2", printed)
        self.rowan(self.node, "put", "k.points", "series=a", "place=roof")
        self.put(2, "celsius=2", "level=7")
        rows = self.rowan_json(self.node, "get", "k.points", "series=a")
        self.assertNotIn("old", json.dumps(rows))
        self.rowan(self.node, "table", "alter", "k.points", "--drop", "level",
                   "--expect-version", "1", "--yes", code=6)
        self.assertIn("of the key", self.rowan(
            self.node, "table", "alter", "k.points", "--drop", "ts", "--yes",
            code=2))
        self.rowan(self.node, "table", "alter", "k.none", "--drop", "x",
                   code=7)
        altered = self.rowan_json(self.node, "table", "alter", "k.points",
                                  "--add", "note blob")["table"]
        self.assertEqual(altered["schema_version"], 3)
        # The schema is there after a restart, and old values are not.
        self.rowan(self.node, "flush")
        self.node.stop()
        self.node = self.start_node()
        self.assertEqual(self.rowan_json(self.node, "table", "describe",
                                         "k.points"), altered)
        self.assertNotIn("old", self.rowan(self.node, "export", "jsonl",
                                           "k.points"))

    def test_truncate(self):
        self.put(1, "value=1")
        out = self.rowan(self.node, "table", "truncate", "k.points", code=2)
        self.assertIn("--yes", out)
        self.assertEqual(len(self.rows()), 1)
        self.rowan(self.node, "table", "truncate", "k.points", "--yes")
        self.assertEqual(self.rows(), [])
        self.put(2, "value=2")
        self.node.stop()
        self.node = self.start_node()
        self.assertEqual(len(self.rows()), 1)

    def test_snapshots(self):
        self.put(1, "value=1")
        printed = self.rowan(self.node, "table", "drop", "k.points", "--yes")
        [kept] = self.rowan_json(self.node, "snapshot", "list")["snapshots"]
        self.assertIn(kept["name"], printed)
        self.assertEqual(kept["table"], "points")
        self.assertIn("k.points", self.rowan(self.node, "snapshot", "list"))
        self.node.stop()
        self.node = self.start_node()
        self.rowan(self.node, "snapshot", "restore", kept["name"])
        self.assertEqual(len(self.rows()), 1)
        self.rowan(self.node, "snapshot", "restore", kept["name"], code=1)
        self.rowan(self.node, "snapshot", "restore", kept["name"], "--as",
                   "k.twin")
        self.rowan(self.node, "snapshot", "create", "k.twin", "--name", "mine")
        self.rowan(self.node, "table", "truncate", "k.points", "--yes",
                   "--no-snapshot")
        self.rowan(self.node, "table", "drop", "k.twin", "--yes",
                   "--no-snapshot")
        names = [one["name"] for one in self.rowan_json(
            self.node, "snapshot", "list")["snapshots"]]
        self.assertEqual(names, [kept["name"], "mine"])
        self.rowan(self.node, "snapshot", "drop", "mine", code=2)
        self.rowan(self.node, "snapshot", "drop", "mine", "--yes")
        self.rowan(self.node, "snapshot", "drop", "mine", "--yes", code=7)
        self.rowan(self.node, "snapshot", "restore", "mine", code=7)

    def test_put_and_get(self):
        for second in range(5):
            self.put(second, f"value={second}")
        self.rowan(self.node, "put", "k.points", "series=a", "unit=ms")
        rows = self.rows()
        self.assertEqual(len(rows), 5)
        self.assertEqual(rows[0][:3],
                         ["a", "2024-01-01T00:00:04.000Z", "ms"])
        self.assertEqual(len(self.rows("--limit", "2")), 2)
        self.assertEqual(self.rows("--reverse")[0][1],
                         "2024-01-01T00:00:00.000Z")
        self.assertEqual(len(self.rows("ts=2024-01-01T00:00:03")), 1)
        slice_ = "2024-01-01T00:00:01..2024-01-01T00:00:03"
        self.assertEqual([row[1][17:19] for row in
                          self.rows("--slice", slice_)], ["02", "01"])
        self.assertEqual(len(self.rows(
            "--slice", "2024-01-01T00:00:03..")), 2)
        page = self.rowan_json(self.node, "get", "k.points", "series=a")
        self.assertEqual(len(page["rows"]), 5)
        self.assertEqual(page["end_reason"], "END_REASON_EXHAUSTED")

    def test_explain(self):
        self.put(1, "value=1")
        self.rowan(self.node, "flush", "k.points")
        self.put(2, "value=2")
        out = self.rowan(self.node, "get", "k.points", "series=a",
                         "--explain")
        self.assertRegex(out, r"memtables \d+ +sstables 1")
        page = self.rowan_json(self.node, "get", "k.points", "series=a",
                               "--explain")
        self.assertEqual(page["stats"]["sstables"], "1")

    def test_explain_tells_bytes_and_tombstones(self):
        for second in (1, 2):
            self.put(second, f"value={second}")
        self.rowan(self.node, "flush", "k.points")
        get = ["get", "k.points", "series=a", "--explain"]
        before = self.rowan_json(self.node, *get)["stats"]
        self.assertEqual(int(before["tombstones"]), 0)
        self.rowan(self.node, "delete", "k.points", "series=a",
                   "ts=2024-01-01T00:00:01")
        page = self.rowan_json(self.node, *get)
        self.assertEqual(len(page["rows"]), 1)
        self.assertGreater(int(page["stats"]["blocks"]), 0)
        self.assertGreater(int(page["stats"]["block_bytes"]), 0)
        self.assertGreater(int(page["stats"]["tombstones"]), 0)

    def test_every_deletion(self):
        for second in range(8):
            self.put(second, f"value={second}", "note=n")
        delete = ["delete", "k.points", "series=a"]
        self.rowan(self.node, *delete, "ts=2024-01-01T00:00:00",
                   "--columns", "note,value")
        self.assertEqual(self.rows()[-1][-2:], ["null", "null"])
        self.rowan(self.node, *delete, "ts=2024-01-01T00:00:00")
        self.assertEqual(len(self.rows()), 7)
        self.rowan(self.node, *delete, "--slice",
                   "2024-01-01T00:00:02..2024-01-01T00:00:05")
        self.assertEqual(len(self.rows()), 4)
        self.rowan(self.node, *delete)
        self.assertEqual(self.rows(), [])
        self.rowan(self.node, *delete, "note=n", code=2)

    def test_static_cells_are_deleted_by_the_partition_key(self):
        self.put(1, "value=1")
        self.rowan(self.node, "put", "k.points", "series=a", "unit=ms")
        delete = ["delete", "k.points", "series=a"]
        self.rowan(self.node, *delete, "--columns", "unit")
        self.assertEqual(self.rows()[0][2:], ["null", "1", "null"])
        self.rowan(self.node, *delete, "--columns", "value", code=2)
        # Which of both was meant can't be known: nothing goes.
        out = self.rowan(self.node, *delete, "ts=2024-01-01T00:00:01",
                         "--columns", "value", "--slice", "..", code=2)
        self.assertIn("--slice", out)
        self.assertEqual(self.rows()[0][2:], ["null", "1", "null"])

    def test_scan_and_count(self):
        for series in "abc":
            self.rowan(self.node, "put", "k.points", f"series={series}",
                       "ts=0", "value=1")
        self.rowan(self.node, "put", "k.points", "series=d", "unit=ms")
        self.assertEqual(self.rowan(self.node, "count", "k.points"), "3\n")
        self.assertEqual(
            self.rowan_json(self.node, "count", "k.points")["rows"], "3")
        out = self.rowan(self.node, "scan", "k.points", "--columns", "value")
        self.assertEqual(len(out.splitlines()), 1 + 4)

    def test_several_keys(self):
        for series in "abc":
            for second in range(2):
                self.rowan(self.node, "put", "k.points", f"series={series}",
                           f"ts=2024-01-01T00:00:0{second}", "value=1")
        get = ["get", "k.points", "--in", "c", "--in", "a", "--in", "none"]
        page = self.rowan_json(self.node, *get)
        self.assertEqual(sorted(row["values"][0]["string_value"]
                                for row in page["rows"]), ["a", "a", "c", "c"])
        page = self.rowan_json(self.node, *get, "--slice",
                               "2024-01-01T00:00:01..")
        self.assertEqual(len(page["rows"]), 2)
        out = self.rowan(self.node, "get", "k.points", "series=a", "--in", "b",
                         code=2)
        self.assertIn("--in", out)
        out = self.rowan(self.node, "get", "k.points", code=2)
        self.assertIn("COLUMN=VALUE", out)
        self.assertEqual(self.rowan(self.node, "count", "k.points", "--in",
                                    "a", "--in", "b"), "4\n")

    def test_where_distinct_and_aggregates(self):
        for second in range(5):
            self.put(second, f"value={second}", f"note=n{second}")
        self.rowan(self.node, "put", "k.points", "series=b", "unit=ms")
        rows = self.rows("--where", "value>1", "--where", "note!=n3")
        self.assertEqual([row[3] for row in rows], ["4", "2"])
        self.assertEqual(self.rowan(self.node, "count", "k.points", "--where",
                                    "value in 1,3,9"), "2\n")
        page = self.rowan_json(self.node, "scan", "k.points", "--distinct")
        self.assertEqual(sorted(row["values"][0]["string_value"]
                                for row in page["rows"]), ["a", "b"])
        self.assertEqual([column["name"] for column in page["columns"]],
                         ["series", "unit"])
        out = self.rowan(self.node, "scan", "k.points", "--aggregate",
                         "sum(value)", "--aggregate", "count",
                         "--where", "value is not null")
        self.assertEqual(out.split()[:4], ["sum(value)", "count(*)", "10", "5"])
        out = self.rowan(self.node, "scan", "k.points", "--where", "value~5",
                         code=2)
        self.assertIn("COLUMN OP VALUE", out)
        out = self.rowan(self.node, "scan", "k.points", "--aggregate",
                         "sum(note)", code=2)
        self.assertIn("numbers", out)

    def test_cell_info(self):
        self.put(1, "value=1", "--ttl", "1000")
        self.put(2, "value=2")
        out = self.rowan(self.node, "get", "k.points", "series=a",
                         "--cell-info")
        header = out.splitlines()[0].split()
        self.assertEqual(header, [
            "series", "ts", "unit", "writetime(unit)", "ttl(unit)", "value",
            "writetime(value)", "ttl(value)", "note", "writetime(note)",
            "ttl(note)"])
        page = self.rowan_json(self.node, "get", "k.points", "series=a",
                               "--cell-info")
        self.assertGreater(int(page["rows"][0]["cells"][3]["timestamp_us"]), 0)
        self.assertLessEqual(int(page["rows"][1]["cells"][3]["ttl_s"]), 1000)

    def test_files_are_listed_with_partition_level_and_sizes(self):
        # 2024-01-01, and a second later.
        self.put(1, "value=1", "--timestamp", "1704067200000000")
        self.rowan(self.node, "flush")
        [flushed] = self.rowan_json(self.node, "sstables")["sstables"]
        self.assertEqual(flushed["rows"], "1")
        self.assertEqual(flushed["max_timestamp_us"], "1704067200000000")
        self.put(2, "value=2", "--timestamp", "1704067201000000")
        self.rowan(self.node, "compact", "k.points")
        [file] = self.rowan_json(self.node, "sstables")["sstables"]
        self.assertNotEqual(file["path"], flushed["path"])
        self.assertEqual(file["rows"], "2")
        self.assertEqual(file["level"], 0)
        token = int(file["tokens"]["first"])
        self.assertEqual(file["tokens"]["last"], str(token))
        bits = (token + 2**63) >> 62  # of four partitions
        self.assertEqual(file["partition"],
                         {"prefix_length": 2, "prefix_bits": bits})
        self.assertGreater(int(file["file_bytes"]),
                           int(file["data_bytes_stored"]))
        self.assertGreater(int(file["data_bytes_stored"]), 0)
        self.assertGreater(int(file["data_bytes_raw"]), 0)
        header, line = [
            re.split("  +", line.strip()) for line in
            self.rowan(self.node, "sstables", "k.points").splitlines()]
        told = dict(zip(header, line, strict=True))
        for column, expected in {
                "FILE": file["path"], "PARTITION": f"{bits}/4", "LEVEL": "0",
                "ROWS": "2", "TOMBSTONES": "0", "FIRST KEY": "a",
                "LAST KEY": "a", "FIRST WRITE": "2024-01-01T00:00:00.000Z",
                "LAST WRITE": "2024-01-01T00:00:01.000Z"}.items():
            self.assertEqual(told[column], expected, told)
        for column in ("SIZE", "RAW"):
            self.assertRegex(told[column], r"^[1-9][\d.]* (B|KiB)$")

    def test_bad_arguments_exit_2_and_say_what_was_expected(self):
        for arguments, word in (
                (["put", "k.points", "series=a", "ts=never"], "ts"),
                (["put", "k.points", "ts=0"], "series"),
                (["put", "k.points", "series=a", "value=1"], "ts"),
                (["get", "k.points", "series=a", "--slice", "x"], "A..B"),
                (["get", "points", "series=a"], "KEYSPACE.TABLE"),
                (["put", "k.points", "series=a", "ts=0", "value=1", "--ttl",
                  "-1"], "TTL"),
                (["get", "k.points", "series=a", "--limit", "-1"], "limit"),
                (["nonsense"], "subcommand"),
                (["import", "csv", "missing.csv", "--table", "k.points"],
                 "missing.csv"),
        ):
            out = self.rowan(self.node, *arguments, code=2)
            self.assertIn(word, out)
        self.rowan(self.node, "put", "k.points", "series=a", "ts=0", "z=1",
                   code=7)

    def test_unreachable_node_exits_3_and_says_what_to_try(self):
        self.node.stop()
        out = self.rowan(self.node, "status", code=3)
        self.assertIn("try:", out)

    def test_json_is_one_document(self):
        lines = self.write("lines.csv",
                           "series,ts,value\na,2024-01-01 00:00:05,1\n")
        for arguments in (["status"], ["keyspace", "list"], ["table", "list"],
                          ["table", "describe", "k.points"], ["flush"],
                          ["sstables"], ["scan", "k.points"],
                          ["put", "k.points", "series=a", "ts=0"],
                          ["delete", "k.points", "series=a"],
                          ["keyspace", "create", "j"],
                          ["table", "create", "j.t", "--partition-key",
                           "p int"],
                          ["import", "csv", lines, "--table", "k.points"],
                          ["compact", "k.points"],
                          ["snapshot", "create", "k.points", "--name", "s"],
                          ["snapshot", "restore", "s", "--as", "j.twin"],
                          ["snapshot", "drop", "s", "--yes"],
                          ["table", "truncate", "k.points", "--yes"],
                          ["table", "drop", "j.t", "--yes"],
                          ["table", "drop", "j.twin", "--yes"],
                          ["keyspace", "drop", "j"]):
            out = self.rowan(self.node, *arguments, "-o", "json")
            self.assertIsInstance(json.loads(out), dict, arguments)


if __name__ == "__main__":
    unittest.main()
