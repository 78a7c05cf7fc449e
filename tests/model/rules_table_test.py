#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The table of rules in README.md: every rule stands there once, and every
test that it names exists."""

import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
RULES = 30
_ROW = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
_TEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)")
_NAME = re.compile(r"`([\w.]+)`")


def rows(text):
    return {int(rule): tests for rule, tests in _ROW.findall(text)}


def tests_there_are():
    found = set()
    for folder, _, names in os.walk(TESTS):
        for name in names:
            if name.endswith("_test.cc"):
                with open(os.path.join(folder, name),
                          encoding="utf-8") as file:
                    found.update(".".join(test)
                                 for test in _TEST.findall(file.read()))
    return found


class RuleTable(unittest.TestCase):

    def setUp(self):
        with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
            self.text = file.read()

    def test_every_rule_has_its_row(self):
        numbers = [int(rule) for rule, _ in _ROW.findall(self.text)]
        self.assertEqual(numbers, list(range(1, RULES + 1)))

    def test_every_row_names_tests_or_says_why_none(self):
        for rule, tests in rows(self.text).items():
            with self.subTest(rule=rule):
                self.assertTrue(tests.startswith("none") or
                                _NAME.search(tests))

    def test_every_named_test_exists(self):
        there = tests_there_are()
        self.assertGreater(len(there), 100)
        for rule, tests in rows(self.text).items():
            for name in _NAME.findall(tests):
                with self.subTest(rule=rule, test=name):
                    self.assertIn(name, there)


if __name__ == "__main__":
    sys.exit(unittest.main())
