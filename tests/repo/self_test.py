#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule must find what is planted, and nothing in the tidy repository."""

import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from check_repo import RULES, complaints
from cpp_text import functions
from repo_files import Repo

HEAD = "// SPDX-License-Identifier: Apache-2.0\n"
SLEEP = "std::this_thread::slee" + "p_for(x);"
LATER = "TO" + "DO"
SKIP = "GTEST_" + "SKIP"


def guarded(path, text):
    """A header that breaks no rule but those that the text breaks."""
    guard = "ROWAN_" + path.replace("/", "_").replace(".", "_").upper() + "_"
    return (f"{HEAD}#ifndef {guard}\n#define {guard}\n\n{text}\n\n"
            f"#endif  // {guard}\n")


DECISIONS = "\n## Decisions\n\n- None is missing.\n"

TIDY = {
    ".clang-format": "BasedOnStyle: Google\n",
    "README.md": "Begin with `storage/model/row.h`.\n",
    "storage/README.md": "The storage.\n" + DECISIONS,
    "storage/base/README.md": "The floor.\n" + DECISIONS,
    "storage/base/coding.h": guarded("storage/base/coding.h", "int x();"),
    "storage/model/README.md":
        "`row.{h,cc}` and `storage/base/coding.h`.\n" + DECISIONS,
    "storage/model/row.h": guarded(
        "storage/model/row.h", '#include "storage/base/coding.h"'),
    "storage/model/row.cc": HEAD + '#include "storage/model/row.h"\n',
    "proto/README.md": "The contract.\n" + DECISIONS,
    "proto/rowan/v1/README.md": "It, a service a file.\n" + DECISIONS,
    "proto/rowan/v1/tidy.proto":
        HEAD + "enum E { E_NONE = 0; }\nmessage A {\n  // Of b.\n"
        "  B b = 1;\n  optional int32 c = 2;  // seconds\n"
        "  // In d.\n  oneof d {\n    // Of e.\n    E e = 3;\n  }\n}\n",
    "tests/README.md": "The tests.\n" + DECISIONS,
    "tests/storage/model/row_test.cc":
        HEAD + '#include "storage/model/row.h"\n',
}

LONG_FUNCTION = HEAD + "void Long(int a) {\n" + "  a = 1;\n" * 70 + "}\n"

# Rule -> what breaks it: path and text.
PLANTED = {
    "top-level-names": [("scratch/x.txt", ""), ("notes.md", "")],
    "include-direction": [
        ("storage/base/up.cc", HEAD + '#include "storage/model/row.h"\n'),
        ("storage/model/t.cc", HEAD + '#include "tests/lib/sim_clock.h"\n'),
        ("storage/model/beside.cc", HEAD + '#include "row.h"\n'),
        ("storage/model/wire.cc", HEAD + '#include "grpcpp/grpcpp.h"\n'),
        ("node/wire.cc", HEAD + '#include "rowan/v1/data.pb.h"\n'),
        ("tools/rowan/deep.cc",
         HEAD + '#include "storage/sstable/sstable.h"\n'),
    ],
    "include-cycles": [
        ("storage/base/up.cc", HEAD + '#include "storage/model/row.h"\n')],
    "sizes": [
        ("storage/model/long.cc", HEAD + "int a;\n" * 500),
        ("tests/storage/model/long_test.cc", HEAD + "int a;\n" * 800),
        ("storage/model/function.cc", LONG_FUNCTION),
        ("tools/long.py",
         "# SPDX\ndef long():\n" + "    a = 1\n" * 71),
    ],
    "readmes": [
        ("storage/manifest/x.cc", HEAD),
        ("tests/clients/go/x.py", HEAD),
        ("storage/README.md", "line\n" * 121 + DECISIONS),
        ("storage/base/README.md", "The floor.\n"),
        ("tests/README.md", "The tests.\n\n## Decisions\n"),
    ],
    "named-files": [
        ("storage/model/more.md", "See `gone.h`.\n"),
        ("storage/model/pair.md", "See `other.{h,cc}`.\n"),
    ],
    "injected-world": [
        ("storage/model/t.cc", HEAD + "std::thread t;\n"),
        ("node/t.cc", HEAD + "auto n = std::chrono::system_clock::now();\n"),
        ("commitlog/t.cc", HEAD + SLEEP + "\n"),
    ],
    "test-sleeps": [
        ("tests/node/t_test.cc", HEAD + SLEEP + "\n"),
        ("tests/e2e/t.py", HEAD + "time.slee" + "p(1)\n"),
        ("tests/e2e/t.sh", HEAD + "slee" + "p 1\n"),
    ],
    "foreign-types": [
        ("node/a.cc", HEAD + "absl::Mutex m;\n"),
        ("node/a.h", guarded("node/a.h", "void F(absl::string_view v);")),
    ],
    "postponed-work": [
        ("storage/model/a.cc", HEAD + f"// {LATER}: more\n")],
    "skipped-tests": [
        ("tests/node/a_test.cc", HEAD + SKIP + "();\n"),
        ("tests/node/b_test.cc", HEAD + "TEST(A, DISABLED_" + "B) {}\n"),
    ],
    "foreign-paths": [("deploy/a.sh", HEAD + "cd /wo" + "rk/x\n")],
    "formatting": [("storage/model/a.cc", HEAD + "int  a ;\n")],
    "file-heads": [
        ("storage/model/a.cc", "int a;\n"),
        ("storage/model/b.h", HEAD + "#pragma once\n"),
    ],
    "proto-comments": [
        ("proto/rowan/v1/a.proto",
         HEAD + "message A {\n  repeated B b = 1;\n}\n"),
        ("proto/rowan/v1/b.proto",
         HEAD + "message A {\n  // Of b.\n\n  int32 b = 1;\n}\n"),
        ("proto/rowan/v1/c.proto",
         HEAD + "message A {\n  // Of b.\n  B b = 1;\n  B c = 2;\n}\n"),
    ],
}


