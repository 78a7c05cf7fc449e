# SPDX-License-Identifier: Apache-2.0
"""The node's API in the words of items.py."""

import os
import sys
import uuid

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../clients/python"))

from items import KEYSPACE, TABLES, item_key, padding

MESSAGE_BYTES_MAX = 20 << 20


class Api:
    """One connection. Needs the generated code on the path (generated.py)."""

    def __init__(self, address):
        from rowan.v1 import data_pb2, schema_pb2, types_pb2
        from rowan.v1 import data_pb2_grpc, schema_pb2_grpc
        self.d, self.s, self.t = data_pb2, schema_pb2, types_pb2
        self.address = address
        self.channel = grpc.insecure_channel(address, options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX)])
        self.data = data_pb2_grpc.DataStub(self.channel)
        self.schema = schema_pb2_grpc.SchemaStub(self.channel)
        self.rows, self.totals = (
            types_pb2.TableRef(name=f"{KEYSPACE}.{name}") for name in TABLES)

    def close(self):
        self.channel.close()

    def create_tables(self):
        self.schema.CreateKeyspace(self.s.CreateKeyspaceRequest(name=KEYSPACE))
        self._create("rows", "PARTITION_KEY id TEXT", "CLUSTERING slot BIGINT",
                     "REGULAR n BIGINT", "REGULAR padding BLOB")
        self._create("totals", "PARTITION_KEY id TEXT",
                     "REGULAR total COUNTER")

    def _create(self, name, *columns):
        table = self.s.Table(keyspace=KEYSPACE, name=name)
        table.options.partitions = 2  # flushed soon; a batch lies in both
        for column in columns:
            role, column_name, kind = column.split()
            table.columns.add(
                name=column_name,
                role=self.s.ColumnRole.Value(f"COLUMN_ROLE_{role}"),
                type=self.t.ColumnType.Value(f"COLUMN_TYPE_{kind}"))
        self.schema.CreateTable(self.s.CreateTableRequest(table=table))

    # Changes.

    def _text(self, text):
        return self.t.Key(values=[self.t.Value(string_value=text)])

    def _slot(self, slot):
        return self.t.Key(values=[self.t.Value(int_value=slot)])

    def upsert(self, slot, n):
        return self.d.Change(upsert=self.d.Upsert(
            clustering=self._slot(slot), columns=["n", "padding"],
            values=[self.t.Value(int_value=n),
                    self.t.Value(bytes_value=padding(n))]))

    def delete_row(self, slot):
        return self.d.Change(
            delete_row=self.d.DeleteRow(clustering=self._slot(slot)))

    def delete_wide_row(self):
        return self.d.Change(delete_wide_row=self.d.DeleteWideRow())

    def delete_slots(self, first, end):
        return self.d.Change(delete_range=self.d.DeleteRange(
            slice=self.t.Slice(
                start=self.t.Bound(values=self._slot(first).values),
                end=self.t.Bound(values=self._slot(end).values))))

    # Calls. Each raises grpc.RpcError when its outcome is not known, or bad.

    def _request(self, key, changes):
        return self.d.WriteRequest(table=self.rows,
                                   partition_key=self._text(key),
                                   changes=changes)

    def write(self, key, changes):
        self.data.Write(self._request(key, changes))

    def write_logged(self, writes):
        answer = self.data.BatchWrite(self.d.BatchWriteRequest(
            mode=self.d.BATCH_MODE_LOGGED,
            writes=[self._request(key, changes) for key, changes in writes]))
        if answer.failures:
            raise AssertionError(f"a logged batch failed in part: {answer}")

    def swap(self, key, n):
        """Puts n where n - 1 is; answers what is there if that isn't."""
        row = self.d.RowCondition(clustering=self._slot(0))
        if n == 1:
            row.exists = False
        else:
            row.predicates.add(column="n", op=self.d.OPERATOR_EQUAL,
                               value=self.t.Value(int_value=n - 1))
        answer = self.data.CheckAndWrite(self.d.CheckAndWriteRequest(
            table=self.rows, partition_key=self._text(key),
            conditions=[self.d.Condition(row=row)],
            success=[self.upsert(0, n)]))
        if answer.applied:
            return None
        names = [column.name for column in answer.columns]
        values = [dict(zip(names, row.values)) for row in answer.current]
        return values[0]["n"].int_value if values and values[0] else 0

    def increment(self, key, n):
        self.data.Increment(self.d.IncrementRequest(
            table=self.totals, partition_key=self._text(key),
            changes=[self.d.CounterChange(column="total", delta=1)],
            request_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{key} {n}").bytes))

    # Reads. All raise grpc.RpcError.

    def _all(self, table):
        for page in self.data.ReadStream(self.d.ReadRequest(table=table)):
            names = [column.name for column in page.columns]
            for row in page.rows:
                yield dict(zip(names, row.values))

    def rows_of(self, table):
        """{item key: its content} of a table like the one of the rows."""
        found = {}
        for row in self._all(self.t.TableRef(name=table)):
            key, n = row["id"].string_value, row["n"].int_value
            if row["padding"].bytes_value != padding(n):
                n = -n  # of no change
            place = item_key(key)
            found[place] = found.get(place, frozenset()) | {
                (key, row["slot"].int_value, n)}
        return found

    def everything(self):
        """{item key: its content}, as items.py has it."""
        found = self.rows_of(self.rows.name)
        for row in self._all(self.totals):
            found[row["id"].string_value] = row["total"].int_value
        return found
