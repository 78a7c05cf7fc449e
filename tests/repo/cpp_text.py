# SPDX-License-Identifier: Apache-2.0
"""Just enough C++ reading for the rules: what is code, where functions are."""

import re

_SKIPPED = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"([^()\\ ]{0,16})\(.*?\)\1"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)
_TYPE = re.compile(r"\b(class|struct|enum|union)\b[^()=]*$")

_LABEL = re.compile(r"\s*(?:(?:public|protected|private)\s*:\s*)?")


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def code_only(text):
    """The text with comments and literals blanked; lines stay where they were."""
    return _SKIPPED.sub(_blank, text)


def functions(text):
    """Yields (name, first line, lines) of each function outside any other."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", _blank, code_only(text),
                  flags=re.MULTILINE)
    scopes = []
    start = 0
    inside = None
    for at in range(len(code)):
        char = code[at]
        if char == "{":
            head = code[start:at]
            kind = _kind(head) if inside is None else "inner"
            if kind == "function":
                begin = start + _LABEL.match(head).end()
                inside = (_name(head), code.count("\n", 0, begin) + 1,
                          len(scopes))
            scopes.append(kind)
            start = at + 1
        elif char == "}":
            if scopes:
                scopes.pop()
            if inside is not None and len(scopes) == inside[2]:
                last = code.count("\n", 0, at) + 1
                yield inside[0], inside[1], last - inside[1] + 1
                inside = None
            start = at + 1
        elif char == ";" and inside is None:
            start = at + 1


def _kind(head):
    if re.search(r"\bnamespace\b", head) or 'extern' in head.split():
        return "namespace"
    if _TYPE.search(head):
        return "type"
    return "function" if "(" in head else "other"


def _name(head):
    match = re.search(r"([~\w:]+)\s*\(", head)
    if match is None:
        return "?"
    if match.group(1).startswith("TEST"):
        return " ".join(head[match.start():].split())
    return match.group(1)
