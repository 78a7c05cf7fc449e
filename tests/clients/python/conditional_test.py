#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""CheckAndWrite and serial reads: what they answer, what they refuse, and that
a history of them is linearizable."""

import random
import threading
import time
import unittest

import grpc

from api_test_case import ApiTestCase
from linearizable import NEVER, Call, is_linearizable
from rowan_process import Node

CLIENTS = 5
CALLS = 60
VALUES = 4
CALLS_AT_ONCE = 400
ROWS, FIRST_OF_MANY = 50_000, 1_000_000


class ConditionalCase(ApiTestCase):

    def predicate(self, column, op, value=None):
        return self.d.Predicate(
            column=column, op=self.d.Operator.Value(f"OPERATOR_{op}"),
            value=None if value is None else self.value(value))

    def on_row(self, millis, *predicates, exists=None):
        row = self.d.RowCondition(predicates=predicates, exists=exists)
        if millis is not None:
            row.clustering.CopyFrom(self.time_key(millis))
        return self.d.Condition(row=row)

    def check(self, table, series, conditions, success=(), failure=(),
              **named):
        return self.data.CheckAndWrite(self.d.CheckAndWriteRequest(
            table=table, partition_key=self.text_key(series),
            conditions=conditions, success=success, failure=failure), **named)

    def current(self, answer):
        page = self.d.ReadResponse(columns=answer.columns)
        page.rows.extend(row for row in answer.current if row.values)
        return self.rows(page)

    def serial_value(self, table, series, millis=1):
        page = self.read(table, series, serial=True, slices=[
            self.t.Slice(prefix=self.time_key(millis))])
        rows = self.rows(page)
        return rows[0].get("value") if rows else None


class CheckAndWriteTest(ConditionalCase):

    def test_swap_is_applied_once(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0, note="n"))
        swap = ([self.on_row(1, self.predicate("value", "EQUAL", 1.0))],
                [self.upsert(1, value=2.0)])
        answer = self.check(table, "a", *swap)
        self.assertTrue(answer.applied)
        self.assertEqual(self.current(answer), [
            {"series": "a", "ts": 1, "value": 1.0, "note": "n"}])
        answer = self.check(table, "a", *swap)
        self.assertFalse(answer.applied)
        self.assertEqual(answer.timestamp_us, 0)
        self.assertEqual(self.current(answer)[0]["value"], 2.0)
        self.assertEqual(self.serial_value(table, "a"), 2.0)

    def test_false_comparison_writes_failure(self):
        table = self.create_table()
        answer = self.check(table, "a", [self.on_row(1, exists=True)],
                            [self.upsert(1, value=1.0)],
                            [self.upsert(1, value=9.0)])
        self.assertFalse(answer.applied)
        self.assertGreater(answer.timestamp_us, 0)
        self.assertEqual(self.serial_value(table, "a"), 9.0)

    def test_wide_row_and_static_columns(self):
        table = self.create_table()
        absent = [self.d.Condition(wide_row_exists=False)]
        self.assertTrue(self.check(table, "a", absent,
                                   [self.upsert(unit="%")]).applied)
        self.assertFalse(self.check(table, "a", absent,
                                    [self.upsert(unit="s")]).applied)
        answer = self.check(
            table, "a",
            [self.on_row(None, self.predicate("unit", "EQUAL", "%"))],
            [self.upsert(unit="C")])
        self.assertTrue(answer.applied)
        self.assertEqual(self.current(answer), [{"series": "a", "unit": "%"}])

    def test_aborted_means_that_nothing_was_written(self):
        from rowan.v1 import data_pb2_grpc
        table = self.create_table()
        self.write(table, "a", self.upsert(0, value=1.0))
        self.write(table, "a", *[self.upsert(millis, value=1.0)
                                 for millis in range(FIRST_OF_MANY,
                                                     FIRST_OF_MANY + ROWS)])
        # A connection takes fewer calls at once than wait for one wide row.
        stubs = [data_pb2_grpc.DataStub(self.open_channel(
            ("grpc.use_local_subchannel_pool", 1))) for _ in range(8)]

        def start(exists, change, stub=self.data):
            return stub.CheckAndWrite.future(self.d.CheckAndWriteRequest(
                table=table, partition_key=self.text_key("a"),
                conditions=[self.on_row(0, exists=exists)], success=[change]))
        # These read many rows and change none: who comes next has to wait.
        many = self.t.Slice(start=self.t.Bound(
            values=self.time_key(FIRST_OF_MANY).values))
        slow = [start(False, self.d.Change(delete_range=self.d.DeleteRange(
            slice=many))) for _ in range(20)]
        calls = [start(True, self.upsert(millis, value=1.0),
                       stubs[millis % len(stubs)])
                 for millis in range(1, CALLS_AT_ONCE + 1)]
        self.assertEqual({call.code() for call in slow}, {grpc.StatusCode.OK})
        codes = [call.code() for call in calls]
        self.assertEqual(set(codes), {grpc.StatusCode.OK,
                                      grpc.StatusCode.ABORTED})
        written = [millis for millis, code in enumerate(codes, 1)
                   if code == grpc.StatusCode.OK]
        self.assertEqual(self.times(self.read(table, "a",
                                              limit=1 + len(written))),
                         [0, *written])

    def test_a_row_larger_than_an_answer_is_changed(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0, note="n" * (5 << 20)))
        self.write(table, "a", self.upsert(2, value=2.0))
        answer = self.check(
            table, "a",
            [self.on_row(1, self.predicate("value", "EQUAL", 1.0)),
             self.on_row(2, self.predicate("value", "EQUAL", 2.0))],
            [self.upsert(1, note="small")])
        self.assertTrue(answer.applied)
        self.assertEqual(list(answer.current_left_out), [0])
        self.assertEqual(len(answer.current[0].values), 0)
        self.assertEqual(answer.current[1].values[1].timestamp_value, 2)
        self.assertEqual(self.rows(self.read(table, "a"))[0]["note"], "small")

    def test_bad_requests(self):
        table = self.create_table()
        call, bad = self.check, grpc.StatusCode.INVALID_ARGUMENT
        row = self.on_row(1, exists=True)
        for field, reason, conditions, success in (
                ("conditions", "OVER_LIMIT", [], []),
                ("conditions[0].target", "EMPTY_CONDITION",
                 [self.d.Condition()], []),
                ("conditions[0].row.predicates[0].column", "UNKNOWN_COLUMN",
                 [self.on_row(1, self.predicate("zz", "EQUAL", "x"))], []),
                ("conditions[0].row.predicates[0].column", "KEY_COLUMN",
                 [self.on_row(1, self.predicate(
                     "ts", "EQUAL", self.t.Value(timestamp_value=1)))], []),
                ("conditions[0].row.predicates[0].op", "BAD_OPERATOR",
                 [self.on_row(1, self.predicate("note", "CONTAINS", "x"))],
                 []),
                ("conditions[0].row.predicates[0].value", "WRONG_TYPE",
                 [self.on_row(1, self.predicate("value", "LESS", "x"))], []),
                ("success[0].timestamp_us", "BAD_TIMESTAMP", [row],
                 [self.upsert(1, value=1.0, timestamp_us=5)]),
                ("success[0].upsert.columns[0]", "UNKNOWN_COLUMN", [row],
                 [self.upsert(1, zz=1.0)])):
            self.assert_error(bad, call, table, "a", conditions, success,
                              field=field, reason=reason)
        self.assert_error(bad, self.data.Read, self.d.ReadRequest(
            table=table, serial=True), field="serial", reason="BAD_SERIAL")


class HistoryCase(ConditionalCase):
    """Clients whose calls, `call` by `call`, make a history."""

    def client(self, table, seed, calls):
        chance = random.Random(seed)
        answered = 0
        while answered < CALLS:
            call = self.call(table, chance)
            if call is None:
                continue
            answered += call.end != NEVER
            with self.lock:
                calls.append(call)
                if len(calls) > CLIENTS * CALLS / 2:
                    self.half_done.set()

    def history(self, table, meanwhile):
        self.lock, calls = threading.Lock(), []
        self.half_done, self.serving = threading.Event(), threading.Event()
        self.serving.set()
        threads = [threading.Thread(target=self.client,
                                    args=(table, seed, calls))
                   for seed in range(CLIENTS)]
        for thread in threads:
            thread.start()
        meanwhile()
        for thread in threads:
            thread.join()
        return calls

    def kill_and_restart(self):
        self.half_done.wait(60)
        self.serving.clear()
        self.node.kill()
        type(self).node = Node(self.node.data_dir)
        self.addCleanup(self.node.release)
        self.connect()
        self.serving.set()


class LinearizableTest(HistoryCase):

    def test_checker_tells_good_from_bad(self):
        write = Call(1, 4, seen=0, expected=0, wanted=1, is_swap=True)
        self.assertTrue(is_linearizable([write, Call(2, 3, seen=0)], 0))
        self.assertTrue(is_linearizable([write, Call(2, 3, seen=1)], 0))
        self.assertFalse(is_linearizable([write, Call(5, 6, seen=0)], 0))
        self.assertFalse(is_linearizable(
            [write, Call(2, 3, seen=1), Call(3.5, 3.6, seen=0)], 0))
        lost = Call(1, NEVER, expected=0, wanted=1, is_swap=True)
        self.assertTrue(is_linearizable([lost, Call(5, 6, seen=0)], 0))
        self.assertTrue(is_linearizable([lost, Call(5, 6, seen=1)], 0))
        self.assertFalse(is_linearizable(
            [lost, Call(5, 6, seen=1), Call(7, 8, seen=0)], 0))
        add = Call(1, 4, seen=2, delta=2)
        self.assertTrue(is_linearizable([add, Call(2, 3, seen=0)], 0))
        self.assertFalse(is_linearizable([add, Call(2, 3, seen=1)], 0))
        self.assertFalse(is_linearizable(
            [add, Call(2, 3, seen=2, delta=2)], 0))
        self.assertTrue(is_linearizable(
            [add, Call(2, 3, seen=4, delta=2)], 0))

    def call(self, table, chance):
        """One call, as it went; of a lost one nobody knows the end, and one
        that is ABORTED never was."""
        expected, wanted = (float(chance.randrange(VALUES)) for _ in range(2))
        reads = chance.random() < 0.3
        call = Call(time.monotonic(), NEVER)
        try:
            if reads:
                call.seen = self.serial_value(table, "a")
            else:
                call.expected, call.wanted = expected, wanted
                call.is_swap = True
                call.seen = self.current(self.check(
                    table, "a", [self.on_row(
                        1, self.predicate("value", "EQUAL", expected))],
                    [self.upsert(1, value=wanted)]))[0]["value"]
            call.end = time.monotonic()
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.ABORTED:
                return None
            self.serving.wait(60)
        return call

    def create_points(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=0.0))
        return table

    def test_history_of_swaps_and_serial_reads_is_linearizable(self):
        calls = self.history(self.create_points(), lambda: None)
        self.assertEqual(len(calls), CLIENTS * CALLS)
        self.assertTrue(is_linearizable(calls, 0.0))

    def test_history_over_kill_9_is_linearizable(self):
        calls = self.history(self.create_points(), self.kill_and_restart)
        self.assertTrue(any(call.end == NEVER for call in calls))
        self.assertTrue(is_linearizable(calls, 0.0))


class CounterHistoryTest(HistoryCase):
    """The register is a counter: increments, serial reads, and deletions on
    condition that it is what the client saw last."""

    def counter_of(self, rows):
        return rows[0].values[2].int_value if rows and rows[0].values else 0

    def call(self, table, chance):
        clustering = self.time_key(1)
        kind = chance.choice(("add", "add", "read", "delete"))
        last = self.last.get(threading.get_ident(), 0)
        call = Call(time.monotonic(), NEVER)
        try:
            if kind == "add":
                call.delta = chance.choice((1, 2))
                call.seen = self.data.Increment(self.d.IncrementRequest(
                    table=table, partition_key=self.text_key("a"),
                    changes=[self.d.CounterChange(
                        clustering=clustering, column="n",
                        delta=call.delta)])).values[0]
            elif kind == "read":
                call.seen = self.counter_of(self.read(
                    table, "a", serial=True,
                    slices=[self.t.Slice(prefix=clustering)]).rows)
            else:
                call.expected, call.wanted, call.is_swap = last, 0, True
                call.seen = self.counter_of(self.check(
                    table, "a", [self.on_row(1, self.predicate(
                        "n", "EQUAL", self.t.Value(int_value=last)))],
                    [self.d.Change(delete_row=self.d.DeleteRow(
                        clustering=clustering))]).current)
            call.end = time.monotonic()
            self.last[threading.get_ident()] = call.seen
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.ABORTED:
                return None
            self.serving.wait(60)
        return call

    def counter_history(self, meanwhile):
        self.last = {}
        calls = self.history(self.create_table(
            statics=(), regular=("n counter",)), meanwhile)
        # Deletions took effect, too.
        self.assertTrue(any(call.is_swap and call.seen and
                            call.seen == call.expected for call in calls))
        self.assertTrue(is_linearizable(calls, 0))
        return calls

    def test_history_of_a_counter_is_linearizable(self):
        self.assertEqual(len(self.counter_history(lambda: None)),
                         CLIENTS * CALLS)

    def test_history_of_a_counter_over_kill_9_is_linearizable(self):
        calls = self.counter_history(self.kill_and_restart)
        self.assertTrue(any(call.end == NEVER for call in calls))


if __name__ == "__main__":
    unittest.main()
