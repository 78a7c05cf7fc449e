# SPDX-License-Identifier: Apache-2.0
"""Real processes for tests: a node on free ports, and the command line."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

BIN = os.path.abspath(os.environ.get("ROWAN_BIN") or os.path.join(
    os.path.dirname(__file__), "../../build/release/bin"))
ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
# No step of a test takes longer unless something hangs.
HANG_SECONDS = 120


def binary(name):
    return os.path.join(BIN, name)


class Node:
    """One rowand process. Reads the ports off its serving line. `within` is
    what runs it, if it is not run by itself: words that end by becoming it."""

    def __init__(self, data_dir, *arguments, listen="127.0.0.1:0", within=(),
                 restore_signals=True):
        self.data_dir = data_dir
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*within, binary("rowand"), "--data-dir", data_dir, "--listen",
             listen, "--http", "127.0.0.1:0", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self._log, text=True, restore_signals=restore_signals)
        self.address = self.http = None
        line = self.process.stdout.readline()
        match = re.search(r"serving on (\S+) \(http ([^,)]+)", line)
        if match is None:
            self.process.wait(HANG_SECONDS)
            told = line + self.log()
            self.process.stdout.close()
            self.release()
            raise RuntimeError(f"rowand did not serve: {told}")
        self.address, self.http = match.groups()

    def log(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def stop(self):
        """Stops it cleanly; answers its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(HANG_SECONDS)
        self.process.stdout.close()
        return code

    def kill(self):
        """What a crash does: nothing runs any more."""
        self.process.kill()
        self.process.wait(HANG_SECONDS)
        self.process.stdout.close()

    def release(self):
        """Leaves nothing behind, however far it came."""
        if self.process.poll() is None:
            self.kill()
        self._log.close()


class RowanTest(unittest.TestCase):
    """Has a folder of its own, and leaves neither it nor a process behind."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="rowan-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def start_node(self, *arguments, data_dir=None, **named):
        node = Node(data_dir or self.path("data"), *arguments, **named)
        self.addCleanup(node.release)
        return node

    def run_program(self, name, *arguments):
        """Runs a binary to its end, in the test's folder."""
        return subprocess.run(
            [binary(name), *arguments], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=self.folder, timeout=HANG_SECONDS, check=False)

    def rowan(self, node, *arguments, code=0):
        """Runs `rowan`, checks its exit code, answers what it printed."""
        done = self.run_program("rowan", "--host", node.address, *arguments)
        self.assertEqual(done.returncode, code,
                         f"rowan {' '.join(arguments)}\n{done.stdout}"
                         f"{done.stderr}")
        return done.stdout if code == 0 else done.stdout + done.stderr

    def rowan_json(self, node, *arguments):
        return json.loads(self.rowan(node, "-o", "json", *arguments))

    def refused(self, *arguments, code=None):
        """rowand says why in a line and changes nothing; answers the line."""
        before = self.everything()
        done = self.run_program("rowand", "--listen", "127.0.0.1:0", "--http",
                                "127.0.0.1:0", *arguments)
        self.assertNotEqual(done.returncode, 0)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertTrue(done.stderr.strip())
        self.assertEqual(self.everything(), before)
        return done.stderr

    def everything(self):
        """Every file of the test's folder with its bytes."""
        found = {}
        for folder, _, names in os.walk(self.folder):
            found[folder] = None
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    found[os.path.join(folder, name)] = file.read()
        return found
