#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keyspaces and tables over gRPC."""

import concurrent.futures
import os
import threading
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

    def test_keyspaces_are_told_and_listed_by_page(self):
        self.create_table()
        self.assertEqual(self.schema.GetKeyspace(
            self.s.GetKeyspaceRequest(name=self.keyspace)).tables, 1)
        self.assert_error(grpc.StatusCode.NOT_FOUND, self.schema.GetKeyspace,
                          self.s.GetKeyspaceRequest(name="nowhere"),
                          reason="UNKNOWN_KEYSPACE")
        more = [f"{self.keyspace}_{number}" for number in range(3)]
        for name in more:
            self.schema.CreateKeyspace(self.s.CreateKeyspaceRequest(name=name))
        names, token = [], ""
        while True:
            page = self.schema.ListKeyspaces(self.s.ListKeyspacesRequest(
                page_size=2, page_token=token))
            self.assertLessEqual(len(page.keyspaces), 2)
            names += [keyspace.name for keyspace in page.keyspaces]
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(names, sorted(set(names)))
        self.assertLessEqual({self.keyspace, *more}, set(names))

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

    def test_a_set_of_options_with_none_in_it_is_no_change(self):
        self.create_table()
        self.assert_error(
            grpc.StatusCode.INVALID_ARGUMENT, self.schema.AlterTable,
            self.s.AlterTableRequest(keyspace=self.keyspace, name="points",
                                     options=self.s.TableOptions()),
            reason="EMPTY_CHANGE")
        self.schema.AlterTable(self.s.AlterTableRequest(
            keyspace=self.keyspace, name="points", options=self.get().options))
        self.assertEqual(self.get().schema_version, 1)

    def alter(self, version=0, add=(), drop=(), rename=(), **options):
        return self.schema.AlterTable(self.s.AlterTableRequest(
            keyspace=self.keyspace, name="points", schema_version=version,
            add_columns=self.columns("REGULAR", *add), drop_columns=drop,
            rename_columns=[self.s.AlterTableRequest.Rename(**{
                "from": old, "to": new}) for old, new in rename],
            options=self.s.TableOptions(**options) if options else None)).table

    def test_columns_are_added_renamed_and_dropped(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0, note="old"))
        altered = self.alter(add=["level int"], rename=[("value", "celsius")],
                             drop=["note"], default_ttl_s=0)
        self.assertEqual([column.name for column in altered.columns],
                         ["series", "ts", "unit", "celsius", "level"])
        self.assertEqual(altered, self.get())
        self.assertEqual(self.rows(self.read(table, "a")),
                         [{"series": "a", "ts": 1, "celsius": 1.0}])
        # Back again, of another type: the old value stays gone.
        self.alter(add=["note double"])
        self.assertEqual(self.rows(self.read(table, "a")),
                         [{"series": "a", "ts": 1, "celsius": 1.0}])
        self.write(table, "a", self.upsert(1, note=2.5))
        self.assertEqual(self.rows(self.read(table, "a"))[0]["note"], 2.5)

    def test_one_of_two_clients_wins_a_race(self):
        self.create_table()
        for version in range(1, 11):
            def change(name):
                try:
                    return self.alter(version=version, add=[f"{name} int"])
                except grpc.RpcError as error:
                    return error
            with concurrent.futures.ThreadPoolExecutor(2) as clients:
                results = list(clients.map(
                    change, [f"one_{version}", f"two_{version}"]))
            lost = [result for result in results
                    if isinstance(result, grpc.RpcError)]
            self.assertEqual(len(lost), 1)
            self.assertEqual(lost[0].code(),
                             grpc.StatusCode.FAILED_PRECONDITION)
            details = self.details(lost[0])
            self.assertEqual(details["reason"], "SCHEMA_CHANGED")
            self.assertEqual(details["metadata"]["schema_version"],
                             str(version + 1))
        self.assertEqual(self.get().schema_version, 11)
        self.assertEqual(len(self.get().columns), 5 + 10)

    def test_writes_go_on_while_a_table_is_altered(self):
        table = self.create_table()
        stop = threading.Event()
        written = []

        def write():
            while not stop.is_set():
                self.write(table, "a", self.upsert(len(written), value=1.0))
                written.append(1)
        writer = threading.Thread(target=write)
        writer.start()
        for number in range(20):
            self.alter(add=[f"c{number} int"])
            self.alter(drop=[f"c{number}"])
        stop.set()
        writer.join()
        self.assertTrue(written)
        self.assertEqual(len(self.rows(self.read(table, "a", page_rows=100000))),
                         len(written))

    def test_bad_alterations_are_refused(self):
        self.create_table()
        for fields in ({}, {"drop": ["ts"]}, {"drop": ["none"]},
                       {"rename": [("none", "x")]}, {"add": ["unit int"]},
                       {"partitions": 4}):
            with self.subTest(fields=str(fields)):
                self.assert_error(grpc.StatusCode.INVALID_ARGUMENT,
                                  self.alter, **fields)
        self.assertEqual(self.get().schema_version, 1)

    def test_truncated_table_is_empty_and_keeps_its_handle(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0))
        handle = self.get().handle
        truncate = self.s.TruncateTableRequest(keyspace=self.keyspace,
                                               name="points")
        self.schema.TruncateTable(truncate)
        self.assertEqual(self.get().handle, handle)
        self.assertEqual(self.rows(self.read(table, "a")), [])
        by_handle = self.t.TableRef(handle=handle)
        self.write(by_handle, "a", self.upsert(2, value=2.0))
        self.assertEqual(self.times(self.read(table, "a")), [2])
        truncate.name = "none"
        self.assert_error(grpc.StatusCode.NOT_FOUND,
                          self.schema.TruncateTable, truncate)

    def snapshots(self):
        names, token = {}, ""
        while True:
            page = self.admin.ListSnapshots(self.a.ListSnapshotsRequest(
                page_size=1, page_token=token))
            names.update((one.name, one) for one in page.snapshots)
            token = page.next_page_token
            if not token:
                return names

    def test_dropped_table_is_restored_from_its_snapshot(self):
        table = self.create_table()
        for number in range(10):
            self.write(table, "a", self.upsert(number, value=1.0 * number))
        before = self.rows(self.read(table, "a"))
        handle = self.get().handle
        dropped = self.schema.DropTable(self.s.DropTableRequest(
            keyspace=self.keyspace, name="points"))
        kept = self.snapshots()[dropped.snapshot]
        self.assertEqual((kept.keyspace, kept.table), (self.keyspace, "points"))
        self.assertGreater(kept.sstables, 0)
        self.assertGreater(kept.bytes, 0)
        self.assertGreater(kept.created_at_us, 1_600_000_000_000_000)
        restore = self.s.RestoreTableRequest(snapshot=dropped.snapshot)
        restored = self.schema.RestoreTable(restore).table
        self.assertEqual(restored, self.get())
        self.assertNotEqual(restored.handle, handle)
        self.assertEqual(self.rows(self.read(table, "a")), before)
        self.assert_error(grpc.StatusCode.ALREADY_EXISTS,
                          self.schema.RestoreTable, restore)
        # Beside it, and on its own from there.
        restore.name = "twin"
        self.schema.RestoreTable(restore)
        self.write(self.ref("twin"), "a", self.upsert(99, value=99.0))
        self.admin.Compact(self.a.CompactRequest(table=self.ref("twin")))
        self.assertEqual(len(self.rows(self.read(self.ref("twin"), "a"))), 11)
        self.assertEqual(self.rows(self.read(table, "a")), before)

    def test_snapshot_of_a_living_table(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0))
        create = self.a.CreateSnapshotRequest(
            keyspace=self.keyspace, table="points", name=self.keyspace)
        self.assertEqual(self.admin.CreateSnapshot(create).name, self.keyspace)
        self.assert_error(grpc.StatusCode.ALREADY_EXISTS,
                          self.admin.CreateSnapshot, create)
        self.write(table, "a", self.upsert(2, value=2.0))
        self.schema.RestoreTable(self.s.RestoreTableRequest(
            snapshot=self.keyspace, name="before"))
        self.assertEqual(self.times(self.read(self.ref("before"), "a")), [1])
        drop = self.a.DropSnapshotRequest(name=self.keyspace)
        self.admin.DropSnapshot(drop)
        self.assertNotIn(self.keyspace, self.snapshots())
        self.assert_error(grpc.StatusCode.NOT_FOUND, self.admin.DropSnapshot,
                          drop, reason="UNKNOWN_SNAPSHOT")
        self.assertEqual(self.times(self.read(self.ref("before"), "a")), [1])

    def test_damaged_snapshot_is_restored_with_what_is_left(self):
        table = self.create_table()
        for number in range(20):
            self.write(table, f"s{number}", self.upsert(1, value=1.0))
        dropped = self.schema.DropTable(self.s.DropTableRequest(
            keyspace=self.keyspace, name="points"))
        folder = os.path.join(self.node.data_dir, "snapshots",
                              dropped.snapshot)
        name = min(each for each in os.listdir(folder)
                   if each.endswith(".sst"))
        with open(os.path.join(folder, name), "r+b") as sstable:
            sstable.seek(-4, os.SEEK_END)
            sstable.write(b"XXXX")
        restored = self.schema.RestoreTable(
            self.s.RestoreTableRequest(snapshot=dropped.snapshot))
        self.assertEqual(len(restored.damage), 1)
        read = lost = 0
        for number in range(20):
            try:
                read += len(self.read(table, f"s{number}").rows)
            except grpc.RpcError as error:
                self.assertEqual(error.code(), grpc.StatusCode.DATA_LOSS)
                lost += 1
        self.assertEqual(read + lost, 20)
        self.assertGreater(lost, 0)
        self.assertGreater(read, lost)

    def test_rows_go_without_a_snapshot_when_told(self):
        table = self.create_table()
        self.write(table, "a", self.upsert(1, value=1.0))
        before = self.snapshots()
        truncated = self.schema.TruncateTable(self.s.TruncateTableRequest(
            keyspace=self.keyspace, name="points", no_snapshot=True))
        dropped = self.schema.DropTable(self.s.DropTableRequest(
            keyspace=self.keyspace, name="points", no_snapshot=True))
        self.assertEqual((truncated.snapshot, dropped.snapshot), ("", ""))
        self.assertEqual(self.snapshots(), before)

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
