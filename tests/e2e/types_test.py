#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Types with parameters on the command line: tables, literals, elements, and
the way through CSV and JSON lines."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import RowanTest

EVERY_TYPE = {
    "li": ("frozen<list<int>>", "[3, 1]"),
    "st": ("frozen<set<text>>", "{'', 'a,b', 'it''s \"x\"'}"),
    "mp": ("frozen<map<text, frozen<list<double>>>>",
           "{'a': [1.5, NaN], 'b': []}"),
    "tu": ("tuple<int, text, timestamp>",
           "(1, null, '2026-01-02T03:04:05.000Z')"),
    "ve": ("vector<float, 2>", "[1.5, -0]"),
    "ls": ("list<text>", "['b', 'a', 'b']"),
    "ss": ("set<uuid>", "{123e4567-e89b-12d3-a456-426614174000}"),
    "ms": ("map<inet, tuple<int, boolean>>", "{'::1': (1, true)}"),
}


class TypesTest(RowanTest):

    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rowan(self.node, "keyspace", "create", "k")

    def create(self, name, columns, partition="pk int", clustering=()):
        words = []
        for column in clustering:
            words += ["--clustering", column]
        for column in columns:
            words += ["--column", column]
        self.rowan(self.node, "table", "create", name, "--partition-key",
                   partition, *words)

    def value(self, table, column, key="pk=1"):
        out = self.rowan(self.node, "get", table, key, "--columns", column)
        return out.splitlines()[1].split("  ", 1)[1].strip()

    def test_every_type_goes_through_text_csv_and_json(self):
        columns = [f"{name} {cql}" for name, (cql, _) in EVERY_TYPE.items()]
        self.create("k.a", columns, "pk frozen<set<int>>",
                    ["ck tuple<text, int> desc"])
        described = self.rowan(self.node, "table", "describe", "k.a")
        for name, (cql, _) in EVERY_TYPE.items():
            self.assertIn(f"{name} {cql}", described)
        self.rowan(self.node, "put", "k.a", "pk={2, 1}", "ck=('x', 1)",
                   *[f"{name}={text}"
                     for name, (_, text) in EVERY_TYPE.items()])
        self.rowan(self.node, "put", "k.a", "pk={2, 1}", "ck=('x', 2)")
        header, *rows = self.rowan(self.node, "get", "k.a",
                                   "pk={1,2}").splitlines()
        self.assertEqual(len(rows), 2)
        self.assertIn("('x', 2)", rows[0])
        for _, text in EVERY_TYPE.values():
            self.assertIn(text, rows[1])
        for form in ("csv", "jsonl"):
            name = f"k.{form}"
            self.create(name, columns, "pk frozen<set<int>>",
                        ["ck tuple<text, int> desc"])
            path = self.path("rows." + form)
            self.rowan(self.node, "export", form, "k.a", "--to", path)
            self.rowan(self.node, "import", form, path, "--table", name,
                       "--progress-file", self.path("progress"))
            self.assertEqual(self.rowan(self.node, "export", "jsonl", name),
                             self.rowan(self.node, "export", "jsonl", "k.a"))
        line = json.loads(
            self.rowan(self.node, "export", "jsonl", "k.a").splitlines()[1])
        self.assertEqual(line["pk"], [1, 2])
        self.assertEqual(line["mp"], {"a": [1.5, "NaN"], "b": []})
        self.assertEqual(line["ms"], {"::1": [1, True]})

    def test_elements_have_words_of_their_own(self):
        self.create("k.t", ["s set<int>", "m map<text, int>", "l list<text>",
                            "f frozen<list<int>>"])

        def put(*words, code=0):
            return self.rowan(self.node, "put", "k.t", "pk=1", *words,
                              code=code)
        put("s+={2,1}", "m['a=b]']=1", "l+=['x']")
        put("s+={3}", "m+={'c': 2, 'd': 3}", "l+=['y']", "l^=['v', 'w']")
        self.assertEqual(self.value("k.t", "s"), "{1, 2, 3}")
        self.assertEqual(self.value("k.t", "m"), "{'a=b]': 1, 'c': 2, 'd': 3}")
        self.assertEqual(self.value("k.t", "l"), "['v', 'w', 'x', 'y']")
        put("l[0]='x'", "l[1]=null", "l-=['y', 'none']")
        self.assertEqual(self.value("k.t", "l"), "['x', 'x']")
        self.assertIn("the list has 2 elements, none at index 2",
                      put("l[2]='z'", code=2))
        self.rowan(self.node, "cas", "k.t", "pk=1", "--if-exists", "--set",
                   "l-=['x']", "--set", "l+=['u']")
        self.assertEqual(self.value("k.t", "l"), "['u']")
        put("s-={1, 9}", "m['c']=null", "m-={'d'}")
        self.assertEqual(self.value("k.t", "s"), "{2, 3}")
        self.assertEqual(self.value("k.t", "m"), "{'a=b]': 1}")
        put("s={7}", "l=null")
        self.assertEqual(self.value("k.t", "s"), "{7}")
        self.assertEqual(self.value("k.t", "l"), "null")
        put("f+=[1]", code=2)
        put("m[a]=1", code=2)
        put("s^=[1]", code=2)
        put("none+=[1]", code=7)
        put("l[0]='x'", code=2)
        put("l[x]='x'", code=2)

    def test_elements_alone_are_gone_with_the_last(self):
        self.create("k.t", ["s set<int>"])
        self.rowan(self.node, "put", "k.t", "pk=1", "s+={1}")
        self.rowan(self.node, "put", "k.t", "pk=1", "s-={1}")
        self.assertEqual(self.rowan(self.node, "count", "k.t").strip(), "0")

    def test_user_types(self):
        self.rowan(self.node, "type", "create", "k.address", "--field",
                   "street text", "--field", "no int")
        self.rowan(self.node, "type", "create", "k.address", "--field",
                   "x int", code=1)
        self.rowan(self.node, "type", "create", "k.person", "--field",
                   "home frozen<address>")
        self.assertIn("street text, no int",
                      self.rowan(self.node, "type", "list", "k"))
        self.assertIn("no int",
                      self.rowan(self.node, "type", "describe", "k.address"))
        self.create("k.u", ["a address", "p frozen<map<text, person>>"])
        self.rowan(self.node, "put", "k.u", "pk=1",
                   "a={street: 'x', no: 1}", "p={'me': {home: {no: 7}}}")
        self.rowan(self.node, "put", "k.u", "pk=1", "a+={no: 2}")
        self.assertEqual(self.value("k.u", "a"), "{street: 'x', no: 2}")
        self.rowan(self.node, "put", "k.u", "pk=1", "a[street]=null")
        self.assertEqual(self.value("k.u", "a"), "{street: null, no: 2}")
        self.assertEqual(self.value("k.u", "p"),
                         "{'me': {home: {street: null, no: 7}}}")
        self.rowan(self.node, "type", "alter", "k.address", "--add",
                   "zip text", "--rename", "street=road")
        self.rowan(self.node, "put", "k.u", "pk=1", "a[zip]='z'")
        self.assertEqual(self.value("k.u", "a"),
                         "{road: null, no: 2, zip: 'z'}")
        path = self.path("rows.jsonl")
        self.rowan(self.node, "export", "jsonl", "k.u", "--to", path)
        self.create("k.copy", ["a address", "p frozen<map<text, person>>"])
        self.rowan(self.node, "import", "jsonl", path, "--table", "k.copy",
                   "--progress-file", self.path("progress"))
        self.assertEqual(self.rowan(self.node, "export", "jsonl", "k.copy"),
                         self.rowan(self.node, "export", "jsonl", "k.u"))
        self.rowan(self.node, "type", "drop", "k.address", code=6)
        self.rowan(self.node, "type", "drop", "k.none", code=7)
        self.rowan(self.node, "type", "drop", "k.none", "--if-exists")
        for table in ("k.u", "k.copy"):
            self.rowan(self.node, "table", "drop", table, "--yes")
        self.rowan(self.node, "type", "drop", "k.person")
        self.rowan(self.node, "type", "drop", "k.address")

    def test_a_type_that_is_none_says_where(self):
        out = self.rowan(self.node, "table", "create", "k.t",
                         "--partition-key", "pk int", "--column",
                         "m map<int, txt>", code=2)
        self.assertIn("'txt'", out)
        self.assertIn("'text'", out)
        self.rowan(self.node, "table", "create", "k.t", "--partition-key",
                   "pk list<int>", code=2)


if __name__ == "__main__":
    unittest.main()
