#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks reports about impact as the tools that read them do.

usage: check_impact.py PRINT_IMPACT SCHEMAS

PRINT_IMPACT is tests/api/print_impact.c, SCHEMAS the folder tests/cases/schemas.
Needs python3-jsonschema and xmllint.
"""

import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree

import jsonschema

SAMPLES = ["events", "plain", "hostile", "long", "many", "cut", "none", "nothing"]
ROWS = {"events": 8, "many": 3001, "none": 1, "nothing": 1}
COLUMNS = 19
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def check(said, what):
    if not said:
        raise AssertionError(what)


def printed(program, sample, form):
    return subprocess.run(
        [program, sample, form], stdout=subprocess.PIPE, check=True
    ).stdout


def check_sarif(schema, program, sample):
    log = json.loads(printed(program, sample, "sarif"))
    jsonschema.Draft7Validator(schema).validate(log)
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        check(rules[result["ruleIndex"]] == result["ruleId"], "a rule's place")
        suppressed = "suppressions" in result
        check(suppressed == ("suppressions" in run["results"][0]), "all or none")
    marks = {result["ruleId"] for result in run["results"]}
    check(marks == set(rules), "only rules that are used")
    check(run["invocations"][0]["executionSuccessful"] == (sample != "cut"), "cut")
    errors = [
        note
        for note in run["invocations"][0]["toolExecutionNotifications"]
        if note["level"] == "error"
    ]
    check(len(errors) == (2 if sample == "cut" else 0), "what is missing is said")


def sums(element):
    return [int(element.get(name)) for name in ("tests", "failures", "errors")]


def check_junit(schemas, program, sample):
    text = printed(program, sample, "junit")
    subprocess.run(
        ["xmllint", "--huge", "--noout", "--schema", schemas + "/junit.xsd", "-"],
        input=text,
        stderr=subprocess.PIPE,
        check=True,
    )
    root = xml.etree.ElementTree.fromstring(text)
    total = [0, 0, 0]
    for suite in root:
        cases = suite.findall("testcase")
        found = [
            len(cases),
            len(suite.findall("testcase/failure")),
            len(suite.findall("testcase/error")),
        ]
        check(sums(suite) == found, "counts of a suite")
        skipped = len(suite.findall("testcase/skipped"))
        check(int(suite.get("skipped")) == skipped, "skipped tests of a suite")
        total = [a + b for a, b in zip(total, found)]
    check(sums(root) == total, "counts of all suites")
    check(total[2] == (1 if sample == "cut" else 0), "a cut answer is an error")


def check_csv(program, sample):
    text = printed(program, sample, "csv").decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    check(len(rows) == ROWS.get(sample, 17), "rows: %d" % len(rows))
    for row in rows:
        check(len(row) == COLUMNS, "columns")
        for cell in row:
            check(not re.match("[=+@\t\r\n-]", cell), "a formula: " + cell[:40])


def without_code(line):
    """A line of Markdown without its code spans (CommonMark 0.30, 6.1)."""
    out = ""
    at = 0
    while at < len(line):
        if line[at] == "\\" and at + 1 < len(line) and line[at + 1] in "`\\":
            at += 2
            continue
        ticks = re.compile("`*").match(line, at).end() - at
        if ticks == 0:
            out += line[at]
            at += 1
            continue
        end = re.compile("(?<!`)" + "`" * ticks + "(?!`)").search(line, at + ticks)
        check(end, "a code span that does not end: " + line[:200])
        at = end.end()
    return out


def check_markdown(program, sample):
    text = printed(program, sample, "markdown").decode()
    check(len(text.encode()) < 65536, "too long")
    check(not CONTROL.search(text), "a control character")
    lines = text.split("\n")
    check(lines[0] == "<!-- headwater-impact -->", "the mark")
    check(lines[1].startswith("## Impact: "), "the verdict")
    check("### Coverage" in lines, "coverage")
    for line in lines[1:]:
        plain = without_code(line)
        check(not re.search("@[A-Za-z0-9]", plain), "a mention: " + plain)
        check(not re.search(r"<|(?<!\\)\[|https?:|www\.", plain), "markup: " + plain)
    if sample == "many":
        check(text.count("\n\n... and ") == 5, "what is left out is said")


def check_mermaid(program, sample):
    text = printed(program, sample, "mermaid").decode()
    check(len(text.encode()) < 50000, "too long")
    lines = text.split("\n")
    check(lines[0] == "flowchart LR", "the first line")
    label = r'"[^"`<>]*(?:<br/>[^"`<>]*)*"'
    known = re.compile(
        r"\t(?:%% .*|(n\d+|more_\w+|incomplete|bound)"
        r"(?:\[" + label + r"\]|\[\(" + label + r"\)\]|\(\[" + label + r"\]\))|"
        r"(n\d+) (?:-->|-\.->)(?:\|\d+ more\|)? (n\d+)|class(?:Def)? [\w,]+ .*)"
    )
    nodes = set()
    edges = []
    for line in lines[1:-1]:
        match = known.fullmatch(line)
        check(match, "a line of another kind: " + line[:200])
        if match[1]:
            check(match[1] not in nodes, "a node twice")
            nodes.add(match[1])
        elif match[2]:
            edges.append((match[2], match[3]))
    check(len(edges) == len(set(edges)) <= 500, "edges")
    check({end for edge in edges for end in edge} <= nodes, "ends of edges")
    check(("incomplete" in nodes) == (sample == "cut"), "cut")
    check(("more_impacts" in nodes) == (sample in ("many", "cut")), "not drawn")


def main():
    program, schemas = sys.argv[1:]
    with open(schemas + "/sarif-2.1.0.json", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    for sample in SAMPLES:
        check_sarif(schema, program, sample)
        check_junit(schemas, program, sample)
        check_markdown(program, sample)
        check_mermaid(program, sample)
        if sample != "cut":
            check_csv(program, sample)
    print("all formats of", len(SAMPLES), "reports are sound")


main()
