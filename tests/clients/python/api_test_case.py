# SPDX-License-Identifier: Apache-2.0
"""One node for all cases of a class, and short words for its messages."""

import os
import shutil
import sys
import tempfile
import unittest

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "../../lib"))

from generated import Generated
from rowan_process import Node

MESSAGE_BYTES_MAX = 20 << 20


class ApiTestCase(unittest.TestCase):
    """Every case gets a keyspace of its own."""

    _cases = 0

    @classmethod
    def setUpClass(cls):
        cls.generated = Generated()
        cls.addClassCleanup(cls.generated.remove)
        from rowan.v1 import admin_pb2, data_pb2, schema_pb2, types_pb2
        cls.d, cls.s, cls.t, cls.a = data_pb2, schema_pb2, types_pb2, admin_pb2
        cls.folder = tempfile.mkdtemp(prefix="rowan-client-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.node = Node(os.path.join(cls.folder, "data"))
        cls.addClassCleanup(cls.node.release)
        cls.connect()

    @classmethod
    def connect(cls):
        """To the node as it is now."""
        from rowan.v1 import admin_pb2_grpc, data_pb2_grpc, schema_pb2_grpc
        cls.channel = cls.open_channel()
        cls.data = data_pb2_grpc.DataStub(cls.channel)
        cls.schema = schema_pb2_grpc.SchemaStub(cls.channel)
        cls.admin = admin_pb2_grpc.AdminStub(cls.channel)

    @classmethod
    def open_channel(cls, *options):
        channel = grpc.insecure_channel(cls.node.address, options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
            ("grpc.max_send_message_length", MESSAGE_BYTES_MAX), *options])
        cls.addClassCleanup(channel.close)
        return channel

    def setUp(self):
        ApiTestCase._cases += 1
        self.keyspace = f"case_{ApiTestCase._cases}"
        self.schema.CreateKeyspace(
            self.s.CreateKeyspaceRequest(name=self.keyspace))

    def columns(self, role, *texts):
        role = self.s.ColumnRole.Value(f"COLUMN_ROLE_{role}")
        found = []
        for text in texts:
            name, kind, *order = text.split()
            found.append(self.s.Column(
                name=name, role=role, descending="desc" in order,
                type=self.t.ColumnType.Value(f"COLUMN_TYPE_{kind.upper()}")))
        return found

    def create_table(self, name="points", partition=("series text",),
                     clustering=("ts timestamp",), statics=("unit text",),
                     regular=("value double", "note text"), options=None):
        table = self.s.Table(
            keyspace=self.keyspace, name=name, options=options,
            columns=[*self.columns("PARTITION_KEY", *partition),
                     *self.columns("CLUSTERING", *clustering),
                     *self.columns("STATIC", *statics),
                     *self.columns("REGULAR", *regular)])
        self.schema.CreateTable(self.s.CreateTableRequest(table=table))
        return self.ref(name)

    def ref(self, name="points"):
        return self.t.TableRef(name=f"{self.keyspace}.{name}")

    def text_key(self, *texts):
        return self.t.Key(values=[self.t.Value(string_value=text)
                                  for text in texts])

    def time_key(self, *millis):
        return self.t.Key(values=[self.t.Value(timestamp_value=value)
                                  for value in millis])

    def upsert(self, millis=None, timestamp_us=0, ttl_s=None, **cells):
        upsert = self.d.Upsert(columns=list(cells), ttl_s=ttl_s)
        if millis is not None:
            upsert.clustering.CopyFrom(self.time_key(millis))
        for value in cells.values():
            upsert.values.append(self.value(value))
        return self.d.Change(upsert=upsert, timestamp_us=timestamp_us)

    def value(self, value):
        if value is None:
            return self.t.Value(null_value=self.t.NULL_VALUE)
        if isinstance(value, float):
            return self.t.Value(double_value=value)
        if isinstance(value, str):
            return self.t.Value(string_value=value)
        return value

    def write(self, table, series, *changes, **fields):
        return self.data.Write(self.d.WriteRequest(
            table=table, partition_key=self.text_key(series),
            changes=changes, **fields))

    def read(self, table, series, **fields):
        return self.data.Read(self.d.ReadRequest(
            table=table, partition_key=self.text_key(series), **fields))

    def rows(self, page):
        """Rows as dicts, without the columns that have no value."""
        names = [column.name for column in page.columns]
        found = []
        for row in page.rows:
            cells = {}
            for name, value in zip(names, row.values):
                kind = value.WhichOneof("kind")
                if kind != "null_value":
                    cells[name] = getattr(value, kind)
            found.append(cells)
        return found

    def times(self, page):
        return [row.get("ts") for row in self.rows(page)]

    def assert_error(self, code, call, *arguments, field=None, reason=None,
                     **named):
        """The call fails with the code and with rich details; answers its
        message."""
        with self.assertRaises(grpc.RpcError) as raised:
            call(*arguments, **named)
        error = raised.exception
        self.assertEqual(error.code(), code, error.details())
        self.assertTrue(error.details())
        details = self.details(error)
        self.assertEqual(details["domain"], "rowan")
        self.assertRegex(details["reason"], r"^[A-Z0-9_]{1,63}$")
        if reason is not None:
            self.assertEqual(details["reason"], reason)
        if field is not None:
            self.assertEqual(details.get("field"), field)
        return error.details()

    def details(self, error):
        found = {}
        for key, value in error.trailing_metadata() or ():
            if key != "grpc-status-details-bin":
                continue
            status = self.generated.rpc_status.Status.FromString(value)
            info = self.generated.error_details.ErrorInfo()
            bad = self.generated.error_details.BadRequest()
            for detail in status.details:
                if detail.Unpack(info):
                    found.update(domain=info.domain, reason=info.reason,
                                 metadata=dict(info.metadata))
                elif detail.Unpack(bad):
                    found["field"] = bad.field_violations[0].field
        return found
