#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_repo.py [--root DIR] [RULE...]: prints what breaks the rules of this
repository, each with its mend, and exits 1 when anything does."""

import argparse
import os
import sys

import shape_rules
import word_rules
from repo_files import Repo

RULES = {**shape_rules.RULES, **word_rules.RULES}


def complaints(repo, rules):
    for rule in rules:
        for path, line, message in RULES[rule](repo):
            if not repo.excepted(rule, path):
                where = f"{path}:{line}" if line else path
                yield f"{where}: {message} [{rule}]"


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=os.path.join(here, "../.."))
    parser.add_argument("rules", nargs="*", metavar="RULE",
                        help=f"of {', '.join(RULES)}; all by default")
    arguments = parser.parse_args()
    unknown = [rule for rule in arguments.rules if rule not in RULES]
    if unknown:
        parser.error(f"no rule {unknown[0]}; there are {', '.join(RULES)}")
    found = list(complaints(Repo(arguments.root), arguments.rules or RULES))
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
