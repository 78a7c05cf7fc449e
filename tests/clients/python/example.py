# SPDX-License-Identifier: Apache-2.0
import os

import grpc
from rowan.v1 import data_pb2 as d, data_pb2_grpc, types_pb2 as t

channel = grpc.insecure_channel(os.getenv("ROWAN_HOST", "127.0.0.1:7270"))
data = data_pb2_grpc.DataStub(channel)
weather = t.TableRef(name="sample.weather")
station = t.Key(values=[t.Value(string_value="EDDB")])
noon = t.Key(values=[t.Value(timestamp_value=1717416000000)])
warm = d.Upsert(clustering=noon, columns=["temperature"],
                values=[t.Value(double_value=24.5)])
data.Write(d.WriteRequest(table=weather, partition_key=station,
                          changes=[d.Change(upsert=warm)]))
page = data.Read(d.ReadRequest(table=weather, partition_key=station, limit=3))
names = [column.name for column in page.columns]
for row in page.rows:
    print({name: getattr(value, kind) for name, value in zip(names, row.values)
           if (kind := value.WhichOneof("kind")) != "null_value"})
