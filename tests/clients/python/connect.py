# SPDX-License-Identifier: Apache-2.0
"""The two stubs that example.py calls, over one connection."""

import os

import grpc
from rowan.v1 import data_pb2_grpc, schema_pb2_grpc

channel = grpc.insecure_channel(os.getenv("ROWAN_HOST", "127.0.0.1:7270"))
data = data_pb2_grpc.DataStub(channel)
schema = schema_pb2_grpc.SchemaStub(channel)
