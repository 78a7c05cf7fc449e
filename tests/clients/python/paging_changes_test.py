#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A read that goes on page by page while its table is altered, and its node
killed and started again, between the pages."""

import os
import unittest

import grpc

from api_test_case import ApiTestCase
from rowan_process import Node

ROWS = 14


class PagingChangesTest(ApiTestCase):

    def setUp(self):
        super().setUp()
        self.schema.CreateType(self.s.CreateTypeRequest(type=self.s.UserType(
            keyspace=self.keyspace, name="place",
            fields=[self.s.UserType.Field(name="city", cql_type="text")])))
        regular = {"value": "double", "note": "text", "home": "place",
                   "work": "frozen<place>"}
        table = self.s.Table(keyspace=self.keyspace, name="points", columns=[
            *self.columns("PARTITION_KEY", "series text"),
            *self.columns("CLUSTERING", "ts timestamp"),
            *[self.s.Column(name=name, cql_type=cql,
                            role=self.s.COLUMN_ROLE_REGULAR)
              for name, cql in regular.items()]])
        self.schema.CreateTable(self.s.CreateTableRequest(table=table))
        # Half of the old values in a file, half in the log.
        for number in range(ROWS):
            self.write(self.ref(), "a", self.upsert(
                number, value=1.0 * number, note="old",
                home=self.place(city="old"), work=self.place(city="old")))
            if number == ROWS // 2:
                self.admin.Flush(self.a.FlushRequest(table=self.ref()))

    def place(self, **fields):
        return self.t.Value(udt_value=self.t.UserValue(
            fields=list(fields),
            values=[self.value(text) for text in fields.values()]))

    def restart(self):
        self.node.kill()
        case = type(self)
        case.node = Node(os.path.join(case.folder, "data"))
        case.addClassCleanup(case.node.release)
        case.connect()

    def alter(self, **fields):
        self.schema.AlterTable(self.s.AlterTableRequest(
            keyspace=self.keyspace, name="points", **fields))

    def grow(self):
        self.schema.AlterType(self.s.AlterTypeRequest(
            keyspace=self.keyspace, name="place",
            add_fields=[self.s.UserType.Field(name="zip", cql_type="text")]))

    # What a row holds, by what was done to its table before its page.
    def changes(self):
        note = self.columns("REGULAR", "note text")
        rename = self.s.AlterTableRequest.Rename(
            **{"from": "value", "to": "celsius"})
        return [
            lambda: self.alter(
                add_columns=self.columns("REGULAR", "level int")),
            lambda: self.alter(rename_columns=[rename]),
            lambda: self.alter(drop_columns=["note"]),
            lambda: self.alter(add_columns=note),
            self.grow,
            lambda: self.write(self.ref(), "a", *[
                self.upsert(number, note="new", level=self.t.Value(int_value=7),
                            home=self.place(city="new", zip="z"))
                for number in range(ROWS)]),
        ]

    def expected(self, number, done):
        row = {"series": "a", "ts": number,
               "value" if done < 2 else "celsius": 1.0 * number,
               "home": ["old"], "work": ["old"]}
        if done < 3:
            row["note"] = "old"
        if done >= 5:
            row["home"] = ["old", None]
            row["work"] = ["old", None]
        if done >= 6:
            row.update(note="new", level=7, home=["new", "z"])
        return row

    def plain(self, page):
        rows = self.rows(page)
        for row in rows:
            for name in ("home", "work"):
                row[name] = [field.string_value or None
                             for field in row[name].values]
        return rows

    def read_through(self, size, restart, **asked):
        """The rows of all pages, with one change between any two."""
        changes, done, token, number = self.changes(), 0, b"", 0
        while True:
            page = self.data.Read(self.d.ReadRequest(
                table=self.ref(), page_rows=size, page_token=token, **asked))
            rows = self.plain(page)
            self.assertLessEqual(len(rows), size)
            self.assertEqual(rows, [
                self.expected(number + i, done) for i in range(len(rows))])
            number += len(rows)
            token = page.next_page_token
            if not token:
                break
            if done < len(changes):
                changes[done]()
                done += 1
            if restart:
                self.restart()
        self.assertEqual(number, ROWS)
        return done

    def test_rows_of_each_page_are_as_the_table_is_then(self):
        key = dict(partition_key=self.text_key("a"))
        for size in (1, 2, 3):
            for restart, asked in ((False, {}), (False, key), (True, key)):
                with self.subTest(size=size, restart=restart, asked=asked):
                    self.setUp()
                    done = self.read_through(size, restart, **asked)
                    self.assertEqual(done, min(6, (ROWS - 1) // size))

    def test_token_of_named_columns_follows_them(self):
        """It is the column that is asked for, whatever it is called."""
        for restart in (False, True):
            with self.subTest(restart=restart):
                self.setUp()
                asked = dict(page_rows=1, columns=["value"])
                page = self.read(self.ref(), "a", **asked)
                changes = self.changes()
                changes[1]()
                if restart:
                    self.restart()
                asked["page_token"] = page.next_page_token
                self.assert_error(grpc.StatusCode.INVALID_ARGUMENT, self.read,
                                  self.ref(), "a", **asked,
                                  reason="UNKNOWN_COLUMN")
                asked["columns"] = ["celsius"]
                page = self.read(self.ref(), "a", **asked)
                self.assertEqual(self.rows(page), [
                    {"series": "a", "ts": 1, "celsius": 1.0}])

    def test_column_of_an_old_name_is_another_one(self):
        """Neither its values nor its tokens come back."""
        asked = dict(page_rows=1, columns=["note"])
        page = self.read(self.ref(), "a", **asked)
        self.assertEqual(self.rows(page)[0]["note"], "old")
        changes = self.changes()
        changes[2]()
        changes[3]()
        self.restart()
        asked["page_token"] = page.next_page_token
        self.assert_error(grpc.StatusCode.INVALID_ARGUMENT, self.read,
                          self.ref(), "a", **asked, reason="BAD_PAGE_TOKEN")
        del asked["page_token"]
        self.assertNotIn("note", self.rows(self.read(self.ref(), "a",
                                                     **asked))[0])

    def predicate(self, column, op, value):
        return self.d.Predicate(column=column,
                                op=self.d.Operator.Value(f"OPERATOR_{op}"),
                                value=self.value(value))

    def aggregate(self, function, column):
        return self.d.Aggregate(
            function=self.d.AggregateFunction.Value(
                f"AGGREGATE_FUNCTION_{function}"), column=column)

    def test_tokens_of_filters_and_totals_follow_renamed_columns(self):
        def asked(column):
            return (dict(page_rows=2, predicates=[
                        self.predicate(column, "GREATER", 2.0)]),
                    dict(page_rows=2, aggregates=[
                        self.aggregate("MIN", column)]))
        pages = [self.read(self.ref(), "a", **each) for each in asked("value")]
        self.assertEqual([row["ts"] for row in self.rows(pages[0])], [3, 4])
        self.changes()[1]()
        for page, old in zip(pages, asked("value")):
            self.assert_error(grpc.StatusCode.INVALID_ARGUMENT, self.read,
                              self.ref(), "a", **old,
                              page_token=page.next_page_token,
                              reason="UNKNOWN_COLUMN")
        filtered, total = [
            self.read(self.ref(), "a", page_token=page.next_page_token, **new)
            for page, new in zip(pages, asked("celsius"))]
        self.assertEqual([row["ts"] for row in self.rows(filtered)], [5, 6])
        while total.next_page_token:
            total = self.read(self.ref(), "a", **dict(
                asked("celsius")[1], page_token=total.next_page_token))
        self.assertEqual(total.rows[0].values[0].double_value, 0.0)

    def test_filter_on_an_old_name_is_another_one(self):
        """The rest of a read is not filtered by the new column."""
        for asked in (
                dict(predicates=[self.predicate("note", "EQUAL", "old")]),
                dict(aggregates=[self.aggregate("COUNT", "note")])):
            with self.subTest(asked=list(asked)):
                self.setUp()
                asked["page_rows"] = 2
                page = self.read(self.ref(), "a", **asked)
                changes = self.changes()
                changes[2]()
                changes[3]()
                self.assert_error(grpc.StatusCode.INVALID_ARGUMENT, self.read,
                                  self.ref(), "a", **asked,
                                  page_token=page.next_page_token,
                                  reason="BAD_PAGE_TOKEN")


if __name__ == "__main__":
    unittest.main()
