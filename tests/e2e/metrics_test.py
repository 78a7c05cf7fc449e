#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""/metrics and /healthz of a running node: each metric by its cause."""

import os
import sys
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from prometheus_text import Metrics, parse
from rowan_process import RowanTest

# Every metric that shows before anything was asked.
NAMES = {
    "background_failures_total", "bloom_false_positives_total", "build_info",
    "clock_offset_seconds", "commitlog_bytes", "commitlog_rewrites_total",
    "commitlog_rewritten_bytes_total", "compaction_damaged_sstables",
    "commitlog_sync_duration_seconds_count", "compaction_pending_bytes",
    "compaction_read_bytes_total", "compaction_written_bytes_total",
    "compactions_total", "conditional_aborted_total",
    "conditional_waiting", "conditional_waits_total",
    "disk_free_bytes", "flush_written_bytes_total",
    "flushes_total", "inflight_bytes", "inflight_requests", "memtable_bytes",
    "memtable_limit_bytes", "metrics_series", "node_state", "partitions_lost",
    "reads_total",
    "request_duration_seconds_count", "sstables_per_read_count",
    "sstables_read_total", "tasks", "tombstones_scanned_total",
    "writes_delayed_total", "writes_refused_total", "writes_total",
}


class PrometheusTextTest(unittest.TestCase):

    def test_bad_text_is_refused(self):
        good = ('# TYPE h histogram\nh_bucket{le="1"} 1\n'
                'h_bucket{le="+Inf"} 2\nh_sum 9\nh_count 2\n')
        self.assertEqual(len(parse(good)), 4)
        for right, wrong in ((" histogram", " gauge"), ("} 1", "} 3"),
                             ("h_count 2", "h_count 3"), ('"1"', "1"),
                             ("h_sum", "x_sum"), ("h_sum", "h_count"),
                             ("2\n", "2")):
            with self.assertRaises(ValueError):
                parse(wrong.join(good.rsplit(right, 1)))


class MetricsTest(RowanTest):

    def start_with_table(self):
        node = self.start_node()
        self.rowan(node, "keyspace", "create", "k")
        self.rowan(node, "table", "create", "k.t", "--partition-key", "p int",
                   "--clustering", "c int", "--column", "v text", "--option",
                   "partitions=1")
        return node

    def test_everything_listed_shows_and_is_counted(self):
        node = self.start_node()
        metrics = Metrics(node)
        missing = {"rowan_" + name for name in NAMES} - metrics.names()
        self.assertFalse(missing)
        self.assertEqual(metrics("metrics_series"), len(metrics.series))
        self.assertEqual(metrics("node_state", state="serving"), 1)
        for directory in ("data", "commitlog"):
            self.assertGreater(metrics("disk_free_bytes", dir=directory), 0)
        with urllib.request.urlopen(f"http://{node.http}/healthz",
                                    timeout=60) as answer:
            self.assertEqual(answer.status, 200)

    def test_write_is_a_sync_and_a_request(self):
        node = self.start_with_table()
        before = Metrics(node)
        self.rowan(node, "put", "k.t", "p=1", "c=1", "v=x")
        after = Metrics(node)
        for name in ("commitlog_sync_duration_seconds_count",
                     "commitlog_sync_duration_seconds_sum", "writes_total"):
            self.assertGreater(after(name), before(name), name)
        self.assertEqual(after("requests_total", op="Write", code="OK"), 1)
        self.assertEqual(after("inflight_bytes"), 0)

    def test_read_over_two_files_is_counted_as_such(self):
        node = self.start_with_table()
        for row in ("c=1", "c=2"):
            self.rowan(node, "put", "k.t", "p=1", row, "v=x")
            self.rowan(node, "flush", "k.t")
        before = Metrics(node)
        self.rowan(node, "get", "k.t", "p=1")
        after = Metrics(node)
        moved = {bound: after("sstables_per_read_bucket", le=bound) -
                 before("sstables_per_read_bucket", le=bound)
                 for bound in ("0", "1", "2", "+Inf")}
        self.assertEqual(moved, {"0": 0, "1": 0, "2": 1, "+Inf": 1})
        self.assertEqual(after("sstables_per_read_sum") -
                         before("sstables_per_read_sum"), 2)

    def test_filter_that_said_maybe_for_nothing_is_counted(self):
        node = self.start_with_table()
        rows = "".join(f"{number},1,x\n" for number in range(200))
        self.rowan(node, "import", "csv", self.write("r.csv", "p,c,v\n" + rows),
                   "--table", "k.t")
        self.rowan(node, "flush", "k.t")
        # One key in a hundred; tokens are the same on every run.
        for number in range(1000, 1500):
            self.assertEqual(Metrics(node)("bloom_false_positives_total"), 0)
            read = Metrics(node)("sstables_read_total")
            self.rowan(node, "get", "k.t", f"p={number}")
            if Metrics(node)("sstables_read_total") > read:
                break
        self.assertEqual(Metrics(node)("bloom_false_positives_total"), 1)

    def test_failed_merge_is_counted(self):
        node = self.start_with_table()
        for row in ("c=1", "c=2"):
            self.rowan(node, "put", "k.t", "p=1", row, "v=" + "x" * 100)
            self.rowan(node, "flush", "k.t")
        path = self.rowan_json(node, "sstables", "k.t")["sstables"][0]["path"]
        with open(os.path.join(self.folder, path), "r+b") as file:
            file.seek(file.read().index(b"x" * 50))
            file.write(b"y")
        self.assertEqual(Metrics(node)(
            "background_failures_total", kind="compaction"), 0)
        self.rowan(node, "compact", "k.t", code=1)
        metrics = Metrics(node)
        self.assertEqual(metrics("background_failures_total", kind="compaction"), 1)
        self.assertEqual(metrics("tasks", kind="compaction", state="running"),
                         0)


if __name__ == "__main__":
    unittest.main()
