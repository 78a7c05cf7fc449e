# SPDX-License-Identifier: Apache-2.0
"""A node that all cases of a class share, with one row that outlives whatever
they try."""

import json
import os
import shutil
import tempfile

from rowan_process import Node, RowanTest


class KeptRowCase(RowanTest):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="rowan-test-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.node = Node(os.path.join(folder, "data"))
        cls.addClassCleanup(cls.node.release)

    def setUp(self):
        super().setUp()
        self.rowan(self.node, "keyspace", "create", "k")
        self.rowan(self.node, "table", "create", "k.t",
                   "--partition-key", "p text", "--clustering", "c int",
                   "--column", "v double", "--column", "n text",
                   "--static", "s text")
        self.put("p=kept", "c=1", "v=1.5", "n=note")

    def tearDown(self):
        self.assertEqual(self.row("p=kept"), ["kept", "1", None, 1.5, "note"])
        self.rowan(self.node, "table", "drop", "k.t", "--yes")
        self.rowan(self.node, "keyspace", "drop", "k")

    def put(self, *words, **named):
        return self.rowan(self.node, "put", "k.t", *words, **named)

    def row(self, *key):
        """The values of the only row of a wide row; a null is None."""
        page = self.rowan_json(self.node, "get", "k.t", *key)
        (row,) = page["rows"]
        values = [next(iter(value.items())) for value in row["values"]]
        return [None if kind == "null_value" else
                value if kind != "int_value" else str(value)
                for kind, value in values]

    def assert_refused(self, code, arguments, *words):
        """Says why in one line that starts with the program's name and has all
        of `words`, and what to try at most behind it; prints no data."""
        done = self.run_program("rowan", "--host", self.node.address,
                                *arguments)
        told = f"rowan {' '.join(arguments)[:200]}\n{done.stderr}"
        self.assertEqual(done.returncode, code, told)
        self.assertEqual(done.stdout, "", told)
        first, *rest = done.stderr.splitlines()
        self.assertRegex(first, r"^rowan: \S", told)
        for word in words:
            self.assertIn(word, done.stderr, told)
        for line in rest:
            self.assertRegex(line, r"^  (code|field|try): \S", told)

    def import_csv(self, text, code):
        """Imports lines of p,c,n; answers {line number: why} of the rejects."""
        path = self.write("in.csv", text)
        out = self.rowan(self.node, "import", "csv", path, "--table", "k.t",
                         "--header", "p,c,n", "--rejects",
                         self.path("rejects"), code=code)
        with open(self.path("rejects"), encoding="utf-8") as file:
            rejects = [json.loads(line) for line in file]
        self.assertIn(f"rejected {len(rejects)}", out)
        return {int(each["line"]): each["reason"] for each in rejects}
