#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/run.sh as a newcomer runs it."""

import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import HANG_SECONDS, ROOT, RowanTest

SCRIPT = os.path.join(ROOT, "deploy/run.sh")


class RunScriptTest(RowanTest):

    def arguments(self):
        return [SCRIPT, "--data-dir", self.path("data"), "--listen",
                "127.0.0.1:0"]

    def once(self):
        return subprocess.run(
            [*self.arguments(), "--once"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            timeout=HANG_SECONDS, check=False)

    def test_once_runs_five_commands_twice_over_the_same_data(self):
        for _ in range(2):
            done = self.once()
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(done.stdout.count("\n$ rowan "), 5)
            self.assertIn("HEALTHY", done.stdout)
            # 48 hours of the sample, and the row that the fourth put.
            self.assertTrue(done.stdout.rstrip().endswith("\n49"),
                            done.stdout)

    def test_once_exits_with_the_first_failure(self):
        # A keyspace alone: the sample counts as loaded, and its table isn't.
        node = self.start_node()
        self.rowan(node, "keyspace", "create", "sample")
        self.assertEqual(node.stop(), 0)
        done = self.once()
        self.assertEqual(done.returncode, 7, done.stdout + done.stderr)
        self.assertEqual(
            [line for line in done.stdout.splitlines()
             if line.startswith("$ rowan ")],
            ["$ rowan status", "$ rowan table describe sample.weather"])
        # Its node is gone, and has changed nothing.
        node = self.start_node()
        [keyspace] = self.rowan_json(node, "keyspace", "list")["keyspaces"]
        self.assertEqual(keyspace["name"], "sample")
        self.assertEqual(keyspace["tables"], 0)

    def test_once_fails_when_the_node_does_not_start(self):
        # Below a file nobody may make a folder, not even root.
        self.write("data", "plain")
        done = subprocess.run(
            [SCRIPT, "--data-dir", self.path("data", "below"), "--listen",
             "127.0.0.1:0", "--once"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            timeout=HANG_SECONDS, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the node ended before it served", done.stderr)
        self.assertNotIn("$ rowan ", done.stdout)

    def test_stays_until_ctrl_c_and_stops_cleanly(self):
        process = subprocess.Popen(
            self.arguments(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        tries = 0
        for line in process.stdout:
            tries += " --host " in line
            if line.startswith("Ctrl-C"):
                break
        self.assertEqual(tries, 5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(HANG_SECONDS), 0)
        # The node is gone, too: its data directory is free.
        self.assertEqual(self.once().returncode, 0)

    def test_bad_arguments_exit_2(self):
        for arguments, word in ((["--what"], "--data-dir DIR"),
                                (["--data-dir"], "wants a value")):
            done = subprocess.run([SCRIPT, *arguments], text=True,
                                  stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
