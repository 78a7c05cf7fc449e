#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input gets a clear error, loses nothing, and leaves the connection
usable."""

import time
import unittest

import grpc

from api_test_case import ApiTestCase

INVALID = grpc.StatusCode.INVALID_ARGUMENT
NOT_FOUND = grpc.StatusCode.NOT_FOUND
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED
KEY_BYTES_MAX = 65535
CELL_BYTES_MAX = 8 << 20
TTL_MAX_S = 20 * 365 * 24 * 3600
HOUR_US = 3600 * 1_000_000


class ErrorsTest(ApiTestCase):

    def setUp(self):
        super().setUp()
        self.table = self.create_table()
        self.write(self.table, "kept", self.upsert(1, value=1.0))

    def tearDown(self):
        # Whatever went wrong, the connection and the data are there.
        self.assertEqual(self.times(self.read(self.table, "kept")), [1])

    def test_unknown_names(self):
        message = self.assert_error(
            NOT_FOUND, self.write, self.t.TableRef(name="nowhere.points"), "a",
            self.upsert(1, value=1.0))
        self.assertIn("nowhere", message)
        self.assert_error(NOT_FOUND, self.read, self.ref("none"), "a",
                          reason="UNKNOWN_TABLE")
        message = self.assert_error(
            INVALID, self.write, self.table, "a", self.upsert(1, volume=1.0),
            reason="UNKNOWN_COLUMN", field="changes[0].upsert.columns[0]")
        self.assertIn("volume", message)
        self.assert_error(INVALID, self.read, self.table, "a",
                          columns=["volume"])
        self.assert_error(INVALID, self.read, self.t.TableRef(name="points"),
                          "a")
        self.assert_error(INVALID, self.read, self.t.TableRef(), "a")

    def test_wrong_types(self):
        message = self.assert_error(
            INVALID, self.write, self.table, "a", self.upsert(1, value="high"),
            field="changes[0].upsert.values[0]")
        self.assertIn("double", message)
        self.assert_error(INVALID, self.write, self.table, "a",
                          self.upsert(1, value=self.t.Value()))
        self.assert_error(
            INVALID, self.data.Read, self.d.ReadRequest(
                table=self.table, partition_key=self.time_key(1)),
            field="partition_key.values[0]")

    def test_keys_that_are_not_whole(self):
        no_clustering = self.upsert(value=1.0)
        self.assert_error(INVALID, self.write, self.table, "a", no_clustering)
        null = self.d.Change(upsert=self.d.Upsert(clustering=self.t.Key(
            values=[self.t.Value(null_value=self.t.NULL_VALUE)])))
        self.assert_error(INVALID, self.write, self.table, "a", null,
                          reason="NULL_IN_KEY")
        self.assert_error(INVALID, self.write, self.table, "",
                          self.upsert(1, value=1.0))
        self.assert_error(INVALID, self.data.Read, self.d.ReadRequest(
            table=self.table, partition_key=self.text_key("a", "b")))
        self.assert_error(INVALID, self.data.Write, self.d.WriteRequest(
            table=self.table, changes=[self.upsert(1, value=1.0)]))
        self.assert_error(INVALID, self.data.Write, self.d.WriteRequest(
            table=self.table, partition_key=self.text_key("a")))

    def test_partition_key_at_its_limit(self):
        for size in (KEY_BYTES_MAX - 1, KEY_BYTES_MAX):
            self.write(self.table, "k" * size, self.upsert(1, value=1.0))
            self.assertEqual(
                self.times(self.read(self.table, "k" * size)), [1])
        message = self.assert_error(
            INVALID, self.write, self.table, "k" * (KEY_BYTES_MAX + 1),
            self.upsert(1, value=1.0))
        self.assertIn("65535", message)
        self.assertIn("65536", message)

    def test_clustering_key_at_its_limit(self):
        table = self.create_table("texts", clustering=("c text",))

        def change(size):
            return self.d.Change(upsert=self.d.Upsert(
                clustering=self.text_key("c" * size), columns=["value"],
                values=[self.value(1.0)]))
        for size in (KEY_BYTES_MAX - 1, KEY_BYTES_MAX):
            self.write(table, "a", change(size))
        self.assertEqual(len(self.read(table, "a").rows), 2)
        message = self.assert_error(INVALID, self.write, table, "a",
                                    change(KEY_BYTES_MAX + 1))
        self.assertIn("65535", message)

    def test_cell_at_its_limit(self):
        for size in (CELL_BYTES_MAX - 1, CELL_BYTES_MAX):
            self.write(self.table, "big", self.upsert(size, note="n" * size))
            page = self.read(self.table, "big", page_bytes=15 << 20,
                             slices=[self.t.Slice(prefix=self.time_key(size))])
            self.assertEqual(len(self.rows(page)[0]["note"]), size)
        message = self.assert_error(
            INVALID, self.write, self.table, "big",
            self.upsert(1, note="n" * (CELL_BYTES_MAX + 1)))
        self.assertIn(str(CELL_BYTES_MAX), message)

    def test_message_over_its_limit(self):
        half = "n" * (CELL_BYTES_MAX - 1000)

        def write(extra):
            return self.d.WriteRequest(
                table=self.table, partition_key=self.text_key("big"),
                changes=[self.upsert(1, note=half), self.upsert(2, note=half),
                         self.upsert(3, note="n" * extra)])
        limit = 16 << 20
        room = limit - write(0).ByteSize()
        # The lengths in front grow with their fields.
        while write(room).ByteSize() > limit:
            room -= 1
        self.assertEqual(write(room).ByteSize(), limit)
        self.data.Write(write(room - 1))
        self.data.Write(write(room))
        message = self.assert_error(EXHAUSTED, self.data.Write,
                                    write(room + 1))
        self.assertIn(str(limit), message)

    def test_page_bytes_over_their_limit(self):
        limit = 15 << 20
        for size in (limit - 1, limit):
            self.read(self.table, "kept", page_bytes=size)
        self.assert_error(INVALID, self.read, self.table, "kept",
                          page_bytes=limit + 1)

    def test_timestamps_too_far_ahead(self):
        # The node's clock runs on between these lines, never back.
        now_us = int(time.time() * 1e6)
        self.write(self.table, "a", self.upsert(1, value=1.0),
                   timestamp_us=now_us + HOUR_US)
        self.assert_error(INVALID, self.data.Write, self.d.WriteRequest(
            table=self.table, partition_key=self.text_key("a"),
            timestamp_us=now_us + 2 * HOUR_US,
            changes=[self.upsert(1, value=1.0)]), reason="BAD_TIMESTAMP")

    def test_ttl_at_its_limits(self):
        for ttl_s in (0, 1, TTL_MAX_S - 1, TTL_MAX_S):
            self.write(self.table, "a", self.upsert(1, value=1.0, ttl_s=ttl_s))
        for ttl_s in (-1, TTL_MAX_S + 1):
            self.assert_error(INVALID, self.write, self.table, "a",
                              self.upsert(1, value=1.0, ttl_s=ttl_s),
                              reason="BAD_TTL")

    def token(self, table):
        for millis in range(5):
            self.write(table, "paged", self.upsert(millis, value=1.0))
        token = self.read(table, "paged", page_rows=2).next_page_token
        self.assertTrue(token)
        return token

    def test_altered_page_tokens_never_give_another_page(self):
        token = self.token(self.table)
        altered = [token[:length] for length in range(1, len(token))]
        altered += [token[:at] + bytes([token[at] ^ 0x41]) + token[at + 1:]
                    for at in range(len(token))]
        altered += [token + b"x", b"\x00" * len(token)]
        for each in altered:
            self.assert_error(INVALID, self.read, self.table, "paged",
                              page_rows=2, page_token=each)
        page = self.read(self.table, "paged", page_rows=2, page_token=token)
        self.assertEqual(self.times(page), [2, 3])

    def test_page_tokens_belong_to_their_read(self):
        token = self.token(self.table)
        other = self.create_table("other")
        self.token(other)
        self.assert_error(INVALID, self.read, other, "paged", page_rows=2,
                          page_token=token)
        self.assert_error(INVALID, self.read, self.table, "kept",
                          page_token=token)
        self.assert_error(INVALID, self.read, self.table, "paged",
                          reverse=True, page_token=token)

    def test_batches_without_mode_and_empty_changes(self):
        write = self.d.WriteRequest(
            table=self.table, partition_key=self.text_key("a"),
            changes=[self.upsert(1, value=1.0)])
        self.assert_error(INVALID, self.data.BatchWrite,
                          self.d.BatchWriteRequest(writes=[write]))
        self.assert_error(INVALID, self.write, self.table, "a",
                          self.d.Change())

    def test_unknown_method_is_no_stub(self):
        call = self.channel.unary_unary(
            "/rowan.v1.Data/NoSuchMethod",
            request_serializer=lambda _: b"",
            response_deserializer=lambda data: data)
        with self.assertRaises(grpc.RpcError) as raised:
            call(b"")
        self.assertEqual(raised.exception.code(),
                         grpc.StatusCode.UNIMPLEMENTED)


if __name__ == "__main__":
    unittest.main()
