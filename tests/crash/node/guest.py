#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs in the guest: checks the node's data against the host's record, then
loads it until the power goes. Tells the host by lines on the console:

    wrong TEXT           the data is not as the record says
    there NUMBER CHANGE  item NUMBER is after this change; one for each
    serving SECONDS      the node has started in so many; the load begins
    done NUMBER CHANGE   a change was acknowledged

The record: a JSON object with `items`, their count, `writers`, `seed`,
`config`, `acknowledged` and `lowest` by the items' numbers."""

import json
import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "../../lib")]


def tell(*words):
    # One call, so that lines of several threads don't mix.
    os.write(1, ("\n" + " ".join(map(str, words)) + "\n").encode())


def main(path):
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    sys.path.insert(1, record["generated"])
    from api import Api
    from items import check, make_items
    from load import Load
    from rowan_process import Node

    items = make_items(record["items"])
    numbers = {item.key: i for i, item in enumerate(items)}
    for item, acknowledged in zip(items, record["acknowledged"]):
        item.acknowledged = acknowledged
    lowest = {item.key: n for item, n in zip(items, record["lowest"])}

    begin = time.monotonic()
    node = Node("/run/data/rowan", "--config", record["config"])
    took = time.monotonic() - begin
    api = Api(node.address)
    if record["first"]:
        api.create_tables()
    for line in check(items, api.everything(), lowest):
        tell("wrong", line)
    for item in items:
        tell("there", numbers[item.key], item.acknowledged)
    tell("serving", round(took, 3))
    load = Load(api, items, record["writers"], record["seed"],
                lambda item, _: tell("done", numbers[item.key],
                                     item.acknowledged))
    load.wait()
    for line in load.wrong:
        tell("wrong", line)
    tell("broken", "the load ended before the power went")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Exception as error:  # the host must hear of it
        tell("broken", repr(error).replace("\n", " "))
    while True:
        signal.pause()  # the first process must not end
