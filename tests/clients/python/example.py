# SPDX-License-Identifier: Apache-2.0
from connect import data, schema
from rowan.v1 import data_pb2 as d, schema_pb2 as s
schema.CreateKeyspace(s.CreateKeyspaceRequest(name="demo", if_not_exists=True))
city = s.Column(name="city", cql_type="text", role="COLUMN_ROLE_PARTITION_KEY")
people = s.Column(name="people", cql_type="bigint", role="COLUMN_ROLE_REGULAR")
cities = s.Table(keyspace="demo", name="cities", columns=[city, people])
schema.CreateTable(s.CreateTableRequest(table=cities, if_not_exists=True))
berlin = {"table": {"name": "demo.cities"}, "partition_key": {"values": [{"string_value": "Berlin"}]}}
data.Write(d.WriteRequest(**berlin, changes=[{"upsert": {"columns": ["people"], "values": [{"int_value": 3_700_000}]}}]))
print(data.Read(d.ReadRequest(**berlin)).rows[0].values)
