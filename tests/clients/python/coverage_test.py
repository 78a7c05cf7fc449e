#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every rpc of the API is called by some test of this folder, and those that
clients may retry are in proto/service_config.json."""

import glob
import json
import os
import re
import unittest

from generated import PROTO, Generated

HERE = os.path.dirname(os.path.abspath(__file__))

# Besides what reads: a write that comes twice leaves what it left once, when
# its client gives it a timestamp.
RETRIED_CHANGES = {"Data.Write", "Data.BatchWrite"}


class CoverageTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        generated = Generated()
        cls.addClassCleanup(generated.remove)
        from rowan.v1 import admin_pb2, data_pb2, schema_pb2
        cls.methods = [
            (service, method)
            for module in (data_pb2, schema_pb2, admin_pb2)
            for service in module.DESCRIPTOR.services_by_name.values()
            for method in service.methods]

    def test_every_rpc_is_called(self):
        text = ""
        for path in glob.glob(os.path.join(HERE, "*.py")):
            if path != os.path.abspath(__file__):
                with open(path, encoding="utf-8") as source:
                    text += source.read()
        missing = []
        for service, method in self.methods:
            # As api_test_case.py names the stubs.
            call = rf"\b{service.name.lower()}\.{method.name}\b"
            if not re.search(call, text):
                missing.append(f"{service.name}.{method.name}")
        self.assertEqual(missing, [])
        self.assertGreaterEqual(len(self.methods), 32)

    def test_clients_retry_reads_and_plain_writes_only(self):
        with open(os.path.join(PROTO, "service_config.json"),
                  encoding="utf-8") as file:
            config = json.load(file)
        named = []
        for part in config["methodConfig"]:
            named += [f"{name['service']}.{name['method']}"
                      for name in part["name"]]
            policy = part["retryPolicy"]
            self.assertIn(policy["maxAttempts"], range(2, 6))
            # Others may mean that it was done, or never will be.
            self.assertEqual(policy["retryableStatusCodes"], ["UNAVAILABLE"])
            for wait in ("initialBackoff", "maxBackoff"):
                self.assertRegex(policy[wait], r"^\d+(\.\d+)?s$")
            self.assertGreaterEqual(policy["backoffMultiplier"], 1)
        # Each once: gRPC refuses a config that names a method twice. Nothing
        # conditional, no increment, no change of a schema.
        self.assertEqual(sorted(named), sorted(
            f"{service.full_name}.{method.name}"
            for service, method in self.methods
            if re.match(r"Get|List|Read|BatchRead|SplitRanges", method.name)
            or f"{service.name}.{method.name}" in RETRIED_CHANGES))


if __name__ == "__main__":
    unittest.main()
