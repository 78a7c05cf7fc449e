#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Increments: totals, what is refused, and that a retry with a request id
counts once, whatever kills the node in between."""

import threading
import unittest
import uuid

import grpc

from api_test_case import ApiTestCase
from rowan_process import Node

CLIENTS = 6
INCREMENTS = 60  # between two kills
KILLS, KILLS_MAX = 4, 40
TRIES_MAX = 5_000


class CounterCase(ApiTestCase):

    def create_counters(self):
        return self.create_table(name="hits", partition=("page text",),
                                 statics=("all counter",),
                                 regular=("n counter", "m counter"))

    def change(self, column, delta, millis=1):
        change = self.d.CounterChange(column=column, delta=delta)
        if millis is not None:
            change.clustering.CopyFrom(self.time_key(millis))
        return change

    def increment(self, table, page, *changes, request_id=b"", **named):
        return self.data.Increment(self.d.IncrementRequest(
            table=table, partition_key=self.text_key(page), changes=changes,
            request_id=request_id), **named)

    def delete(self, table, page, **change):
        return self.write(table, page, self.d.Change(**change))


class CounterTest(CounterCase):

    def test_totals_come_back(self):
        table = self.create_counters()
        answer = self.increment(table, "a", self.change("n", 5),
                                self.change("m", -2),
                                self.change("all", 1, None))
        self.assertEqual(list(answer.values), [5, -2, 1])
        self.assertFalse(answer.already_counted)
        answer = self.increment(table, "a", self.change("n", 1))
        self.assertEqual(list(answer.values), [6])
        for serial in (False, True):
            self.assertEqual(
                self.rows(self.read(table, "a", serial=serial)),
                [{"page": "a", "ts": 1, "all": 1, "n": 6, "m": -2}])

    def test_request_id_counts_once(self):
        table = self.create_counters()
        name = uuid.uuid4().bytes
        answers = [self.increment(table, "a", self.change("n", 5),
                                  request_id=name) for _ in range(3)]
        self.assertEqual([answer.already_counted for answer in answers],
                         [False, True, True])
        self.assertEqual([list(answer.values) for answer in answers],
                         [[5]] * 3)
        # Another wide row's ids are its own.
        self.assertFalse(self.increment(table, "b", self.change("n", 5),
                                        request_id=name).already_counted)
        # No read shows them.
        keys = self.d.KeyList(keys=[self.text_key("a"), self.text_key("b")])
        count = self.d.Aggregate(function=self.d.AGGREGATE_FUNCTION_COUNT)
        for scope in ({}, {"partition_keys": keys},
                      {"token_range": self.t.TokenRange(
                          first=-2 ** 63, last=2 ** 63 - 1)},
                      {"slices": [self.t.Slice()]}, {"distinct": True}):
            for reverse in (False, True):
                page = self.data.Read(self.d.ReadRequest(
                    table=table, reverse=reverse, **scope))
                self.assertEqual(len(page.rows), 2, scope)
            if "distinct" not in scope:
                page = self.data.Read(self.d.ReadRequest(
                    table=table, aggregates=[count], **scope))
                self.assertEqual(page.rows[0].values[0].int_value, 2, scope)

    def deletions(self):
        """Each kind, of what `increment` counts in."""
        key = self.time_key(1)
        return ({"delete_cells": self.d.DeleteCells(clustering=key,
                                                    columns=["n"])},
                {"delete_row": self.d.DeleteRow(clustering=key)},
                {"delete_range": self.d.DeleteRange(slice=self.t.Slice())},
                {"delete_wide_row": self.d.DeleteWideRow()})

    def test_deleted_counter_starts_from_zero(self):
        table = self.create_counters()
        for deletion in self.deletions():
            self.increment(table, "a", self.change("n", 5))
            self.delete(table, "a", **deletion)
            self.assertNotIn("n", self.rows(self.read(table, "a"))[0]
                             if self.read(table, "a").rows else {})
            answer = self.increment(table, "a", self.change("n", 3))
            self.assertEqual(list(answer.values), [3])
            self.delete(table, "a", **deletion)

    def test_request_ids_outlive_deletions(self):
        table = self.create_counters()
        for deletion in self.deletions():
            name = uuid.uuid4().bytes
            self.increment(table, "a", self.change("n", 5), request_id=name)
            self.delete(table, "a", **deletion)
            answer = self.increment(table, "a", self.change("n", 5),
                                    request_id=name)
            self.assertTrue(answer.already_counted)
            self.assertEqual(list(answer.values), [0])
            self.assertEqual(len(self.read(table, "a").rows), 0)

    def test_condition_sees_the_sum(self):
        table = self.create_counters()
        self.increment(table, "a", self.change("n", 5))
        row = self.d.RowCondition(clustering=self.time_key(1), predicates=[
            self.d.Predicate(column="n", op=self.d.OPERATOR_GREATER,
                             value=self.t.Value(int_value=4))])
        answer = self.data.CheckAndWrite(self.d.CheckAndWriteRequest(
            table=table, partition_key=self.text_key("a"),
            conditions=[self.d.Condition(row=row)],
            success=[self.d.Change(delete_row=self.d.DeleteRow(
                clustering=self.time_key(1)))]))
        self.assertTrue(answer.applied)
        self.assertEqual(answer.current[0].values[3].int_value, 5)
        self.assertEqual(len(self.read(table, "a").rows), 0)

    def test_deletions_bring_no_timestamp(self):
        table, bad = self.create_counters(), grpc.StatusCode.INVALID_ARGUMENT
        self.increment(table, "a", self.change("n", 5))
        gone = self.d.Change(delete_wide_row=self.d.DeleteWideRow())
        late = self.d.Change(delete_wide_row=self.d.DeleteWideRow(),
                             timestamp_us=1)
        for field, changes, timestamp in (
                ("timestamp_us", [gone], 1),
                ("changes[0].timestamp_us", [late], 0)):
            self.assert_error(bad, self.data.Write, self.d.WriteRequest(
                table=table, partition_key=self.text_key("a"),
                changes=changes, timestamp_us=timestamp),
                reason="BAD_TIMESTAMP", field=field)
        self.assertEqual(len(self.read(table, "a").rows), 1)

    def test_what_is_refused(self):
        table, bad = self.create_counters(), grpc.StatusCode.INVALID_ARGUMENT
        plain = self.create_table()
        call = self.increment
        self.assert_error(bad, call, table, "a", field="changes",
                          reason="OVER_LIMIT")
        self.assert_error(bad, call, table, "a",
                          *[self.change("n", 1)] * 1001, field="changes",
                          reason="OVER_LIMIT")
        self.assert_error(bad, call, table, "a", self.change("zz", 1),
                          field="changes[0].column", reason="UNKNOWN_COLUMN")
        self.assert_error(bad, call, table, "a", self.change("n", 1, None),
                          field="changes[0].clustering.values",
                          reason="MISSING_KEY_PART")
        self.assert_error(bad, call, table, "a", self.change("n", 1),
                          request_id=b"short", field="request_id",
                          reason="BAD_REQUEST_ID")
        self.assert_error(bad, call, plain, "a", self.change("value", 1),
                          field="changes[0].column", reason="NOT_A_COUNTER")
        self.assert_error(
            bad, self.write, table, "a",
            self.upsert(1, n=self.t.Value(int_value=1)),
            field="changes[0].upsert", reason="COUNTER_TABLE")
        write = self.d.WriteRequest(
            table=table, partition_key=self.text_key("a"),
            changes=[self.d.Change(delete_wide_row=self.d.DeleteWideRow())])
        self.assert_error(
            bad, self.data.BatchWrite, self.d.BatchWriteRequest(
                mode=self.d.BATCH_MODE_LOGGED, writes=[write]),
            field="writes[0].table", reason="COUNTER_TABLE")
        message = self.assert_error(
            bad, self.create_table, name="mixed",
            regular=("n counter", "note text"))
        self.assertIn("counters", message)

    def test_lost_answer_then_retry_counts_once(self):
        table = self.create_counters()
        met = 0
        for tries in range(1, TRIES_MAX + 1):
            name = uuid.uuid4().bytes
            try:  # some come too early, some too late
                self.increment(table, "a", self.change("n", 1),
                               request_id=name, timeout=tries % 40 / 10_000)
                lost = False
            except grpc.RpcError:
                lost = True
            answer = self.increment(table, "a", self.change("n", 1),
                                    request_id=name)
            self.assertEqual(list(answer.values), [tries])
            met += lost and answer.already_counted
            if met == 3:
                break
        self.assertEqual(met, 3)


class KillTest(CounterCase):

    def client(self, table):
        """Increments, each under one id, until no more kills are to come."""
        while not self.ended.is_set():
            name = uuid.uuid4().bytes
            lost = False
            while True:
                try:
                    answer = self.data.Increment(self.d.IncrementRequest(
                        table=table, partition_key=self.text_key("a"),
                        changes=[self.change("n", 1)], request_id=name),
                        timeout=10)
                    break
                except grpc.RpcError:
                    lost = True
                    self.restarted.wait(60)
            with self.lock:
                self.counted += 1
                self.met += lost and answer.already_counted
                if self.counted >= self.due_at:
                    self.due.set()

    def kill_and_restart(self):
        self.due.wait(60)
        self.restarted.clear()
        self.node.kill()
        type(self).node = Node(self.node.data_dir)
        self.addCleanup(self.node.release)
        self.connect()
        with self.lock:
            self.due.clear()
            self.due_at = self.counted + INCREMENTS
        self.restarted.set()

    def test_every_id_counts_once_over_kill_9(self):
        table = self.create_counters()
        self.lock, self.counted, self.met = threading.Lock(), 0, 0
        self.due_at = INCREMENTS
        self.due, self.restarted = threading.Event(), threading.Event()
        self.ended = threading.Event()
        self.restarted.set()
        clients = [threading.Thread(target=self.client, args=(table,))
                   for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for kills in range(1, KILLS_MAX + 1):
                self.kill_and_restart()
                if kills >= KILLS and self.met > 0:
                    break
        finally:
            self.ended.set()
            for client in clients:
                client.join()
        # What was counted without an answer wasn't counted again.
        self.assertGreater(self.met, 0)
        self.assertEqual(self.rows(self.read(table, "a", serial=True)), [
            {"page": "a", "ts": 1, "n": self.counted}])


if __name__ == "__main__":
    unittest.main()
