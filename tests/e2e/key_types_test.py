#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every type on the command line as a value and as both kinds of key, at its
ends and beside zero, in its order, through CSV and JSON lines."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../lib"))

from rowan_process import RowanTest

# Of each type that may be a key the ends, what lies beside zero and what is
# empty, ascending.
KEYS = {
    "ascii": ["", "A", "a", "~"],
    "text": ["", "a", "a,b", "it's \"x\"", "null", "\u00e9", "\U0001f600"],
    "blob": ["0x", "0x00", "0x0000", "0x00ff", "0xff"],
    "boolean": ["false", "true"],
    "tinyint": ["-128", "-1", "0", "127"],
    "smallint": ["-32768", "-1", "0", "32767"],
    "int": ["-2147483648", "-1", "0", "2147483647"],
    "bigint": ["-9223372036854775808", "-1", "0", "9223372036854775807"],
    "varint": [str(-2**200), str(-2**63 - 1), "-129", "-1", "0", "127", "128",
               str(2**64), str(2**200)],
    "float": ["-Infinity", "-3.4028235e+38", "-1e-45", "-0", "0", "1e-45",
              "3.4028235e+38", "Infinity", "NaN"],
    "double": ["-Infinity", "-1.7976931348623157e+308", "-5e-324", "-0", "0",
               "5e-324", "1.7976931348623157e+308", "Infinity", "NaN"],
    "decimal": ["-1E+2147483648", "-12.5", "-0.001", "0", "1E-2147483647",
                "0.001", "12.5", "1E+40"],
    "date": ["-5877641-06-23", "1969-12-31", "1970-01-01", "+5881580-07-11"],
    "time": ["00:00:00.000000000", "12:00:00.000000001", "23:59:59.999999999"],
    "timestamp": ["-292275055-05-16T16:47:04.192Z", "1969-12-31T23:59:59.999Z",
                  "1970-01-01T00:00:00.000Z",
                  "+292278994-08-17T07:12:55.807Z"],
    "uuid": ["00000000-0000-0000-0000-000000000000",
             "ffffffff-0000-1000-8000-000000000000",
             "00000000-0000-1001-8000-000000000000",
             "00000000-0000-4000-8000-000000000000",
             "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    # By their time, whose lowest bits come first.
    "timeuuid": ["00000000-0000-1000-8080-808080808080",
                 "ffffffff-0000-1000-8000-000000000000",
                 "00000000-0001-1000-8000-000000000000",
                 "00000000-0000-1001-8000-000000000000",
                 "ffffffff-ffff-1fff-7f7f-7f7f7f7f7f7f"],
    # By their bytes, whichever kind they are of.
    "inet": ["0.0.0.0", "::", "::1", "2001:db8::1", "127.0.0.1",
             "ffff::ffff", "255.255.255.255"],
    "frozen<list<int>>": ["[]", "[-1]", "[1]", "[1, 2]", "[2]"],
    "frozen<set<text>>": ["{}", "{''}", "{'', 'a'}", "{'a'}"],
    "frozen<map<text, double>>": ["{}", "{'a': -0}", "{'a': 0, 'b': 1}",
                                  "{'a': NaN}", "{'b': 1}"],
    "tuple<int, text>": ["(null, 'a')", "(-1, null)", "(-1, '')", "(-1, 'a')",
                         "(1, null)"],
    "vector<float, 2>": ["[-Infinity, 0]", "[0.5, -0]", "[0.5, 0]",
                         "[NaN, 1]"],
    "frozen<pair>": ["{a: null, b: 'x'}", "{a: 1, b: null}", "{a: 1, b: ''}",
                     "{a: 2, b: null}"],
}
# They have no order, or none that stays.
NO_KEYS = ["duration", "frozen<list<duration>>", "tuple<int, duration>",
           "counter", "list<int>", "set<int>", "map<int, int>", "pair"]


def csv_field(text):
    if text and not any(letter in text for letter in ',"\r\n'):
        return text
    return '"' + text.replace('"', '""') + '"'


class KeyTypesTest(RowanTest):

    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rowan(self.node, "keyspace", "create", "k")
        self.rowan(self.node, "type", "create", "k.pair", "--field", "a int",
                   "--field", "b text")

    def create(self, name, partition, clustering, *columns):
        self.rowan(self.node, "table", "create", name, "--partition-key",
                   partition, "--clustering", clustering,
                   *[word for column in columns
                     for word in ("--column", column)])

    def load(self, form, table, cql, order, path):
        """A table of the type alone, filled from a file."""
        self.create(table, f"pk {cql}", f"ck {cql}{order}", f"v {cql}")
        self.rowan(self.node, "import", form, path, "--table", table,
                   "--progress-file", self.path("progress"))
        return self.rowan(self.node, "export", form, table)

    def test_every_type_is_a_value_and_both_kinds_of_key(self):
        for number, (cql, texts) in enumerate(KEYS.items()):
            with self.subTest(type=cql):
                # A key that is nothing but empty bytes is none.
                keys = [text for text in texts if text not in ("", "0x")]
                lines = {key: [f"{csv_field(key)},{csv_field(text)},{csv_field(text)}"
                               for text in texts]
                         for key in keys}
                path = self.write("keys.csv", "pk,ck,v\n" + "".join(
                    f"{line}\n" for key in keys for line in lines[key]))
                for order in ("", " desc"):
                    table = f"k.t{number}{order[1:]}"
                    header, *rows = self.load("csv", table, cql, order,
                                              path).split("\n")[:-1]
                    self.assertEqual(header, "pk,ck,v")
                    self.assertEqual(len(rows), len(keys) * len(texts))
                    for key in keys:
                        start = csv_field(key) + ","
                        found = [row for row in rows if row.startswith(start)]
                        wanted = lines[key][::-1] if order else lines[key]
                        self.assertEqual(found, wanted)
                path = self.path("keys.jsonl")
                self.rowan(self.node, "export", "jsonl", table, "--to", path)
                with open(path, encoding="utf-8") as file:
                    self.assertEqual(self.load("jsonl", f"k.j{number}", cql,
                                               order, path), file.read())
                self.assert_one_row(table, keys[-1], texts[0])

    def assert_one_row(self, table, key, clustering):
        """Written, found and deleted by the words of a shell."""
        words = [f"pk={key}", f"ck={clustering}"]
        self.rowan(self.node, "put", table, *words, f"v={key}")
        row, = self.rowan_json(self.node, "get", table, *words)["rows"]
        self.assertEqual(row["values"][2], row["values"][0])
        self.rowan(self.node, "delete", table, *words)
        self.assertEqual(
            self.rowan_json(self.node, "get", table, *words)["rows"], [])

    def test_what_is_no_key_is_refused(self):
        for cql in NO_KEYS:
            with self.subTest(type=cql):
                for words in (["--partition-key", f"x {cql}"],
                              ["--partition-key", "pk int", "--clustering",
                               f"x {cql}"]):
                    out = self.rowan(self.node, "table", "create", "k.none",
                                     *words, "--column", "v int", code=2)
                    self.assertIn("x", out)
                    self.assertIn("key column", out)
        self.create("k.d", "pk int", "ck int", "v duration")
        for text in ("-178956970y8mo2147483648d2562047h47m16s854ms775us808ns",
                     "0ns", "1mo2d3ns"):
            self.rowan(self.node, "put", "k.d", "pk=1", "ck=1", f"v={text}")
            self.assertIn(text, self.rowan(self.node, "get", "k.d", "pk=1"))

    def test_empty_text_is_no_null(self):
        self.create("k.e", "pk int", "ck text", "v text", "b blob",
                    "t tuple<text, text>")
        self.rowan(self.node, "put", "k.e", "pk=1", "ck=", "v=", "b=0x",
                   "t=('', null)")
        self.rowan(self.node, "put", "k.e", "pk=1", "ck=a", "v=null",
                   "b=null")

        def lines(*words):
            return [json.loads(line) for line in self.rowan(
                self.node, "export", "jsonl", "k.e", *words).splitlines()]
        empty, none = lines()
        self.assertEqual(empty, {"pk": 1, "ck": "", "v": "", "b": "0x",
                                 "t": ["", None]})
        self.assertEqual(none, {"pk": 1, "ck": "a"})

        def where(*comparison):
            page = self.rowan_json(self.node, "scan", "k.e", "--where",
                                   *comparison)
            return [row["values"][1]["string_value"]
                    for row in page["rows"]]
        self.assertEqual(where("v="), [""])
        self.assertEqual(where("v is null"), ["a"])
        self.assertEqual(where("b is not null"), [""])
        # Of a partition key alone there is nothing to hash.
        self.create("k.p", "pk text", "ck int", "v int")
        for key in ("pk=", "pk=null"):
            self.rowan(self.node, "put", "k.p", key, "ck=1", "v=1", code=2)


if __name__ == "__main__":
    unittest.main()
