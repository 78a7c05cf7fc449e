#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rowan-bench runs every workload, tells each contender's rate, and leaves
nothing behind."""

import json
import os
import resource
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import HANG_SECONDS, RowanTest, binary

ENGINE_WORKLOADS = [
    "load, surviving kill -9", "point read, in memory", "compaction",
    "point read, from a file", "full scan", "load of wide rows",
    "slice of 10 rows", "load, durable, 64 in flight"]
NODE_WORKLOADS = ["write, durable", "point read"]


class BenchTest(RowanTest):

    def assert_figures(self, printed, workloads, contenders):
        """Both the table and figures.json have each workload of each."""
        lines = printed.splitlines()
        header = next(line for line in lines if line.startswith("workload"))
        self.assertEqual([word[:-2] for word in header.split()
                          if word.endswith("/s")], contenders)
        with open(self.path("figures.json"), encoding="utf-8") as file:
            runs = json.load(file)["runs"]
        self.assertEqual([run["workload"] for run in runs], workloads)
        for run in runs:
            name = run["workload"]
            self.assertTrue(any(line.startswith(f"{name} ({run['unit']})")
                                for line in lines), printed)
            self.assertEqual(sorted(run["figures"]), sorted(contenders), name)
            for contender, figure in run["figures"].items():
                told = f"{name} of {contender}: {figure}"
                self.assertGreater(figure["operations"], 0, told)
                self.assertGreater(figure["operations_per_second"], 0, told)
            self.assertEqual("ratio" in run, len(contenders) > 1, name)

    def engine(self, *arguments):
        return self.run_program(
            "rowan-bench", "engine", "--rows", "1000", "--durable-rows", "100",
            "--reads", "100", "--json", self.path("figures.json"), *arguments)

    def test_engine_beside_rocksdb(self):
        contenders = ["rowan", "rocksdb"]
        done = self.engine("--vs", "rocksdb")
        if "this build has no RocksDB" in done.stderr:
            self.assertEqual(done.returncode, 1)
            contenders = ["rowan"]
            done = self.engine()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_figures(done.stdout, ENGINE_WORKLOADS, contenders)
        self.assertEqual(os.listdir(self.folder), ["figures.json"])

    def test_leaves_nothing_when_it_fails_and_spares_what_is_not_its_own(self):
        self.write("mine/notes", "keep")
        # Files may not grow: the first store can't be made. Python ignores the
        # signal of that, and so does what it starts.
        limit = 64 << 10
        done = subprocess.run(
            [binary("rowan-bench"), "engine", "--rows", "1000", "--directory",
             self.path("mine")],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=HANG_SECONDS, check=False, restore_signals=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                  (limit, limit)))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(os.listdir(self.path("mine")), ["notes"])
        self.write("mine/rocksdb/data", "keep")
        done = self.engine("--directory", self.path("mine"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("is there already", done.stderr)
        self.assertEqual(sorted(os.listdir(self.path("mine"))),
                         ["notes", "rocksdb"])

    def test_node_beside_an_echo_server(self):
        node = self.start_node()
        done = self.run_program(
            "rowan-bench", "node", "--host", node.address, "--operations",
            "1000", "--in-flight", "8", "--json", self.path("figures.json"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_figures(done.stdout, NODE_WORKLOADS, ["node", "echo"])
        with open(self.path("figures.json"), encoding="utf-8") as file:
            for run in json.load(file)["runs"]:
                for figure in run["figures"].values():
                    self.assertEqual(figure["operations"], 1000)
        for kind in ("keyspace", "snapshot"):
            self.assertEqual(
                self.rowan_json(node, kind, "list")[f"{kind}s"], [])
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["data", "figures.json"])


if __name__ == "__main__":
    unittest.main()
