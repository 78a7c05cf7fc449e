#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The commands of the README do what it says, in the order in which it has
them."""

import os
import re
import subprocess
import sys
import unittest
from typing import NamedTuple

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import BIN, HANG_SECONDS, ROOT, RowanTest

DAY = "site=fra day=2026-01-01"
GET = f"rowan get metrics.days {DAY}"
PUT = f"rowan put metrics.days {DAY}"


class Shown(NamedTuple):
    """What a command of the table does, as its reader would see it."""
    part: str  # of the command, and of no other
    holds: tuple = ()  # lines of this form, in what `then` or it prints
    lacks: tuple = ()  # no line of this form
    before: str = ""  # what there must be for it to do something
    then: str = ""


# In the order of the table.
SHOWN = [
    Shown("table create metrics.days", then="rowan table describe metrics.days",
          holds=("site text", "day date", "hour int desc", "minute int",
                 "zone text", "load float", "tags set<text>")),
    Shown("minute=0 load=0.5", then=GET,
          holds=(r"fra .*12 +0 +CET +0.5 +\{'a', 'b'\}",)),
    Shown("--no-row-marker", then=GET, holds=("12 +1 +CET +0.6 +null",)),
    Shown("--ttl 86400", then=f"{GET} --cell-info -o json",
          holds=('"ttl_s": *"?86[34]..', '"timestamp_us": *"1767225600000000"',)),
    Shown("tags+=", then=GET, holds=(r"12 +0 .*\{'a', 'b', 'c'\}",)),
    Shown("--columns load", then=GET, holds=("12 +0 +CET +null",)),
    Shown("minute=1`", then=GET, holds=("12 +2 ",), lacks=("12 +1 ",)),
    Shown("--slice 12,5..10", then=GET, holds=("12 +0 ", "10 +0 "),
          lacks=("12 +5 ", "11 +0 "),
          before=f"for time in 'hour=12 minute=5' 'hour=11 minute=0' "
                 f"'hour=10 minute=0'; do {PUT} $time load=1; done"),
    Shown("day=2025-12-31", lacks=("fra",),
          before="rowan put metrics.days site=fra day=2025-12-31 hour=1 "
                 "minute=1 load=1 zone=CET",
          then="rowan get metrics.days site=fra day=2025-12-31"),
    Shown("--set zone=UTC", then=GET, holds=(" UTC ",), lacks=(" CET ",)),
    # The shell's increment has come again.
    Shown("rowan increment", holds=("1",), lacks=("2",),
          then="rowan get metrics.hits page=home --columns n"),
    Shown("rowan import csv", then="rowan scan metrics.points",
          holds=("disk .*0.95", "memory .*0.95")),
    Shown("--reverse --columns load,zone", holds=("12 +2 +UTC",),
          lacks=("10 +0", "tags")),
    Shown("--in cpu --in disk", holds=("cpu .*0.75", "disk .*0.95"),
          lacks=("memory",)),
    Shown("--slice 2026-02-01..", holds=("cpu .*0.75", "cpu .*2.5"),
          lacks=("9.5",),
          before="rowan put metrics.points series=cpu ts=2026-01-20 value=9.5;"
                 "rowan put metrics.points series=cpu ts=2026-03-01 value=2.5"),
    Shown("value>0.9", holds=("memory .*0.95", "memory .*1$", "cpu .*9.5"),
          lacks=("disk", "0.75")),
    Shown("tags contains a", holds=("'a', 'b', 'c'",), lacks=("null *$",)),
    Shown("--distinct", holds=("^cpu *$", "^disk *$", "^memory *$"),
          lacks=("2026",)),
    Shown("--per-wide-row-limit 1", holds=("cpu .*0.75", "disk .*:05"),
          lacks=(":10", "9.5")),
    Shown("--aggregate", holds=(r"avg\(value\) +count", " 7 *$")),
    Shown("series=cpu --cell-info", holds=(r"writetime\(value\) +ttl\(value\)",
                                             r"0.75 +\d{16} +null")),
    Shown("--explain -o json", holds=('"end_reason": *"END_REASON_EXHAUSTED"',
                                      '"rows_scanned": *"?3')),
    Shown("--page-rows 1", holds=("cpu .*0.75", "cpu .*9.5", "cpu .*2.5")),
    Shown("table alter", then="rowan table describe metrics.points",
          holds=("note text", "reading double", "default_ttl_s.*31536000"),
          lacks=("value double",)),
    Shown("type create", then="rowan type describe metrics.place",
          holds=("street text",), lacks=("no int",)),
    Shown("type alter", then="rowan type describe metrics.place",
          holds=("road text", "no int"), lacks=("street",)),
    Shown("snapshot create", then="rowan snapshot list", holds=("january",)),
    Shown("snapshot restore", then="rowan get metrics.january series=cpu",
          holds=("0.75",)),
    Shown("status --timeout", holds=(r"WRITES/s +READS/s +P99 W/R ms",
                                     "^tasks: ", "^disk: ")),
    Shown("--dry-run", then=GET, holds=("12 +2 ",)),
    Shown("table truncate", then="rowan count metrics.points",
          holds=("^0$",)),
    Shown("table drop", then="rowan table list metrics", holds=("hits",),
          lacks=("days",)),
    Shown("snapshot list", holds=("january", "drop.*metrics.days",
                                  "truncate.*metrics.points")),
]

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
        table = section("What works")
        commands = re.findall(r"`(rowan \w+ [^`]+`)", table)
        self.assertEqual(len(commands), len(SHOWN))
        for command, shown in zip(commands, SHOWN):
            with self.subTest(command=command):
                self.assertIn(shown.part, command)
                self.assert_shown(command[:-1], shown)

    def assert_shown(self, command, shown):
        if shown.before:
            self.run_line(shown.before)
        told = self.run_line(command)
        if shown.then:
            told = self.run_line(shown.then)
        for form in shown.holds:
            self.assertRegex(told, re.compile(form, re.M))
        for form in shown.lacks:
            self.assertNotRegex(told, re.compile(form, re.M))

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