class Rules(unittest.TestCase):

    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        for path, text in TIDY.items():
            self.write(path, text)

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def test_tidy_repository_has_no_complaints(self):
        self.assertEqual(list(complaints(Repo(self.root), RULES)), [])

    def test_every_rule_has_something_planted(self):
        self.assertEqual(set(PLANTED), set(RULES))

    def test_each_planted_thing_is_found_by_its_rule(self):
        self.write("tests/lib/sim_clock.h", "")
        self.write("storage/sstable/sstable.h", "")
        for rule, plants in PLANTED.items():
            for path, text in plants:
                with self.subTest(rule=rule, path=path):
                    before = set(complaints(Repo(self.root), [rule]))
                    self.write(path, text)
                    after = set(complaints(Repo(self.root), [rule]))
                    self.assertTrue(after - before)
                    os.remove(os.path.join(self.root, path))
                    if path in TIDY:
                        self.write(path, TIDY[path])

    def test_exception_silences_one_rule_for_one_file(self):
        self.write("storage/model/function.cc", LONG_FUNCTION)
        self.assertEqual(len(list(complaints(Repo(self.root), ["sizes"]))), 1)
        self.write("tests/repo/README.md", "Rules.\n" + DECISIONS)
        self.write("tests/repo/exceptions.txt",
                   "sizes storage/model/function.cc one table\n")
        self.assertEqual(list(complaints(Repo(self.root), RULES)), [])

    def test_too_many_files_in_a_folder(self):
        for number in range(20):
            self.write(f"storage/model/f{number}.cc", HEAD)
        found = list(complaints(Repo(self.root), ["sizes"]))
        self.assertEqual(len(found), 1)
        self.assertIn("storage/model", found[0])


class Functions(unittest.TestCase):

    def test_methods_constructors_and_tests_are_measured(self):
        text = ("namespace a {\n"
                "class B final : public C {\n"
                " public:\n"
                "  int Get() const { return x_; }\n"
                "};\n"
                "B::B(int x)\n"
                "    : x_{x}, y_(1) {\n"
                "  if (x) {\n"
                "  }\n"
                "}\n"
                "constexpr int kTable[] = {1, 2};\n"
                "TEST(Some, Name) {\n"
                '  auto s = R"({)"; char c = \'{\';\n'
                "}\n"
                "}  // namespace a\n")
        found = [(name, line, lines) for name, line, lines in functions(text)]
        self.assertIn(("Get", 4, 1), found)
        self.assertIn(("TEST(Some, Name)", 12, 3), found)
        self.assertIn(10, [line + lines - 1 for _, line, lines in found])


if __name__ == "__main__":
    unittest.main()
