#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Collections, tuples, vectors and user types over gRPC: values, keys,
elements."""

import concurrent.futures
import os
import time
import unittest

import grpc

from api_test_case import ApiTestCase, Node


class CollectionCase(ApiTestCase):

    def cql_columns(self, role, columns):
        role = self.s.ColumnRole.Value(f"COLUMN_ROLE_{role}")
        return [self.s.Column(name=name, role=role, cql_type=cql)
                for name, cql in columns.items()]

    def create(self, regular, partition="text", clustering=None):
        table = self.s.Table(
            keyspace=self.keyspace, name="points",
            columns=[*self.cql_columns("PARTITION_KEY", {"k": partition}),
                     *self.cql_columns("CLUSTERING",
                                       {"c": clustering} if clustering else {}),
                     *self.cql_columns("REGULAR", regular)])
        self.schema.CreateTable(self.s.CreateTableRequest(table=table))
        return self.ref()

    def int(self, number):
        return self.t.Value(int_value=number)

    def texts(self, *texts):
        return self.t.ValueList(
            values=[self.t.Value(string_value=text) for text in texts])

    def ints(self, *numbers):
        return self.t.ValueList(values=[self.int(n) for n in numbers])

    def list_of(self, *numbers):
        return self.t.Value(list_value=self.ints(*numbers))

    def set_of(self, *texts):
        return self.t.Value(set_value=self.texts(*texts))

    def map_of(self, **entries):
        return self.t.Value(map_value=self.t.MapValue(
            keys=self.texts(*entries).values,
            values=self.ints(*entries.values()).values))

    def update(self, column, ttl_s=None, **operation):
        return self.d.Change(update_elements=self.d.UpdateElements(
            column=column, ttl_s=ttl_s, **operation))

    def restart(self):
        self.node.stop()
        case = type(self)
        case.node = Node(os.path.join(case.folder, "data"))
        case.addClassCleanup(case.node.release)
        case.connect()

    def cell(self, table, column, key="a"):
        page = self.read(table, key, columns=[column])
        return page.rows[0].values[-1] if page.rows else None


class CollectionsTest(CollectionCase):

    def test_frozen_values_come_back_with_their_types(self):
        number, text = self.int(7), self.t.Value(string_value="")
        values = {
            "l": ("frozen<list<text>>",
                  self.t.Value(list_value=self.texts("b", "", "b"))),
            "s": ("frozen<set<text>>", self.set_of("a", "b")),
            "m": ("frozen<map<text, int>>", self.map_of(a=1, b=2)),
            "t": ("tuple<int, text>", self.t.Value(
                tuple_value=self.t.ValueList(values=[number, text]))),
            "v": ("vector<float, 3>", self.t.Value(
                vector_value=self.t.VectorValue(values=[1, -0.5, 0]))),
            "n": ("frozen<map<int, list<text>>>", self.t.Value(
                map_value=self.t.MapValue(
                    keys=[number], values=[self.t.Value(
                        list_value=self.texts("x"))]))),
        }
        table = self.create({name: cql for name, (cql, _) in values.items()})
        self.write(table, "a", self.upsert(
            **{name: value for name, (_, value) in values.items()}))
        page = self.read(table, "a")
        self.assertEqual(list(page.rows[0].values)[1:],
                         [value for _, value in values.values()])
        self.assertEqual(page.columns[3].type.parameters[1].kind,
                         self.t.COLUMN_TYPE_INT)
        columns = self.schema.GetTable(self.s.GetTableRequest(
            keyspace=self.keyspace, name="points")).columns
        self.assertEqual(columns[6].cql_type,
                         "frozen<map<int, frozen<list<text>>>>")

    def test_a_set_is_one_key_in_whatever_order_it_comes(self):
        table = self.create({"v": "int"}, partition="frozen<set<text>>",
                            clustering="tuple<int, text>")

        def put(keys, clustering, value):
            self.data.Write(self.d.WriteRequest(
                table=table, partition_key=self.t.Key(values=[keys]),
                changes=[self.d.Change(upsert=self.d.Upsert(
                    clustering=self.t.Key(values=[clustering]),
                    columns=["v"], values=[self.int(value)]))]))

        def tuple_of(*values):
            return self.t.Value(tuple_value=self.t.ValueList(values=values))
        null = self.t.Value(null_value=0)
        text = self.t.Value(string_value="x")
        put(self.set_of("b", "a"), tuple_of(self.int(2), text), 1)
        put(self.set_of("a", "b", "a"), tuple_of(self.int(1), text), 2)
        put(self.set_of("a", "b"), tuple_of(null, text), 3)
        page = self.data.Read(self.d.ReadRequest(
            table=table,
            partition_key=self.t.Key(values=[self.set_of("a", "b")])))
        self.assertEqual([row.values[-1].int_value for row in page.rows],
                         [3, 2, 1])

    def test_elements_are_added_and_removed(self):
        table = self.create({"s": "set<text>", "m": "map<text, int>",
                             "l": "list<int>"})
        self.write(table, "a", self.upsert(s=self.set_of("b"),
                                           m=self.map_of(x=1),
                                           l=self.list_of(1)))
        self.write(table, "a",
                   self.update("s", add=self.set_of("c", "a")),
                   self.update("m", add=self.map_of(y=2)),
                   self.update("l", add=self.list_of(2)),
                   self.update("l", prepend=self.list_of(-1, 0)))
        self.assertEqual(self.cell(table, "s"), self.set_of("a", "b", "c"))
        self.assertEqual(self.cell(table, "m"), self.map_of(x=1, y=2))
        self.assertEqual(self.cell(table, "l"), self.list_of(-1, 0, 1, 2))
        self.write(table, "a", self.update("s", remove=self.set_of("b")),
                   self.update("m", remove=self.set_of("x", "z")))
        self.assertEqual(self.cell(table, "s"), self.set_of("a", "c"))
        self.assertEqual(self.cell(table, "m"), self.map_of(y=2))
        self.write(table, "a", self.upsert(s=None, l=self.list_of()))
        self.assertEqual(self.cell(table, "s").WhichOneof("kind"),
                         "null_value")
        self.assertEqual(self.cell(table, "l").WhichOneof("kind"),
                         "null_value")

    def test_an_append_that_is_sent_again_appends_once(self):
        table = self.create({"l": "list<int>"})
        now_us = time.time_ns() // 1000
        for _ in range(3):
            self.write(table, "a", self.update("l", add=self.list_of(1, 1)),
                       timestamp_us=now_us)
        self.write(table, "a", self.update("l", add=self.list_of(2)),
                   timestamp_us=now_us + 1)
        self.assertEqual(self.cell(table, "l"), self.list_of(1, 1, 2))

    def test_collections_survive_flush_compaction_and_restart(self):
        table = self.create({"m": "map<text, int>"})
        self.write(table, "a", self.upsert(m=self.map_of(a=1, b=1)))
        self.admin.Flush(self.a.FlushRequest(table=table))
        self.write(table, "a", self.update("m", add=self.map_of(c=3)),
                   self.update("m", remove=self.set_of("a")))
        self.admin.Flush(self.a.FlushRequest(table=table))
        wanted = self.map_of(b=1, c=3)
        self.assertEqual(self.cell(table, "m"), wanted)
        self.admin.Compact(self.a.CompactRequest(table=table))
        self.assertEqual(self.cell(table, "m"), wanted)
        self.write(table, "a", self.update("m", add=self.map_of(d=4)))
        self.restart()
        self.assertEqual(self.cell(table, "m"), self.map_of(b=1, c=3, d=4))

    def test_what_is_wrong_is_blamed_where_it_stands(self):
        table = self.create({"s": "set<text>", "l": "list<int>",
                             "f": "frozen<map<text, int>>"})
        bad = grpc.StatusCode.INVALID_ARGUMENT
        at = "changes[0].update_elements"

        def refused(reason, field, *changes):
            self.assert_error(bad, self.write, table, "a", *changes,
                              reason=reason, field=field)
            self.read(table, "a")
        refused("NO_ELEMENTS", f"{at}.column",
                self.update("f", add=self.map_of(a=1)))
        refused("WRONG_TYPE", f"{at}.add",
                self.update("s", add=self.list_of(1)))
        refused("NULL_ELEMENT", f"{at}.add.list_value.values[0]",
                self.update("l", add=self.t.Value(list_value=self.t.ValueList(
                    values=[self.t.Value(null_value=0)]))))
        refused("KEY_TWICE", "changes[0].upsert.values[0].map_value.keys",
                self.upsert(f=self.t.Value(map_value=self.t.MapValue(
                    keys=self.texts("a", "a").values,
                    values=self.ints(1, 2).values))))
        refused("OVER_LIMIT", f"{at}.add.set_value.values[0]",
                self.update("s", add=self.set_of("x" * 65534)))
        self.write(table, "a", self.update("s", add=self.set_of("x" * 65533)))
        many = self.t.Value(list_value=self.ints(*[1] * 65536))
        refused("OVER_LIMIT", f"{at}.add.list_value.values",
                self.update("l", add=many))
        del many.list_value.values[-1]
        self.write(table, "a", self.update("l", add=many))

    def test_list_elements_go_by_index_and_by_value(self):
        table = self.create({"l": "list<int>"})

        def put(**operation):
            return self.write(table, "a", self.update("l", **operation))

        def expect(*numbers):
            self.assertEqual(self.cell(table, "l"), self.list_of(*numbers))
        put(add=self.list_of(1, 2, 3, 2))
        put(set_at=self.d.ListElement(index=0, value=self.int(9)))
        expect(9, 2, 3, 2)
        self.assertGreater(put(remove=self.list_of(2, 7)).timestamp_us, 0)
        expect(9, 3)
        put(delete_at=0)
        expect(3)
        last = self.update("l", delete_at=1)
        self.assert_error(
            grpc.StatusCode.OUT_OF_RANGE, self.write, table, "a", last,
            reason="INDEX_OUT_OF_RANGE",
            field="changes[0].update_elements.delete_at")
        write = self.d.WriteRequest(
            table=table, partition_key=self.text_key("a"), changes=[last])
        self.assert_error(
            grpc.StatusCode.FAILED_PRECONDITION, self.data.BatchWrite,
            self.d.BatchWriteRequest(mode=self.d.BATCH_MODE_LOGGED,
                                     writes=[write]), reason="READS_FIRST")
        expect(3)


class UserTypesTest(CollectionCase):

    def create_type(self, name, **fields):
        return self.schema.CreateType(self.s.CreateTypeRequest(
            type=self.s.UserType(keyspace=self.keyspace, name=name, fields=[
                self.s.UserType.Field(name=field, cql_type=cql)
                for field, cql in fields.items()]))).type

    def udt(self, **fields):
        return self.t.Value(udt_value=self.t.UserValue(
            fields=list(fields),
            values=[self.value(value) for value in fields.values()]))

    def name_of(self, **more):
        return dict(keyspace=self.keyspace, **more)

    def test_types_come_and_go(self):
        made = self.create_type("address", street="text", no="int")
        self.assertEqual(made, self.schema.GetType(
            self.s.GetTypeRequest(**self.name_of(name="address"))))
        self.create_type("person", home="frozen<address>")
        self.assertEqual([each.name for each in self.schema.ListTypes(
            self.s.ListTypesRequest(keyspace=self.keyspace)).types],
            ["address", "person"])
        drop = self.s.DropTypeRequest(**self.name_of(name="address"))
        self.assert_error(grpc.StatusCode.FAILED_PRECONDITION,
                          self.schema.DropType, drop, reason="TYPE_IN_USE")
        self.schema.DropType(
            self.s.DropTypeRequest(**self.name_of(name="person")))
        self.assertTrue(self.schema.DropType(drop).dropped)
        self.assert_error(grpc.StatusCode.NOT_FOUND, self.schema.DropType,
                          drop)

    def test_of_two_who_alter_a_type_one_wins(self):
        self.create_type("address", street="text")
        for number in range(10):
            seen = self.schema.GetType(self.s.GetTypeRequest(
                **self.name_of(name="address"))).fingerprint

            def change(name):
                try:
                    return self.schema.AlterType(self.s.AlterTypeRequest(
                        **self.name_of(name="address"), fingerprint=seen,
                        add_fields=[self.s.UserType.Field(name=name,
                                                          cql_type="int")]))
                except grpc.RpcError as error:
                    return error
            with concurrent.futures.ThreadPoolExecutor(2) as clients:
                results = list(clients.map(
                    change, [f"one_{number}", f"two_{number}"]))
            lost = [self.details(result) for result in results
                    if isinstance(result, grpc.RpcError)]
            self.assertEqual([each["reason"] for each in lost],
                             ["TYPE_CHANGED"])
            won = [result.type.fingerprint for result in results
                   if not isinstance(result, grpc.RpcError)]
            self.assertEqual(lost[0]["metadata"]["fingerprint"], str(won[0]))

    def test_fields_are_written_each_for_itself(self):
        self.create_type("address", street="text", city="text")
        table = self.create({"a": "address", "f": "frozen<address>"})
        self.write(table, "a", self.upsert(
            a=self.udt(street="s", city="c"), f=self.udt(city="c")))
        self.write(table, "a", self.update("a", add=self.udt(street=None)))
        texts = [self.t.Value(null_value=0), self.t.Value(string_value="c")]
        self.assertEqual(list(self.cell(table, "a").udt_value.values), texts)
        self.assertEqual(list(self.cell(table, "f").udt_value.values), texts)
        self.assert_error(
            grpc.StatusCode.INVALID_ARGUMENT, self.write, table, "a",
            self.update("a", add=self.udt(zip="z")), reason="UNKNOWN_FIELD",
            field="changes[0].update_elements.add.udt_value.fields[0]")

    def test_an_altered_type_is_seen_at_once_and_after_a_restart(self):
        self.create_type("address", street="text")
        table = self.create({"a": "address", "f": "frozen<address>"})
        self.write(table, "a", self.upsert(a=self.udt(street="s"),
                                           f=self.udt(street="s")))
        altered = self.schema.AlterType(self.s.AlterTypeRequest(
            **self.name_of(name="address"),
            add_fields=[self.s.UserType.Field(name="zip", cql_type="text")],
            rename_fields=[self.s.AlterTableRequest.Rename(
                **{"from": "street", "to": "road"})])).type
        self.assertEqual([field.name for field in altered.fields],
                         ["road", "zip"])
        self.write(table, "a", self.update("a", add=self.udt(zip="z")))
        self.restart()
        self.assertEqual([value.string_value for value in
                          self.cell(table, "a").udt_value.values], ["s", "z"])
        # The field that the type got is null.
        self.assertEqual(list(self.cell(table, "f").udt_value.values),
                         [self.t.Value(string_value="s"),
                          self.t.Value(null_value=0)])
        page = self.read(table, "a")
        self.assertEqual(list(page.columns[1].type.field_names),
                         ["road", "zip"])
        self.assertEqual(self.schema.GetTable(self.s.GetTableRequest(
            **self.name_of(name="points"))).schema_version, 2)


if __name__ == "__main__":
    unittest.main()
