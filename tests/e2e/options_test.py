#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The options that go with every verb of `rowan`."""

import os
import socket
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import RowanTest


class DeafProxy:
    """Passes a connection on to a node until the client names a method, which
    the node never hears of; nor of anything behind it."""

    def __init__(self, address, method):
        host, port = address.rsplit(":", 1)
        self._node = (host, int(port))
        self._method = method.encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard = False
        self._threads = []
        self._run(self._accept)

    def close(self):
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other side was faster
        for thread in self._threads:
            thread.join()
        for one in self._sockets:
            one.close()

    def _run(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        try:
            client, _ = self._listener.accept()
        except OSError:
            return  # closed
        node = socket.create_connection(self._node)
        self._sockets += [client, node]
        self._run(self._pass, node, client, None)
        self._pass(client, node, self._method)

    def _pass(self, source, target, until):
        try:
            while data := source.recv(65536):
                # gRPC sends a header's text as it is.
                self.heard = self.heard or (until is not None
                                            and until in data)
                if until is None or not self.heard:
                    target.sendall(data)
        except OSError:
            pass  # closed


class OptionsTest(RowanTest):

    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rowan(self.node, "keyspace", "create", "k")
        self.rowan(self.node, "table", "create", "k.t", "--partition-key",
                   "pk text", "--column", "a int", "--option", "partitions=1")
        self.rowan(self.node, "put", "k.t", "pk=p", "a=1")

    def run_rowan(self, *arguments):
        return self.run_program("rowan", "--host", self.node.address,
                                *arguments)

    def test_timeout_takes_times_with_units(self):
        for timeout in ("10s", "30000ms", "2m", "1m30s", "24h"):
            self.rowan(self.node, "status", "--timeout", timeout)
        for timeout in ("10", "0", "0s", "-1s", "1us", "25h", "inf",
                        "soon"):
            out = self.rowan(self.node, "status", f"--timeout={timeout}",
                             code=2)
            self.assertIn("500ms or 2m", out, timeout)

    def test_timeout_ends_each_kind_of_call(self):
        rows = self.write("rows.csv", "pk,a\n" + "".join(
            f"key{i},1\n" for i in range(3000)))
        # What nobody answers: connections wait in the backlog of a port on
        # which nothing accepts.
        silent = self.silent_address()
        for arguments in (["status"], ["put", "k.t", "pk=a", "a=1"],
                          ["scan", "k.t"], ["flush"], ["keyspace", "list"],
                          ["import", "csv", rows, "--table", "k.t"]):
            done = self.run_program("rowan", "--host", silent, *arguments,
                                    "--timeout", "50ms")
            self.assertEqual(done.returncode, 4, f"{arguments}{done.stderr}")
            self.assertIn("--timeout", done.stderr)

    def test_timeout_ends_calls_that_a_verb_comes_to_later(self):
        rows = self.write("rows.csv", "pk,a\nkey,1\n")
        for method, arguments in (
                ("ReadStream", ["scan", "k.t"]),
                ("BatchWrite", ["import", "csv", rows, "--table", "k.t"])):
            proxy = DeafProxy(self.node.address, method)
            self.addCleanup(proxy.close)
            # What comes before has to be answered in this time.
            done = self.run_program("rowan", "--host", proxy.address, "-v",
                                    *arguments, "--timeout", "3s")
            self.assertTrue(proxy.heard, method)
            self.assertEqual(done.returncode, 4, f"{method}{done.stderr}")
            self.assertIn("GetTableRequest to", done.stderr)
            self.assertIn("DEADLINE_EXCEEDED in", done.stderr)
            self.assertIn("--timeout", done.stderr)

    def silent_address(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    def test_quiet_leaves_data_and_errors(self):
        for arguments in (["put", "k.t", "pk=q", "a=2"], ["flush"],
                          ["keyspace", "create", "other"],
                          ["keyspace", "drop", "other"],
                          ["delete", "k.t", "pk=q"]):
            done = self.run_rowan("-q", *arguments)
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (0, "", ""), arguments)
        done = self.run_rowan("--quiet", "scan", "k.t")
        self.assertIn("p", done.stdout)
        self.assertEqual(done.stderr, "")
        done = self.run_rowan("-q", "scan", "k.none")
        self.assertEqual(done.returncode, 7)
        self.assertIn("NOT_FOUND", done.stderr)
        rows = self.write("rows.csv", "pk,a\nx,1\ny,bad\n")
        done = self.run_rowan("-q", "import", "csv", rows, "--table", "k.t")
        self.assertEqual((done.returncode, done.stdout), (5, ""))
        self.assertIn("rejected", done.stderr)

    def test_verbose_tells_each_call(self):
        done = self.run_rowan("-v", "scan", "k.t")
        self.assertEqual(done.returncode, 0, done.stderr)
        calls = [line for line in done.stderr.splitlines()
                 if line.startswith("rowan: ")]
        self.assertEqual(len(calls), 2)
        self.assertRegex(calls[0], rf"GetTableRequest to {self.node.address}: "
                                   r"OK in [0-9.]+ ms")
        self.assertRegex(calls[1], "ReadRequest to .*: OK in")
        done = self.run_rowan("--verbose", "keyspace", "drop", "none")
        self.assertIn("DropKeyspaceRequest to", done.stderr)
        self.assertIn(": NOT_FOUND in", done.stderr)
        rows = self.write("rows.csv", "pk,a\nx,1\n")
        done = self.run_rowan("-v", "import", "csv", rows, "--table", "k.t")
        self.assertIn("BatchWriteRequest to", done.stderr)


if __name__ == "__main__":
    unittest.main()
