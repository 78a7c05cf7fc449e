#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every kind of read, whole and in pages, and what is no read."""

import unittest

import grpc

from api_test_case import ApiTestCase
from rowan_process import Node

INVALID = grpc.StatusCode.INVALID_ARGUMENT


class ReadsTestCase(ApiTestCase):
    """Four series of ten rows; `unit` is of b and c, and of `lone`, which has
    no rows."""

    def setUp(self):
        super().setUp()
        self.table = self.create_table()
        for series in "abcd":
            self.write(self.table, series, *[
                self.upsert(number, value=float(number), note=series)
                for number in range(10)])
        for series in ("b", "c", "lone"):
            self.write(self.table, series, self.upsert(unit="ms"))

    def request(self, **fields):
        return self.d.ReadRequest(table=self.table, **fields)

    def keys(self, *series):
        return self.d.KeyList(keys=[self.text_key(name) for name in series])

    def slice(self, first, last):
        return self.t.Slice(start=self.t.Bound(values=[
            self.t.Value(timestamp_value=first)]),
            end=self.t.Bound(values=[self.t.Value(timestamp_value=last)]))

    def all_pages(self, request):
        """Pages until one has no token."""
        request = self.d.ReadRequest.FromString(request.SerializeToString())
        while True:
            page = self.data.Read(request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def paged_rows(self, request):
        return [row for page in self.all_pages(request)
                for row in self.rows(page)]

    def assert_pages_add_up(self, expected, **fields):
        """The read gives these rows in one page, in small ones and as a
        stream, from memory and from files."""
        for _ in range(2):
            self.assertEqual(self.paged_rows(self.request(**fields)), expected)
            for page_rows in (1, 2, 3):
                request = self.request(page_rows=page_rows, **fields)
                self.assertEqual(self.paged_rows(request), expected)
            stream = self.data.ReadStream(self.request(page_rows=2, **fields))
            self.assertEqual([row for page in stream
                              for row in self.rows(page)], expected)
            self.admin.Flush(self.a.FlushRequest(table=self.table))

    def refused(self, reason, field, **fields):
        self.assert_error(INVALID, self.data.Read, self.request(**fields),
                          reason=reason, field=field)


class KeysTest(ReadsTestCase):

    def test_several_keys_come_by_token_and_each_once(self):
        scanned = self.paged_rows(self.request())
        for reverse in (False, True):
            rows = self.paged_rows(self.request(reverse=reverse))
            self.assert_pages_add_up(
                [row for row in rows if row["series"] in "ac"],
                partition_keys=self.keys("c", "none", "a", "c"),
                reverse=reverse)
        self.assert_pages_add_up(
            [row for row in scanned
             if row["series"] in "abc" and row.get("ts") in (2, 3)],
            partition_keys=self.keys("a", "b", "c"),
            slices=[self.slice(2, 4)])
        self.assert_pages_add_up(
            [row for row in scanned
             if row["series"] in "ad" and row.get("ts") in (0, 1)][:3],
            partition_keys=self.keys("d", "a"), per_wide_row_limit=2, limit=3)

    def test_a_thousand_keys_are_the_most(self):
        keys = self.d.KeyList(keys=[self.text_key(f"s{number}")
                                    for number in range(1000)])
        self.assertEqual(
            list(self.data.Read(self.request(partition_keys=keys)).rows), [])
        keys.keys.append(self.text_key("a"))
        self.refused("OVER_LIMIT", "partition_keys.keys", partition_keys=keys)
        self.refused("OVER_LIMIT", "partition_keys.keys",
                     partition_keys=self.d.KeyList())
        self.refused("WRONG_TYPE", "partition_keys.keys[0].values[0]",
                     partition_keys=self.d.KeyList(keys=[self.time_key(1)]))


class SlicesTest(ReadsTestCase):
    """Rows (day, kind) of two clustering columns, in one wide row."""

    def setUp(self):
        super().setUp()
        self.table = self.create_table(
            "days", clustering=("ts timestamp", "kind text"))
        for series in "ab":
            self.data.Write(self.d.WriteRequest(
                table=self.table, partition_key=self.text_key(series),
                changes=[self.d.Change(upsert=self.d.Upsert(
                    clustering=self.key(day, kind), columns=["value"],
                    values=[self.value(float(day))]))
                    for day in range(4) for kind in "xyz"]))
        self.write(self.table, "a", self.upsert(unit="ms"))

    def key(self, day, *kind):
        return self.t.Key(values=[self.t.Value(timestamp_value=day),
                                  *[self.value(text) for text in kind]])

    def bound(self, after, *key):
        return self.t.Bound(values=self.key(*key).values, after=after)

    def expect(self, wanted, **fields):
        """The rows of `a` whose (day, kind) is wanted, both ways."""
        for reverse in (False, True):
            rows = [row for row in self.paged_rows(self.request(
                partition_key=self.text_key("a"), reverse=reverse))
                if f"{row['ts']}{row['kind']}" in wanted.split()]
            self.assertEqual(len(rows), len(wanted.split()))
            self.assert_pages_add_up(rows, reverse=reverse,
                                     partition_key=self.text_key("a"),
                                     **fields)

    def test_bounds_on_prefixes_include_or_exclude(self):
        def between(start, end):
            return [self.t.Slice(start=start, end=end)]
        self.expect("1x 1y 1z", slices=between(
            self.bound(False, 1), self.bound(False, 2)))
        self.expect("1x 1y 1z 2x 2y 2z", slices=between(
            self.bound(False, 1), self.bound(True, 2)))
        self.expect("2x 2y 2z", slices=between(
            self.bound(True, 1), self.bound(True, 2)))
        self.expect("1y 1z 2x", slices=between(
            self.bound(False, 1, "y"), self.bound(True, 2, "x")))
        self.expect("1z 2x 2y", slices=between(
            self.bound(True, 1, "y"), self.bound(False, 2, "z")))

    def test_many_slices_in_one_read(self):
        self.expect("0x 1x 1y 1z 2z 3y 3z", slices=[
            self.t.Slice(start=self.bound(True, 3, "x")),
            self.t.Slice(prefix=self.key(1)),
            self.t.Slice(prefix=self.key(0, "x")),
            self.t.Slice(start=self.bound(False, 2, "z"),
                         end=self.bound(False, 3))])

    def test_limits_and_token_ranges(self):
        whole = self.t.TokenRange(first=-2**63, last=2**63 - 1)
        rows = self.paged_rows(self.request(reverse=True))
        self.assert_pages_add_up(
            [row for row in rows if row["ts"] == 3],
            reverse=True, per_wide_row_limit=3, token_range=whole)
        self.assert_pages_add_up(
            [row for row in rows if row["ts"] == 3][:5],
            reverse=True, per_wide_row_limit=3, limit=5, token_range=whole)


class DistinctTest(ReadsTestCase):

    def test_one_row_for_each_wide_row(self):
        units = {"a": None, "b": "ms", "c": "ms", "d": None, "lone": "ms"}
        order = list(dict.fromkeys(
            row["series"] for row in self.paged_rows(self.request())))
        expected = [{"series": series} if units[series] is None else
                    {"series": series, "unit": units[series]}
                    for series in order]
        self.assertEqual(len(expected), 5)
        self.assert_pages_add_up(expected, distinct=True)
        self.assert_pages_add_up(expected[:2], distinct=True, limit=2)
        self.assert_pages_add_up(
            [{"series": series} for series in order], distinct=True,
            columns=["series"])
        page = self.data.Read(self.request(distinct=True))
        self.assertEqual([column.name for column in page.columns],
                         ["series", "unit"])

    def test_little_is_read(self):
        page = self.data.Read(self.request(distinct=True, explain=True))
        self.assertLessEqual(page.stats.rows_scanned, 4)

    def test_what_it_does_not_take(self):
        self.refused("BAD_DISTINCT", "slices", distinct=True,
                     slices=[self.slice(1, 2)])
        self.refused("BAD_DISTINCT", "per_wide_row_limit", distinct=True,
                     per_wide_row_limit=1)
        self.refused("BAD_DISTINCT", "columns[0]", distinct=True,
                     columns=["value"])


class CellInfoTest(ReadsTestCase):

    def test_write_time_and_time_left(self):
        self.write(self.table, "e", self.upsert(1, value=1.0, ttl_s=1000),
                   timestamp_us=17)
        self.write(self.table, "e", self.upsert(1, note="n"), timestamp_us=18)
        request = self.request(partition_key=self.text_key("e"),
                               cell_info=True)
        for _ in range(2):
            page = self.data.Read(request)
            names = [column.name for column in page.columns]
            cells = dict(zip(names, page.rows[0].cells))
            self.assertEqual(len(page.rows[0].cells), len(names))
            self.assertEqual(cells["value"].timestamp_us, 17)
            self.assertLessEqual(cells["value"].ttl_s, 1000)
            self.assertGreater(cells["value"].ttl_s, 900)
            self.assertEqual(cells["note"].timestamp_us, 18)
            self.assertFalse(cells["note"].HasField("ttl_s"))
            self.assertEqual(cells["series"].timestamp_us, 0)
            self.assertEqual(cells["unit"].timestamp_us, 0)
            self.admin.Flush(self.a.FlushRequest(table=self.table))

    def test_nothing_is_told_unasked(self):
        page = self.data.Read(self.request(limit=1))
        self.assertEqual(list(page.rows[0].cells), [])


class PredicatesTest(ReadsTestCase):

    def where(self, column, op, value=None):
        return self.d.Predicate(
            column=column, op=f"OPERATOR_{op}",
            value=None if value is None else self.value(value))

    def expect(self, keeps, *predicates, **fields):
        """All rows that `keeps` says yes to, of each wide row that has any."""
        rows = self.paged_rows(self.request(**fields))
        expected = [row for row in rows if keeps(row)]
        self.assert_pages_add_up(expected, predicates=predicates, **fields)
        return expected

    def millis(self, value):
        return self.t.Value(timestamp_value=value)

    def test_every_role_of_column(self):
        found = self.expect(lambda row: row.get("value", -1) > 6,
                            self.where("value", "GREATER", 6.0))
        self.assertEqual(len(found), 12)
        found = self.expect(lambda row: row["series"] == "b",
                            self.where("series", "EQUAL", "b"))
        self.assertEqual(len(found), 10)
        found = self.expect(lambda row: row.get("ts") in (2, 3),
                            self.where("ts", "GREATER_OR_EQUAL",
                                       self.millis(2)),
                            self.where("ts", "LESS", self.millis(4)))
        self.assertEqual(len(found), 8)
        found = self.expect(lambda row: row.get("unit") == "ms",
                            self.where("unit", "EQUAL", "ms"))
        self.assertEqual(len(found), 21)
        found = self.expect(lambda row: "unit" not in row,
                            self.where("unit", "IS_NULL"))
        self.assertEqual(len(found), 20)

    def test_static_row_alone_has_null_columns(self):
        # b and c have rows, so their static rows don't stand alone.
        found = self.expect(lambda row: row["series"] == "lone",
                            self.where("value", "IS_NULL"))
        self.assertEqual(len(found), 1)

    def test_null_operand_and_in_list(self):
        listed = self.t.Value(list_value=self.t.ValueList(values=[
            self.value(1.0), self.value(8.0)]))
        found = self.expect(lambda row: row.get("value") in (1.0, 8.0),
                            self.where("value", "IN", listed))
        self.assertEqual(len(found), 8)

    def test_with_slices_keys_reverse_and_columns_not_asked_for(self):
        for reverse in (False, True):
            rows = [row for row in self.paged_rows(self.request(
                reverse=reverse)) if row["series"] in "ab"
                and row.get("ts") in range(3, 9) and row["value"] != 5.0]
            self.assert_pages_add_up(
                [{key: row[key] for key in ("series", "ts", "note")}
                 for row in rows], reverse=reverse, columns=["note"],
                partition_keys=self.keys("a", "b"),
                slices=[self.slice(3, 9)],
                predicates=[self.where("value", "NOT_EQUAL", 5.0)])

    def test_limits_count_what_passes(self):
        found = self.expect(lambda row: row.get("value", 0) > 4,
                            self.where("value", "GREATER", 4.0))
        self.assert_pages_add_up(
            found[:3], predicates=[self.where("value", "GREATER", 4.0)],
            limit=3)
        self.assert_pages_add_up(
            [row for row in found if row["value"] in (5.0, 6.0)],
            predicates=[self.where("value", "GREATER", 4.0)],
            per_wide_row_limit=2)

    def test_with_distinct_and_aggregates(self):
        unit = self.where("unit", "IS_NOT_NULL")
        self.assertEqual(
            sorted(row["series"] for row in self.paged_rows(self.request(
                distinct=True, predicates=[unit]))), ["b", "c", "lone"])
        page = self.data.Read(self.request(
            predicates=[self.where("value", "LESS", 5.0)],
            aggregates=[self.d.Aggregate(
                function="AGGREGATE_FUNCTION_SUM", column="value")]))
        self.assertEqual(page.rows[0].values[0].double_value, 40.0)
        self.refused("BAD_DISTINCT", "predicates[1].column", distinct=True,
                     predicates=[unit, self.where("value", "IS_NULL")])

    def test_page_that_finds_nothing_says_how_far_it_came(self):
        many = [self.upsert(number, value=0.0) for number in range(50_000)]
        for series in "xyz":
            self.write(self.table, series, *many)
        request = self.request(predicates=[self.where("value", "EQUAL", 99.0)])
        pages = list(self.all_pages(request))
        self.assertGreater(len(pages), 1)
        for page in pages[:-1]:
            self.assertEqual(page.end_reason, self.d.END_REASON_TIME)
        self.assertEqual(sum(len(page.rows) for page in pages), 0)
        self.assertEqual(
            sum(len(page.rows) for page in self.data.ReadStream(request)), 0)

    def test_what_can_not_be_asked(self):
        ask = self.where("value", "EQUAL", 1.0)
        self.refused("OVER_LIMIT", "predicates", predicates=[ask] * 101)
        self.refused("UNKNOWN_COLUMN", "predicates[1].column",
                     predicates=[ask, self.where("volume", "EQUAL", 1.0)])
        self.refused("WRONG_TYPE", "predicates[0].value",
                     predicates=[self.where("value", "EQUAL", "high")])
        self.refused("BAD_OPERATOR", "predicates[0].op",
                     predicates=[self.d.Predicate(column="value",
                                                  value=self.value(1.0))])
        self.refused("BAD_OPERATOR", "predicates[0].op",
                     predicates=[self.where("value", "CONTAINS", 1.0)])


class AggregatesTest(ReadsTestCase):

    def wanted(self, *texts):
        found = []
        for text in texts:
            function, _, column = text.partition(" ")
            found.append(self.d.Aggregate(
                function=f"AGGREGATE_FUNCTION_{function.upper()}",
                column=column))
        return found

    def results(self, *texts, **fields):
        """The values of the one row, which pages of any size come to."""
        found = []
        for page_rows in (0, 1, 2, 3):
            pages = list(self.all_pages(self.request(
                aggregates=self.wanted(*texts), page_rows=page_rows,
                **fields)))
            self.assertEqual([len(page.rows) for page in pages[:-1]],
                             [0] * (len(pages) - 1))
            for page in pages[:-1]:
                self.assertEqual(page.end_reason, self.d.END_REASON_TIME)
            self.assertEqual(len(pages[-1].rows), 1)
            found.append([getattr(value, value.WhichOneof("kind"))
                          for value in pages[-1].rows[0].values])
        for values in found[1:]:
            self.assertEqual(values, found[0])
        return found[0]

    def test_every_function(self):
        self.assertEqual(
            self.results("count", "count value", "count unit", "min value",
                         "max value", "sum value", "avg value", "max series",
                         "min ts"),
            [41, 40, 21, 0.0, 9.0, 180.0, 4.5, "lone", 0])

    def test_of_nothing(self):
        self.assertEqual(
            self.results("count", "min value", "sum value", "avg value",
                         partition_key=self.text_key("none")),
            [0, self.t.NULL_VALUE, 0.0, self.t.NULL_VALUE])

    def test_with_keys_slices_and_limits(self):
        self.assertEqual(self.results(
            "count", "sum value", partition_keys=self.keys("a", "d"),
            slices=[self.slice(2, 5)]), [6, 18.0])
        self.assertEqual(self.results(
            "sum value", partition_key=self.text_key("a"), reverse=True,
            limit=3), [24.0])
        self.assertEqual(self.results("count", distinct=True), [5])

    def test_names_and_types(self):
        page = self.data.Read(self.request(
            aggregates=self.wanted("count", "sum value")))
        self.assertEqual([column.name for column in page.columns],
                         ["count(*)", "sum(value)"])
        self.assertEqual(page.end_reason, self.d.END_REASON_EXHAUSTED)

    def test_a_stream_comes_to_its_row_by_itself(self):
        pages = list(self.data.ReadStream(self.request(
            aggregates=self.wanted("count"), page_rows=10)))
        self.assertGreater(len(pages), 3)
        self.assertEqual(pages[-1].rows[0].values[0].int_value, 41)

    def test_what_they_do_not_take(self):
        one = self.wanted("count")
        self.refused("BAD_AGGREGATE", "columns", aggregates=one,
                     columns=["value"])
        self.refused("BAD_AGGREGATE", "cell_info", aggregates=one,
                     cell_info=True)
        self.refused("BAD_AGGREGATE", "aggregates[1].column",
                     aggregates=self.wanted("count", "sum note"))
        self.refused("BAD_AGGREGATE", "aggregates[0].function",
                     aggregates=[self.d.Aggregate(column="value")])
        self.refused("OVER_LIMIT", "aggregates", aggregates=one * 101)


class PagesBetweenTest(ReadsTestCase):
    """What happens between the pages of every kind of read."""

    def kinds(self):
        loud = self.d.Predicate(column="value", op="OPERATOR_GREATER",
                                value=self.value(2.0))
        total = self.d.Aggregate(function="AGGREGATE_FUNCTION_SUM",
                                 column="value")
        for reverse in (False, True):
            yield dict(reverse=reverse)
            yield dict(reverse=reverse, partition_key=self.text_key("a"))
            yield dict(reverse=reverse, partition_keys=self.keys("d", "b"),
                       per_wide_row_limit=5)
            yield dict(reverse=reverse, slices=[self.slice(1, 3),
                                                self.slice(7, 9)], limit=7)
            yield dict(reverse=reverse, distinct=True)
            yield dict(reverse=reverse, predicates=[loud], columns=["note"])
            yield dict(reverse=reverse, aggregates=[total], page_rows=5)

    def test_restarts_change_nothing(self):
        kinds = [(self.request(**{"page_rows": 2, **fields}),
                  self.paged_rows(self.request(**fields)))
                 for fields in self.kinds()]
        firsts = [self.data.Read(request) for request, _ in kinds]
        self.node.kill()
        type(self).node = Node(self.node.data_dir)
        self.addClassCleanup(self.node.release)
        self.connect()
        for first, (request, expected) in zip(firsts, kinds):
            self.assertTrue(first.next_page_token)
            request.page_token = first.next_page_token
            self.assertEqual(self.rows(first) + self.paged_rows(request),
                             expected)

    def test_rows_behind_the_place_are_read_as_of_now(self):
        for reverse in (False, True):
            series = f"r{reverse}"
            self.write(self.table, series, *[
                self.upsert(number, value=float(number))
                for number in range(6)])
            request = self.request(partition_key=self.text_key(series),
                                   page_rows=2, reverse=reverse)
            first = self.data.Read(request)
            order = sorted(range(6), reverse=reverse)
            self.assertEqual(self.times(first), order[:2])
            # The row of the token and one behind it go, one comes behind, one
            # comes before it.
            gone = [self.d.Change(delete_row=self.d.DeleteRow(
                clustering=self.time_key(number)))
                for number in (order[1], order[3])]
            self.write(self.table, series, *gone)
            behind, before = (-1, 10) if reverse else (10, -1)
            self.write(self.table, series, self.upsert(behind, value=0.0),
                       self.upsert(before, value=0.0))
            request.page_token = first.next_page_token
            self.assertEqual(
                [row["ts"] for row in self.paged_rows(request)],
                [order[2], order[4], order[5], behind])


class TombstonesTest(ReadsTestCase):

    MANY = 1_000_000
    BATCH = 50_000

    def fill(self):
        """A million deleted rows in front of one that lives."""
        write = self.d.WriteRequest(
            table=self.table, partition_key=self.text_key("t"),
            changes=[self.d.Change(delete_row=self.d.DeleteRow(
                clustering=self.time_key(number)))
                for number in range(self.BATCH)])
        keys = [change.delete_row.clustering.values[0]
                for change in write.changes]
        for first in range(0, self.MANY, self.BATCH):
            for number, key in enumerate(keys):
                key.timestamp_value = first + number
            self.data.Write(write)
        self.write(self.table, "t", self.upsert(self.MANY, value=1.0))

    def test_a_million_are_passed_in_pages_that_say_so(self):
        self.fill()
        request = self.request(partition_key=self.text_key("t"))
        pages = list(self.all_pages(request))
        self.assertGreater(len(pages), 90)
        for page in pages[:-1]:
            self.assertEqual(page.end_reason, self.d.END_REASON_TOMBSTONES)
            self.assertEqual(len(page.rows), 0)
        self.assertEqual(self.times(pages[-1]), [self.MANY])
        rows = [row for page in self.data.ReadStream(request)
                for row in self.rows(page)]
        self.assertEqual([row["ts"] for row in rows], [self.MANY])


if __name__ == "__main__":
    unittest.main()
