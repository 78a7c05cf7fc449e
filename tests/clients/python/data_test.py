#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes, reads with paging, and every kind of deletion over gRPC."""

import unittest

import grpc

from api_test_case import ApiTestCase


class WriteTest(ApiTestCase):

    def test_row_comes_back_with_its_static_column(self):
        table = self.create_table()
        answer = self.write(table, "cpu",
                            self.upsert(1000, value=1.5, note="x"),
                            self.upsert(unit="%"))
        self.assertGreater(answer.timestamp_us, 0)
        self.assertEqual(self.rows(self.read(table, "cpu")), [
            {"series": "cpu", "ts": 1000, "unit": "%", "value": 1.5,
             "note": "x"}])

    def test_values_of_every_type_come_back(self):
        value = self.t.Value
        values = {
            "ascii": value(string_value="abc"),
            "text": value(string_value="h\u00e9"),
            "blob": value(bytes_value=b"\x00\xff"),
            "boolean": value(bool_value=True),
            "tinyint": value(int_value=-128),
            "smallint": value(int_value=32767),
            "int": value(int_value=-2**31),
            "bigint": value(int_value=2**63 - 1),
            "varint": value(varint_value=b"\x01" + b"\x00" * 16),
            "float": value(float_value=1.5),
            "double": value(double_value=0.1),
            "decimal": value(decimal_value=self.t.Decimal(
                scale=2, unscaled=b"\x04\xd2")),
            "date": value(date_value=-1),
            "time": value(time_value=86399999999999),
            "timestamp": value(timestamp_value=-1),
            "duration": value(duration_value=self.t.Duration(
                months=1, days=2, nanos=3)),
            "uuid": value(uuid_value=bytes(range(16))),
            "timeuuid": value(uuid_value=bytes.fromhex(
                "123e4567e89b12d3a456426614174000")),
            "inet": value(inet_value=b"\x7f\x00\x00\x01"),
        }
        table = self.create_table(
            clustering=(), statics=(),
            regular=[f"c_{kind} {kind}" for kind in values])
        self.write(table, "k", self.upsert(
            **{f"c_{kind}": item for kind, item in values.items()}))
        page = self.read(table, "k")
        self.assertEqual(list(page.rows[0].values)[1:], list(values.values()))

    def test_newer_timestamp_wins_whenever_it_comes(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=2.0), timestamp_us=2000)
        self.write(table, "a", self.upsert(1, value=1.0), timestamp_us=1000)
        self.assertEqual(self.rows(self.read(table, "a"))[0]["value"], 2.0)

    def test_absent_column_stays_and_null_deletes(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0, note="n"))
        self.write(table, "a", self.upsert(1, value=2.0))
        self.assertEqual(self.rows(self.read(table, "a"))[0]["note"], "n")
        self.write(table, "a", self.upsert(1, note=None))
        self.assertEqual(self.rows(self.read(table, "a")),
                         [{"series": "a", "ts": 1, "value": 2.0}])

    def test_row_without_marker_goes_with_its_last_cell(self):
        table = self.create_table()
        unmarked = self.upsert(1, value=1.0)
        unmarked.upsert.no_row_marker = True
        self.write(table, "a", unmarked, self.upsert(2, value=1.0))
        for millis in (1, 2):
            self.write(table, "a", self.d.Change(
                delete_cells=self.d.DeleteCells(
                    clustering=self.time_key(millis), columns=["value"])))
        self.assertEqual(self.times(self.read(table, "a")), [2])

    def test_batch_writes_many_wide_rows_and_lists_failures(self):
        table = self.create_table()
        writes = [self.d.WriteRequest(
            table=table, partition_key=self.text_key(f"s{number}"),
            changes=[self.upsert(number, value=float(number))])
            for number in range(100)]
        writes[7].changes[0].upsert.columns[0] = "nothing"
        answer = self.data.BatchWrite(self.d.BatchWriteRequest(
            writes=writes, mode=self.d.BATCH_MODE_UNORDERED))
        self.assertEqual([failure.index for failure in answer.failures], [7])
        self.assertEqual(answer.failures[0].error.code,
                         grpc.StatusCode.INVALID_ARGUMENT.value[0])
        self.assertTrue(answer.failures[0].error.message)
        self.assertEqual(self.times(self.read(table, "s99")), [99])
        self.assertEqual(self.times(self.read(table, "s7")), [])

    def test_many_rows_of_one_write_with_timestamps_of_their_own(self):
        table = self.create_table()
        self.write(table, "a", *[
            self.upsert(number % 10, value=float(number),
                        timestamp_us=1000 + number) for number in range(50)])
        rows = self.rows(self.read(table, "a"))
        self.assertEqual([row["value"] for row in rows],
                         [float(number) for number in range(40, 50)])

    def test_tables_and_columns_by_id(self):
        self.create_table()
        table = self.schema.GetTable(self.s.GetTableRequest(
            keyspace=self.keyspace, name="points"))
        ref = self.t.TableRef(handle=table.handle,
                              schema_version=table.schema_version)
        ids = {column.name: column.id for column in table.columns}
        self.write(ref, "a", self.d.Change(upsert=self.d.Upsert(
            clustering=self.time_key(1), column_ids=[ids["value"]],
            values=[self.value(1.0)])))
        page = self.read(ref, "a", column_ids=[ids["value"]])
        self.assertEqual(len(page.rows), 1)
        ref.schema_version += 1
        self.assert_error(grpc.StatusCode.FAILED_PRECONDITION, self.read, ref,
                          "a", reason="SCHEMA_CHANGED")


