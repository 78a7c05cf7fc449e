#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A client that doesn't take what it asked for costs the node a page, not the
result, and holds up nobody."""

import unittest

from api_test_case import ApiTestCase
from held_calls import patient_options, requests_in_flight, wait_for_requests
from rowan_process import Node

ROWS, VALUE_BYTES = 128, 512 << 10
RESULT_BYTES = ROWS * VALUE_BYTES
PAGE_BYTES = 1 << 20
READERS = 20
# Per reader: a page (passed by one row at most) as rows and once more as the
# bytes to send, the blocks that the next one is made of, and what the
# allocator keeps between them.
READER_BYTES_MAX = 6 * PAGE_BYTES
# What serving anyone takes.
SERVING_BYTES_MAX = 16 << 20


class SlowReaderTest(ApiTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema.CreateKeyspace(cls.s.CreateKeyspaceRequest(name="slow"))
        # For its words: cases begin when the node has the rows in a file.
        case = cls("test_memory_of_one_slow_reader")
        case.keyspace = "slow"
        cls.table = case.create_table("rows")
        for number in range(ROWS):
            case.write(cls.table, "wide", case.upsert(
                number, note=f"{number:08d}" * (VALUE_BYTES // 8)))
        cls.admin.Flush(cls.a.FlushRequest())
        cls.node.stop()

    def setUp(self):
        # A process whose allocator has seen no large result yet.
        self.node = Node(self.node.data_dir)
        self.addCleanup(self.node.release)
        type(self).node = self.node
        self.connect()
        super().setUp()
        self.write(self.table, "small", self.upsert(0, value=1.0))
        self.assertEqual(self.times(self.read(self.table, "small", limit=1)),
                         [0])
        self.idle_bytes = self.memory_bytes()

    def memory_bytes(self):
        """What the node holds, but for its program text. While its readers
        are slow, this doesn't change."""
        with open(f"/proc/{self.node.process.pid}/status",
                  encoding="ascii") as file:
            (line,) = [line for line in file if line.startswith("RssAnon:")]
        return int(line.split()[1]) << 10

    def assert_memory_within(self, readers):
        more = self.memory_bytes() - self.idle_bytes
        bound = SERVING_BYTES_MAX + readers * READER_BYTES_MAX
        # Otherwise a node that holds results would pass.
        self.assertLess(bound, (readers + 1) * RESULT_BYTES // 2)
        self.assertLess(more, bound)

    def stream(self):
        read = self.open_channel(*patient_options()).unary_stream(
            "/rowan.v1.Data/ReadStream",
            request_serializer=self.d.ReadRequest.SerializeToString,
            response_deserializer=self.d.ReadResponse.FromString)
        return read(self.d.ReadRequest(table=self.table,
                                       partition_key=self.text_key("wide"),
                                       page_bytes=PAGE_BYTES))

    def numbers(self, pages):
        """Which rows the pages hold, each checked to be whole."""
        found = []
        for page in pages:
            for row in self.rows(page):
                number = row["ts"]
                self.assertEqual(row["note"],
                                 f"{number:08d}" * (VALUE_BYTES // 8))
                found.append(number)
        return found

    def others_go_on(self):
        """Reads and writes, and as much streamed as every slow reader asked
        for: a node that reads on for those would have done it by then."""
        for number in range(50):
            self.write(self.table, "small", self.upsert(number, value=1.0))
        self.assertEqual(len(self.times(self.read(self.table, "small"))), 50)
        self.assertEqual(self.numbers(self.stream()), list(range(ROWS)))

    def test_memory_of_one_slow_reader(self):
        stream = self.stream()
        first = next(stream)
        self.others_go_on()
        self.assertEqual(requests_in_flight(self.node), 1)
        self.assert_memory_within(readers=1)
        self.assertEqual(self.numbers([first, *stream]), list(range(ROWS)))
        self.assertEqual(requests_in_flight(self.node), 0)
        self.assert_memory_within(readers=1)

    def test_memory_of_many_slow_readers_and_one_that_gives_up(self):
        streams = [self.stream() for _ in range(READERS)]
        firsts = [next(stream) for stream in streams]
        self.others_go_on()
        self.assertEqual(requests_in_flight(self.node), READERS)
        self.assert_memory_within(READERS)
        streams.pop().cancel()
        wait_for_requests(self.node, READERS - 1)
        self.assertEqual(self.numbers([firsts[0], *streams.pop(0)]),
                         list(range(ROWS)))
        for stream in streams:
            stream.cancel()
        wait_for_requests(self.node, 0)
        self.assert_memory_within(READERS)
        self.assertEqual(len(self.times(self.read(self.table, "small"))), 50)


if __name__ == "__main__":
    unittest.main()
