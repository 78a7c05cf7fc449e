#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Calls get no threads: however many are under way, the node has those that its
configuration says and no others."""

import os
import unittest

from api_test_case import ApiTestCase
from held_calls import patient_options, requests_in_flight, wait_for_requests

# gRPC's threads and the main one.
OTHERS_MAX = 16 + 5 * os.cpu_count()
# The node lets a connection have 100 streams. Of calls that stay and of those
# that are answered there are more than OTHERS_MAX each, however many cores: a
# thread for each would be too many.
STREAMS = 80
CONNECTIONS = max(5, OTHERS_MAX // STREAMS + 1)
CALLS = max(100, OTHERS_MAX + 1)
ROWS, VALUE = 64, "v" * (16 << 10)
# As node.cc makes them: io, blocking and HTTP, which no key changes.
FIXED_THREADS = {"rowan-io": 4, "blocking": 4, "http": 1}
FLUSHES, COMPACTIONS = 2, 1


class ManyCallsTest(ApiTestCase):

    def configured(self):
        """The names of the threads that the node makes for itself."""
        cores = os.sysconf("SC_NPROCESSORS_ONLN")
        pools = dict(FIXED_THREADS, background=FLUSHES + COMPACTIONS,
                     poller=2 if cores <= 2 else cores // 2,
                     foreground=max(1, cores // 2))
        return {f"{pool}-{number}" for pool, threads in pools.items()
                for number in range(threads)}

    def assert_threads_as_configured(self):
        tasks = f"/proc/{self.node.process.pid}/task"
        names = []
        for task in os.listdir(tasks):
            try:
                with open(f"{tasks}/{task}/comm", encoding="utf-8") as file:
                    names.append(file.read().strip())
            except FileNotFoundError:  # one of gRPC's has just ended
                pass
        configured = self.configured()
        self.assertLessEqual(configured, set(names))
        # The main thread and gRPC's: timers, event engine, executors, health.
        # They come and go, bounded by the cores. A thread without a name of
        # its own has its maker's, so one for a call would be among these.
        others = len(names) - len(configured)
        self.assertLessEqual(others, OTHERS_MAX, names)

    def fill(self):
        table = self.create_table()
        self.write(table, "wide", *(self.upsert(ts, note=VALUE)
                                    for ts in range(ROWS)))
        return table

    def held_streams(self, table, channel):
        read = channel.unary_stream(
            "/rowan.v1.Data/ReadStream",
            request_serializer=self.d.ReadRequest.SerializeToString,
            response_deserializer=self.d.ReadResponse.FromString)
        request = self.d.ReadRequest(
            table=table, partition_key=self.text_key("wide"),
            page_bytes=len(VALUE))
        streams = [read(request) for _ in range(STREAMS)]
        for stream in streams:
            self.assertEqual(len(next(stream).rows), 1)
        return streams

    def test_calls_under_way_get_no_threads(self):
        table = self.fill()
        self.assert_threads_as_configured()
        channels = [self.open_channel(*patient_options())
                    for _ in range(CONNECTIONS)]
        streams = [stream for channel in channels
                   for stream in self.held_streams(table, channel)]
        # Every stream has more to say than its window takes.
        self.assertEqual(requests_in_flight(self.node), len(streams))
        self.assert_threads_as_configured()

        # On top of them, calls that are answered.
        point = self.d.ReadRequest(table=table, limit=1,
                                   partition_key=self.text_key("wide"))
        write = self.d.WriteRequest(
            table=table, partition_key=self.text_key("other"),
            changes=[self.upsert(1, value=1.0)])
        stubs = [type(self.data)(self.open_channel(*patient_options()))
                 for _ in range(2 * CALLS // STREAMS + 1)]
        for stub in stubs:
            stub.Read(point)  # connected from here on
        answers = []
        for i in range(CALLS):
            stub = stubs[i % len(stubs)]
            answers += [stub.Read.future(point), stub.Write.future(write)]
        self.assert_threads_as_configured()
        for answer in answers:
            answer.result()
        self.assertEqual(requests_in_flight(self.node), len(streams))
        self.assert_threads_as_configured()

        # Every stream is alive and has all that it had not said.
        rest = sum(len(page.rows) for page in streams.pop())
        self.assertEqual(rest, ROWS - 1)
        for stream in streams:
            stream.cancel()
        wait_for_requests(self.node, 0)
        self.assert_threads_as_configured()


if __name__ == "__main__":
    unittest.main()
