#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Health, server reflection, node status, and the example of the README."""

import os
import subprocess
import sys
import unittest

import grpc

from api_test_case import HERE, ApiTestCase


class StandardServicesTest(ApiTestCase):

    def call(self, method, request, answer_type):
        return self.channel.unary_unary(
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

    def reflect(self, **request):
        reflection = self.generated.reflection
        stream = self.channel.stream_stream(
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

    def test_example_of_the_readme_runs(self):
        with open(os.path.join(HERE, "example.py"), encoding="utf-8") as file:
            code = file.read().split("\n", 1)[1]  # without the licence line
        with open(os.path.join(HERE, "../../../README.md"),
                  encoding="utf-8") as file:
            self.assertIn(f"```python\n{code}```", file.read())
        # The sample table of deploy/run.sh.
        self.schema.CreateKeyspace(self.s.CreateKeyspaceRequest(
            name="sample", if_not_exists=True))
        self.schema.CreateTable(self.s.CreateTableRequest(table=self.s.Table(
            keyspace="sample", name="weather", columns=[
                *self.columns("PARTITION_KEY", "station text"),
                *self.columns("CLUSTERING", "ts timestamp desc"),
                *self.columns("REGULAR", "temperature double")])))
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, "example.py")],
            env={**os.environ, "ROWAN_HOST": self.node.address,
                 "PYTHONPATH": self.generated.folder},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("'temperature': 24.5", done.stdout)


if __name__ == "__main__":
    unittest.main()
