#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The commands of the README do what it says, in the order in which it has
them."""

import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import BIN, HANG_SECONDS, ROOT, RowanTest

SERIES = "timestamp,value\n2026-01-01 00:00:05,0.95\n2026-01-01 00:00:10,1\n"


def section(title):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        text = file.read()
    return re.search(rf"^## {title}\n(.*?)^##", text, re.M | re.S).group(1)


class ReadmeTest(RowanTest):

    def setUp(self):
        super().setUp()
        self.node = self.start_node()

    def run_line(self, line):
        """As a reader's shell runs it, beside the folder `series`."""
        done = subprocess.run(
            ["bash", "-c", line], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=self.folder, timeout=HANG_SECONDS, check=False,
            env={"PATH": f"{BIN}:{os.environ['PATH']}",
                 "ROWAN_HOST": self.node.address})
        self.assertEqual(done.returncode, 0,
                         f"{line}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_commands_do_what_the_readme_says(self):
        for name in ("disk", "memory"):
            self.write(f"series/{name}.csv", SERIES)
        shell = re.search(r"^```\n(.*?)^```", section("From a shell"),
                          re.M | re.S).group(1)
        lines = [line for line in shell.splitlines()
                 if line.startswith("rowan ")]
        self.assertGreaterEqual(len(lines), 9)
        for line in lines:
            self.run_line(line)
        shown = {line: self.run_line(line) for line in
                 re.findall(r"`(rowan \w+ [^`]+)`", section("What works"))}
        self.assertGreaterEqual(len(shown), 28)
        for part, expected in {
                "--reverse --columns": "UTC",
                "--in cpu --in disk": "0.75",
                "value>0.9": "0.95",
                "tags contains": "fra",
                "--aggregate": "5",
                "snapshot list": "january",
        }.items():
            told = next(out for line, out in shown.items() if part in line)
            self.assertIn(expected, told, part)
        # The request id of the shell's increment came again.
        self.assertIn("1", self.run_line(
            "rowan get metrics.hits page=home --columns n"))
        self.assertIn("0.75", self.run_line(
            "rowan get metrics.january series=cpu"))

    def test_python_client_is_generated_and_runs_as_the_readme_says(self):
        # A clone, as far as these lines go: `gen` comes into the test's folder.
        for name in ("proto", "tests"):
            os.symlink(os.path.join(ROOT, name), self.path(name))
        shell = re.search(r"^```\n(.*?)^```", section("From Python"),
                          re.M | re.S).group(1)
        self.assertIn("tests/clients/python/example.py", shell)
        printed = self.run_line(f"set -e\n{shell}")
        self.assertTrue(os.path.exists(
            self.path("gen/rowan/v1/data_pb2_grpc.py")))
        self.assertIn("int_value: 3700000", printed)
        self.assertIn("3700000", self.run_line("rowan scan demo.cities"))


if __name__ == "__main__":
    unittest.main()
