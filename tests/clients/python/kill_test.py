#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 under single writes: each that was acknowledged is there, whichever
were not."""

import threading
import unittest

from api_test_case import ApiTestCase
from rowan_process import Node

IN_FLIGHT = 64
ACKNOWLEDGED = 2000  # then the node is killed


class Writer:
    """Keeps writes under way until one fails; row i says i."""

    def __init__(self, case, table, kill):
        self.case, self.table, self.kill = case, table, kill
        self.lock = threading.Lock()
        self.begun = 0
        self.acknowledged, self.failed = set(), set()
        self.ended = threading.Event()

    def run(self):
        for _ in range(IN_FLIGHT):
            self.begin()
        self.ended.wait(120)

    def begin(self):
        with self.lock:
            number = self.begun
            self.begun += 1
        request = self.case.d.WriteRequest(
            table=self.table, partition_key=self.case.text_key("wide"),
            changes=[self.case.upsert(number, value=float(number))])
        self.case.data.Write.future(request).add_done_callback(
            lambda call: self.end(number, call))

    def end(self, number, call):
        good = call.exception() is None
        with self.lock:
            (self.acknowledged if good else self.failed).add(number)
            due = len(self.acknowledged) == ACKNOWLEDGED and good
            if len(self.failed) == IN_FLIGHT:
                self.ended.set()
        if due:
            self.kill()
        if good:
            self.begin()


class KillTest(ApiTestCase):

    def test_every_acknowledged_write_outlives_kill_9(self):
        table = self.create_table()
        writer = Writer(self, table, self.node.process.kill)
        writer.run()
        self.assertEqual(len(writer.failed), IN_FLIGHT)
        self.assertGreaterEqual(len(writer.acknowledged), ACKNOWLEDGED)
        self.node.kill()  # waits for its end

        type(self).node = Node(self.node.data_dir)
        self.addCleanup(self.node.release)
        self.connect()
        found = {}
        for page in self.data.ReadStream(self.d.ReadRequest(
                table=table, partition_key=self.text_key("wide"))):
            for row in self.rows(page):
                found[row["ts"]] = row["value"]
        self.assertEqual(writer.acknowledged - set(found), set())
        self.assertLessEqual(set(found),
                             writer.acknowledged | writer.failed)
        self.assertTrue(all(value == number
                            for number, value in found.items()))


if __name__ == "__main__":
    unittest.main()
