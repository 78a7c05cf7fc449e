#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every rpc of the API is called by some test of this folder."""

import glob
import os
import re
import unittest

from generated import Generated

HERE = os.path.dirname(os.path.abspath(__file__))


class CoverageTest(unittest.TestCase):

    def test_every_rpc_is_called(self):
        generated = Generated()
        self.addCleanup(generated.remove)
        from rowan.v1 import admin_pb2, data_pb2, schema_pb2
        text = ""
        for path in glob.glob(os.path.join(HERE, "*.py")):
            if path != os.path.abspath(__file__):
                with open(path, encoding="utf-8") as source:
                    text += source.read()
        missing, rpcs = [], 0
        for module in (data_pb2, schema_pb2, admin_pb2):
            for service in module.DESCRIPTOR.services_by_name.values():
                for method in service.methods:
                    # As api_test_case.py names the stubs.
                    call = rf"\b{service.name.lower()}\.{method.name}\b"
                    rpcs += 1
                    if not re.search(call, text):
                        missing.append(f"{service.name}.{method.name}")
        self.assertEqual(missing, [])
        self.assertGreaterEqual(rpcs, 32)


if __name__ == "__main__":
    unittest.main()
