#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keyspaces and tables over gRPC."""

import unittest

import grpc

from api_test_case import ApiTestCase

ALL_TYPES = ("ascii", "text", "blob", "boolean", "tinyint", "smallint", "int",
             "bigint", "varint", "float", "double", "decimal", "date", "time",
             "timestamp", "duration", "uuid", "timeuuid", "inet")


class SchemaTest(ApiTestCase):

    def get(self, name="points"):
        return self.schema.GetTable(self.s.GetTableRequest(
            keyspace=self.keyspace, name=name))

    def test_table_comes_back_as_created_with_ids_and_options(self):
        self.create_table(clustering=("ts timestamp desc", "n int"))
        table = self.get()
        self.assertEqual([column.name for column in table.columns],
                         ["series", "ts", "n", "unit", "value", "note"])
        self.assertTrue(table.columns[1].descending)
        self.assertFalse(table.columns[2].descending)
        ids = [column.id for column in table.columns]
        self.assertEqual(len(set(ids)), len(ids))
        self.assertGreater(min(ids), 0)
        self.assertGreater(table.handle, 0)
        self.assertGreater(table.schema_version, 0)
        self.assertEqual(table.options.partitions, 16)
        self.assertEqual(table.options.tombstone_grace_s, 864000)

    def test_every_scalar_type_can_be_a_column(self):
        self.create_table(regular=[f"c_{kind} {kind}" for kind in ALL_TYPES])
        self.assertEqual(len(self.get().columns), 3 + len(ALL_TYPES))

    def test_options_are_kept(self):
        table = self.s.Table(
            keyspace=self.keyspace, name="tuned",
            columns=self.columns("PARTITION_KEY", "k int"),
            options=self.s.TableOptions(
                partitions=64, compaction_scaling=-4,
                compression=self.s.COMPRESSION_ZSTD, default_ttl_s=60,
                tombstone_grace_s=0))
        self.schema.CreateTable(self.s.CreateTableRequest(table=table))
        options = self.get("tuned").options
        self.assertEqual(options, table.options)

    def test_tables_are_listed_by_page(self):
        for number in range(5):
            self.create_table(f"t{number}")
        names, token = [], ""
        while True:
            page = self.schema.ListTables(self.s.ListTablesRequest(
                keyspace=self.keyspace, page_size=2, page_token=token))
            self.assertLessEqual(len(page.tables), 2)
            names += [table.name for table in page.tables]
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(names, [f"t{number}" for number in range(5)])

    def test_creating_what_exists(self):
        self.create_table()
        keyspace = self.s.CreateKeyspaceRequest(name=self.keyspace)
        self.assert_error(grpc.StatusCode.ALREADY_EXISTS,
                          self.schema.CreateKeyspace, keyspace)
        keyspace.if_not_exists = True
        self.assertFalse(self.schema.CreateKeyspace(keyspace).created)
        table = self.s.CreateTableRequest(table=self.s.Table(
            keyspace=self.keyspace, name="points",
            columns=self.columns("PARTITION_KEY", "k int")))
        self.assert_error(grpc.StatusCode.ALREADY_EXISTS,
                          self.schema.CreateTable, table)
        table.if_not_exists = True
        self.assertFalse(self.schema.CreateTable(table).created)

    def test_dropping_what_is_not_there(self):
        keyspace = self.s.DropKeyspaceRequest(name="nowhere")
        self.assert_error(grpc.StatusCode.NOT_FOUND,
                          self.schema.DropKeyspace, keyspace)
        keyspace.if_exists = True
        self.assertFalse(self.schema.DropKeyspace(keyspace).dropped)
        table = self.s.DropTableRequest(keyspace=self.keyspace, name="none")
        self.assert_error(grpc.StatusCode.NOT_FOUND, self.schema.DropTable,
                          table)
        table.if_exists = True
        self.assertFalse(self.schema.DropTable(table).dropped)

    def test_keyspace_with_tables_is_not_dropped(self):
        self.create_table()
        drop = self.s.DropKeyspaceRequest(name=self.keyspace)
        self.assert_error(grpc.StatusCode.FAILED_PRECONDITION,
                          self.schema.DropKeyspace, drop)
        self.schema.DropTable(self.s.DropTableRequest(
            keyspace=self.keyspace, name="points"))
        self.assertTrue(self.schema.DropKeyspace(drop).dropped)

    def test_table_made_anew_has_none_of_the_old_data(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0))
        handle = self.get().handle
        self.schema.DropTable(self.s.DropTableRequest(
            keyspace=self.keyspace, name="points"))
        self.create_table()
        self.assertNotEqual(self.get().handle, handle)
        self.assertEqual(self.rows(self.read(table, "a")), [])

    def test_bad_tables_are_refused(self):
        def create(**fields):
            return self.s.CreateTableRequest(table=self.s.Table(
                keyspace=self.keyspace, **{"name": "bad", **fields}))
        key = self.columns("PARTITION_KEY", "k int")
        for request in (
                create(columns=self.columns("REGULAR", "v int")),
                create(columns=key + self.columns("STATIC", "v int")),
                create(columns=key + key),
                create(columns=self.columns("PARTITION_KEY", "d duration")),
                create(columns=self.columns("PARTITION_KEY", "Upper int")),
                create(columns=key, name="no-name"),
                create(columns=key, options=self.s.TableOptions(partitions=3)),
                create(columns=key, options=self.s.TableOptions(
                    compaction_scaling=33)),
                create(columns=key, options=self.s.TableOptions(
                    default_ttl_s=-1)),
        ):
            with self.subTest(request=str(request)):
                self.assert_error(grpc.StatusCode.INVALID_ARGUMENT,
                                  self.schema.CreateTable, request)


if __name__ == "__main__":
    unittest.main()