class ReadTest(ApiTestCase):

    ROWS = 500

    def fill(self, clustering=("ts timestamp",)):
        table = self.create_table(clustering=clustering)
        self.write(table, "a", self.upsert(unit="ms"), *[
            self.upsert(millis, value=float(millis))
            for millis in range(self.ROWS)])
        return table

    def pages(self, request):
        pages = [self.data.Read(request)]
        while pages[-1].next_page_token:
            request.page_token = pages[-1].next_page_token
            pages.append(self.data.Read(request))
        return pages

    def slice(self, start, end):
        return self.t.Slice(
            start=self.t.Bound(values=self.time_key(start).values),
            end=self.t.Bound(values=self.time_key(end).values))

    def request(self, table, **fields):
        return self.d.ReadRequest(table=table,
                                  partition_key=self.text_key("a"), **fields)

    def test_pages_hold_every_row_once_in_both_directions(self):
        table = self.fill()
        for reverse in (False, True):
            pages = self.pages(self.request(table, page_rows=7,
                                            reverse=reverse))
            self.assertEqual(len(pages), (self.ROWS + 6) // 7)
            times = [ts for page in pages for ts in self.times(page)]
            self.assertEqual(times, sorted(range(self.ROWS), reverse=reverse))
            self.assertEqual(pages[0].end_reason, self.d.END_REASON_ROWS)
            self.assertEqual(pages[-1].end_reason,
                             self.d.END_REASON_EXHAUSTED)

    def test_pages_by_bytes(self):
        table = self.fill()
        pages = self.pages(self.request(table, page_bytes=2000))
        self.assertGreater(len(pages), 3)
        self.assertEqual(pages[0].end_reason, self.d.END_REASON_BYTES)
        self.assertEqual(sum(len(page.rows) for page in pages), self.ROWS)

    def test_slices_include_their_start_only(self):
        table = self.fill()
        page = self.data.Read(self.request(
            table, slices=[self.slice(10, 13), self.slice(100, 102)]))
        self.assertEqual(self.times(page), [10, 11, 12, 100, 101])
        page = self.data.Read(self.request(
            table, reverse=True,
            slices=[self.slice(10, 13), self.slice(100, 102)]))
        self.assertEqual(self.times(page), [101, 100, 12, 11, 10])

    def test_prefix_slice_is_one_row_here(self):
        table = self.fill()
        page = self.data.Read(self.request(
            table, slices=[self.t.Slice(prefix=self.time_key(42))]))
        self.assertEqual(self.times(page), [42])

    def test_descending_tables_slice_in_their_order(self):
        table = self.fill(("ts timestamp desc",))
        page = self.data.Read(self.request(table,
                                           slices=[self.slice(13, 10)]))
        self.assertEqual(self.times(page), [13, 12, 11])

    def test_limit_goes_over_all_pages(self):
        table = self.fill()
        pages = self.pages(self.request(table, limit=10, page_rows=4))
        self.assertEqual([len(page.rows) for page in pages], [4, 4, 2])

    def test_only_wanted_columns_and_keys_come_back(self):
        table = self.fill()
        page = self.data.Read(self.request(table, columns=["unit"], limit=1))
        self.assertEqual(self.rows(page),
                         [{"series": "a", "ts": 0, "unit": "ms"}])

    def test_stream_sends_the_same_rows(self):
        table = self.fill()
        pages = self.data.ReadStream(self.request(table, page_rows=50))
        times = [ts for page in pages for ts in self.times(page)]
        self.assertEqual(times, list(range(self.ROWS)))

    def test_batch_read_answers_each_by_itself(self):
        table = self.fill()
        answer = self.data.BatchRead(self.d.BatchReadRequest(reads=[
            self.request(table, limit=2),
            self.request(self.ref("nothing")),
            self.request(table, slices=[self.slice(5, 6)]),
        ]))
        kinds = [result.WhichOneof("result") for result in answer.results]
        self.assertEqual(kinds, ["page", "error", "page"])
        self.assertEqual(answer.results[1].error.code,
                         grpc.StatusCode.NOT_FOUND.value[0])
        self.assertEqual(self.times(answer.results[2].page), [5])

    def test_explain_tells_what_was_touched(self):
        table = self.fill()
        self.admin.Flush(self.a.FlushRequest(table=table))
        self.write(table, "a", self.upsert(1, value=0.0))
        stats = self.data.Read(self.request(table, explain=True)).stats
        self.assertEqual(stats.sstables, 1)
        self.assertGreaterEqual(stats.memtables, 1)
        self.assertGreater(stats.blocks, 0)
        self.assertGreater(stats.work_ns, 0)

    def test_token_ranges_together_are_the_table(self):
        table = self.create_table()
        self.data.BatchWrite(self.d.BatchWriteRequest(
            mode=self.d.BATCH_MODE_UNORDERED,
            writes=[self.d.WriteRequest(
                table=table, partition_key=self.text_key(f"s{number}"),
                changes=[self.upsert(1, value=1.0)])
                for number in range(300)]))
        splits = self.data.SplitRanges(self.d.SplitRangesRequest(
            table=table, ranges=7)).splits
        self.assertEqual(splits[0].range.first, -2**63)
        self.assertEqual(splits[-1].range.last, 2**63 - 1)
        series = []
        for before, after in zip(splits, splits[1:]):
            self.assertEqual(before.range.last + 1, after.range.first)
        for split in splits:
            for page in self.pages(self.d.ReadRequest(
                    table=table, token_range=split.range, page_rows=11)):
                series += [row["series"] for row in self.rows(page)]
        self.assertEqual(sorted(series),
                         sorted(f"s{number}" for number in range(300)))

    def test_reads_are_the_same_from_memory_and_from_files(self):
        table = self.fill()
        before = self.rows(self.data.Read(self.request(table)))
        self.admin.Flush(self.a.FlushRequest(table=table))
        self.assertEqual(self.rows(self.data.Read(self.request(table))),
                         before)
        self.admin.Compact(self.a.CompactRequest(table=table))
        self.assertEqual(self.rows(self.data.Read(self.request(table))),
                         before)


class DeletionTest(ApiTestCase):
    """Each kind, over data in memory and over data in files."""

    def setUp(self):
        super().setUp()
        self.table = self.create_table()

    def deleted(self, flush, **change):
        """The wide row's rows after one deletion of ten."""
        series = f"s{flush}"
        self.write(self.table, series, self.upsert(unit="ms"), *[
            self.upsert(millis, value=float(millis)) for millis in range(10)])
        if flush:
            self.admin.Flush(self.a.FlushRequest(table=self.table))
        self.write(self.table, series, self.d.Change(**change))
        rows = self.rows(self.read(self.table, series))
        if flush:
            self.admin.Flush(self.a.FlushRequest(table=self.table))
            self.admin.Compact(self.a.CompactRequest(table=self.table))
            self.assertEqual(self.rows(self.read(self.table, series)), rows)
        return rows

    def test_cell(self):
        for flush in (False, True):
            rows = self.deleted(flush, delete_cells=self.d.DeleteCells(
                clustering=self.time_key(3), columns=["value"]))
            self.assertEqual(len(rows), 10)
            self.assertEqual([row["ts"] for row in rows
                              if "value" not in row], [3])

    def test_static_cell(self):
        for flush in (False, True):
            rows = self.deleted(flush, delete_cells=self.d.DeleteCells(
                columns=["unit"]))
            self.assertEqual(len(rows), 10)
            self.assertFalse(any("unit" in row for row in rows))

    def test_row(self):
        for flush in (False, True):
            rows = self.deleted(flush, delete_row=self.d.DeleteRow(
                clustering=self.time_key(3)))
            self.assertEqual([row["ts"] for row in rows],
                             [0, 1, 2, 4, 5, 6, 7, 8, 9])

    def test_range(self):
        bound = self.t.Bound
        for flush in (False, True):
            rows = self.deleted(flush, delete_range=self.d.DeleteRange(
                slice=self.t.Slice(
                    start=bound(values=self.time_key(3).values),
                    end=bound(values=self.time_key(7).values))))
            self.assertEqual([row["ts"] for row in rows], [0, 1, 2, 7, 8, 9])

    def test_wide_row_with_its_static_row(self):
        for flush in (False, True):
            rows = self.deleted(flush,
                                delete_wide_row=self.d.DeleteWideRow())
            self.assertEqual(rows, [])

    def test_newer_write_outlives_an_older_deletion(self):
        self.write(self.table, "a", self.upsert(1, value=1.0),
                   timestamp_us=2000)
        self.write(self.table, "a",
                   self.d.Change(delete_wide_row=self.d.DeleteWideRow()),
                   timestamp_us=1000)
        self.assertEqual(self.times(self.read(self.table, "a")), [1])
        self.write(self.table, "a",
                   self.d.Change(delete_wide_row=self.d.DeleteWideRow()),
                   timestamp_us=2000)
        self.assertEqual(self.times(self.read(self.table, "a")), [])


if __name__ == "__main__":
    unittest.main()
