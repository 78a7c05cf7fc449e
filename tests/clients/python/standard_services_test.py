#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Health, server reflection, node status, and the example of the README."""

import os
import subprocess
import sys
import unittest

import grpc

from api_test_case import HERE, ApiTestCase
from rowan_process import Node

NOTE_BYTES = 500


class StandardServicesTest(ApiTestCase):

    def call(self, method, request, answer_type, channel=None):
        return (channel or self.channel).unary_unary(
            method, request_serializer=type(request).SerializeToString,
            response_deserializer=answer_type.FromString)(request)

    def test_node_and_services_are_healthy(self):
        health = self.generated.health
        for service in ("", "rowan.v1.Data"):
            answer = self.call("/grpc.health.v1.Health/Check",
                               health.HealthCheckRequest(service=service),
                               health.HealthCheckResponse)
            self.assertEqual(answer.status,
                             health.HealthCheckResponse.SERVING)
        with self.assertRaises(grpc.RpcError) as raised:
            self.call("/grpc.health.v1.Health/Check",
                      health.HealthCheckRequest(service="rowan.v1.Nothing"),
                      health.HealthCheckResponse)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.NOT_FOUND)

    def reflect(self, channel=None, **request):
        reflection = self.generated.reflection
        stream = (channel or self.channel).stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=(
                reflection.ServerReflectionRequest.SerializeToString),
            response_deserializer=(
                reflection.ServerReflectionResponse.FromString))
        return next(stream(iter(
            [reflection.ServerReflectionRequest(**request)])))

    def test_reflection_lists_the_services_and_their_messages(self):
        answer = self.reflect(list_services="")
        names = {service.name
                 for service in answer.list_services_response.service}
        for name in ("rowan.v1.Data", "rowan.v1.Schema", "rowan.v1.Admin",
                     "grpc.health.v1.Health"):
            self.assertIn(name, names)
        answer = self.reflect(file_containing_symbol="rowan.v1.Data")
        self.assertTrue(
            answer.file_descriptor_response.file_descriptor_proto)

    def test_reflection_is_off_beyond_loopback(self):
        node = Node(os.path.join(self.folder, "beyond"),
                    "--allow-unauthenticated", listen="0.0.0.0:0")
        self.addCleanup(node.release)
        port = node.address.rpartition(":")[2]
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.addCleanup(channel.close)
        health = self.generated.health
        answer = self.call("/grpc.health.v1.Health/Check",
                           health.HealthCheckRequest(),
                           health.HealthCheckResponse, channel)
        self.assertEqual(answer.status, health.HealthCheckResponse.SERVING)
        with self.assertRaises(grpc.RpcError) as raised:
            self.reflect(channel, list_services="")
        self.assertEqual(raised.exception.code(),
                         grpc.StatusCode.UNIMPLEMENTED)

    def test_status_tells_state_and_addresses(self):
        status = self.admin.GetNodeStatus(self.a.GetNodeStatusRequest())
        self.assertEqual(status.state, self.a.NODE_STATE_SERVING)
        self.assertEqual(status.client_address, self.node.address)
        self.assertEqual(len(status.node_id), 16)
        self.assertTrue(status.version)

    def test_partitions_and_files_are_listed(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0))
        partitions = self.admin.ListPartitions(
            self.a.ListPartitionsRequest(table=table)).partitions
        self.assertEqual(len(partitions), 16)
        self.assertEqual(
            sum(partition.memtable_wide_rows for partition in partitions), 1)
        self.admin.Flush(self.a.FlushRequest(table=table))
        files = self.admin.ListSSTables(
            self.a.ListSSTablesRequest(table=table)).sstables
        self.assertEqual(len(files), 1)
        self.assertEqual(files[0].rows, 1)
        self.assertEqual(files[0].first_partition_key, self.text_key("a"))

    def files(self, table, **fields):
        return self.admin.ListSSTables(
            self.a.ListSSTablesRequest(table=table, **fields))

    def rows_between(self, table, first, last):
        """By token, as they are read."""
        page = self.data.Read(self.d.ReadRequest(
            table=table,
            token_range=self.t.TokenRange(first=first, last=last)))
        self.assertEqual(page.next_page_token, b"")
        return self.rows(page)

    def assert_tells_what_it_holds(self, table, file, written):
        """`written`: {series: timestamps}, all that is in the table. Answers
        how many rows the file has."""
        first, last = file.tokens.first, file.tokens.last
        rows = self.rows_between(table, first, last)
        series = [row["series"] for row in rows]
        ends = {row["series"] for end in (first, last)
                for row in self.rows_between(table, end, end)}
        self.assertEqual(ends, {series[0], series[-1]})
        self.assertEqual(file.first_partition_key, self.text_key(series[0]))
        self.assertEqual(file.last_partition_key, self.text_key(series[-1]))
        self.assertEqual(file.rows, len(rows))
        self.assertEqual(file.wide_rows, len(set(series)))
        self.assertEqual(file.tombstones, 0)
        times = [time for each in set(series) for time in written[each]]
        self.assertEqual(file.min_timestamp_us, min(times))
        self.assertEqual(file.max_timestamp_us, max(times))
        # Of 16 partitions; both ends of the file are in one.
        self.assertEqual(file.partition.prefix_length, 4)
        self.assertEqual({(token + 2**63) >> 60 for token in (first, last)},
                         {file.partition.prefix_bits})
        self.assertEqual(file.level, 0)
        # Notes of one letter: LZ4 leaves little of them.
        self.assertGreater(file.data_bytes_raw, len(rows) * NOTE_BYTES)
        self.assertGreater(file.data_bytes_stored, 0)
        self.assertLess(file.data_bytes_stored, file.data_bytes_raw / 2)
        self.assertGreater(file.file_bytes, file.data_bytes_stored)
        self.assertEqual(os.path.getsize(file.path), file.file_bytes)
        return len(rows)

    def test_files_tell_what_they_hold(self):
        table = self.create_table(options=self.s.TableOptions(
            compression=self.s.COMPRESSION_LZ4))
        written = {f"s{number}": [] for number in range(64)}

        def write(millis, names):
            for name in names:
                time = 1_700_000_000_000_000 + 1000 * millis + int(name[1:])
                written[name].append(time)
                self.write(table, name, self.upsert(
                    millis, timestamp_us=time, note="n" * NOTE_BYTES))

        write(1, written)
        self.admin.Flush(self.a.FlushRequest(table=table))
        flushed = self.files(table).sstables
        self.assertEqual(64, sum(
            self.assert_tells_what_it_holds(table, file, written)
            for file in flushed))
        write(2, list(written)[::2])
        self.admin.Compact(self.a.CompactRequest(table=table))
        merged = self.files(table).sstables
        self.assertEqual(len(merged), len(flushed))
        self.assertEqual(64 + 32, sum(
            self.assert_tells_what_it_holds(table, file, written)
            for file in merged))

    def test_files_come_in_pages(self):
        table = self.create_table()
        for number in range(40):
            self.write(table, f"s{number}", self.upsert(1, value=1.0))
        self.admin.Flush(self.a.FlushRequest(table=table))
        whole = self.files(table)
        self.assertEqual(whole.next_page_token, "")
        paths = [file.path for file in whole.sstables]
        self.assertGreater(len(paths), 6)
        self.assertEqual(paths, sorted(paths))
        paged, token = [], ""
        while token or not paged:
            page = self.files(table, page_size=3, page_token=token)
            token = page.next_page_token
            paged += page.sstables
            # The last page alone may hold fewer.
            self.assertEqual(len(page.sstables), 3 if token else
                             (len(paths) - 1) % 3 + 1)
        self.assertEqual(paged, list(whole.sstables))

    def test_example_of_the_readme_runs(self):
        with open(os.path.join(HERE, "example.py"), encoding="utf-8") as file:
            code = file.read().split("\n", 1)[1]  # without the licence line
        with open(os.path.join(HERE, "../../../README.md"),
                  encoding="utf-8") as file:
            self.assertIn(f"```python\n{code}```", file.read())
        self.assertEqual(len(code.splitlines()), 10)
        for _ in range(2):  # what is there already is no error
            done = subprocess.run(
                [sys.executable, os.path.join(HERE, "example.py")],
                env={**os.environ, "ROWAN_HOST": self.node.address,
                     "PYTHONPATH": self.generated.folder},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, check=False, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn('string_value: "Berlin"', done.stdout)
            self.assertIn("int_value: 3700000", done.stdout)


if __name__ == "__main__":
    unittest.main()
