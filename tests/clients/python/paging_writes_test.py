#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every kind of read in pages of 1, 2 and 3 rows, with writes, deletions,
flushes and restarts between them, beside a reference: what lies behind the place
is read as of now, what lies before it never again."""

import os
import random
import unittest

from api_test_case import ApiTestCase
from rowan_process import Node

SERIES = "abcde"
TIMES = range(8)
SEEDS = 2
SLICES = [(0, 1), (2, 4), (5, 7)]


class Reference:
    """What the table holds, and where a read of it stands."""

    def __init__(self, order):
        self.order = order  # of the series, by token
        self.rows = {series: {} for series in order}
        self.units = {}

    def begin(self, keys=SERIES, reverse=False, slices=None, above=None,
              distinct=False, each=None, limit=None):
        self.keys, self.reverse, self.slices = keys, reverse, slices
        self.above, self.distinct, self.each = above, distinct, each
        self.left = limit
        self.place = self.shown = None  # (series, time), rows of that series

    def live(self, series):
        """The rows of a series that the read may show, in its order."""
        return [when for when in sorted(self.rows[series],
                                        reverse=self.reverse)
                if (self.slices is None or any(
                    first <= when < end for first, end in self.slices))
                and (self.above is None
                     or self.rows[series][when] > self.above)]

    def behind(self, series):
        """(time, its number in the series); None is the time of a row without
        one."""
        rows = self.live(series)
        there = self.rows[series] or series in self.units
        if self.distinct:
            return [(None, 1)] if there and self.place[0] != series else []
        begun = self.place[0] == series
        if not rows and not begun:
            alone = self.slices is None and self.above is None
            return [(None, 1)] if there and alone else []
        if begun:
            last = self.place[1]
            rows = [when for when in rows if last is not None and
                    (when < last if self.reverse else when > last)]
        first = self.shown + 1 if begun else 1
        return [(when, number) for number, when in enumerate(rows, first)
                if self.each is None or number <= self.each]

    def row(self, series, when):
        row = {"series": series}
        if series in self.units:
            row["unit"] = self.units[series]
        if when is not None:
            row.update(ts=when, value=self.rows[series][when])
        return row

    def next_page(self, size):
        """Rows of the next page, as things are now."""
        found = []
        if self.place is None:
            self.place, self.shown = ("", None), 0
        start = self.order.index(self.place[0]) if self.place[0] else 0
        for series in self.order[start:]:
            if series not in self.keys:
                continue
            for when, number in self.behind(series):
                if len(found) == size or self.left == 0:
                    return found
                found.append(self.row(series, when))
                self.place, self.shown = (series, when), number
                if self.left is not None:
                    self.left -= 1
        return found


class PagingWritesTest(ApiTestCase):

    def setUp(self):
        super().setUp()
        self.table = self.create_table(regular=("value double",))
        for series in SERIES:
            self.write(self.table, series, self.upsert(0, value=0.0))
        page = self.data.Read(self.d.ReadRequest(table=self.table,
                                                 distinct=True))
        self.order = [row["series"] for row in self.rows(page)]
        self.assertEqual(sorted(self.order), list(SERIES))

    # Changes of the table and of the reference.

    def put(self, series, when, value):
        self.write(self.table, series, self.upsert(when, value=value))
        self.model.rows[series][when] = value

    def delete_row(self, series, when):
        self.write(self.table, series, self.d.Change(
            delete_row=self.d.DeleteRow(clustering=self.time_key(when))))
        self.model.rows[series].pop(when, None)

    def delete_series(self, series):
        self.write(self.table, series, self.d.Change(
            delete_wide_row=self.d.DeleteWideRow()))
        self.model.rows[series].clear()
        self.model.units.pop(series, None)

    def set_unit(self, series, unit):
        self.write(self.table, series, self.upsert(unit=unit))
        if unit is None:
            self.model.units.pop(series, None)
        else:
            self.model.units[series] = unit

    def fill(self):
        """Five series, one of them with a static row alone."""
        self.model = Reference(self.order)
        for number, series in enumerate(SERIES):
            self.delete_series(series)
            rows = {when: float(when) for when in TIMES if number}
            changes = [self.upsert(when, value=value)
                       for when, value in rows.items()]
            if number % 2 == 0:
                changes.append(self.upsert(unit="ms"))
                self.model.units[series] = "ms"
            self.write(self.table, series, *changes)
            self.model.rows[series] = rows

    def disturb(self, chance):
        series, when = self.model.place
        if series and chance.random() < 0.3:
            if when is None or chance.random() < 0.3:
                self.delete_series(series)
            else:
                self.delete_row(series, when)
        for _ in range(chance.randrange(4)):
            series, when = chance.choice(SERIES), chance.choice(TIMES)
            change = chance.randrange(5)
            if change < 2:
                self.put(series, when, float(chance.randrange(8)))
            elif change == 2:
                self.delete_row(series, when)
            elif change == 3:
                self.set_unit(series, chance.choice(["s", None]))
            else:
                self.delete_series(series)
        if chance.randrange(8) == 0:
            self.admin.Flush(self.a.FlushRequest(table=self.table))

    def restart(self):
        self.node.kill()
        case = type(self)
        case.node = Node(os.path.join(case.folder, "data"))
        case.addClassCleanup(case.node.release)
        case.connect()

    # Reads, as the reference and as the node take them.

    KINDS = {
        "table": {},
        "one": dict(keys="c"),
        "in": dict(keys="adeb"),
        "in, some of each": dict(keys="bde", each=3),
        "distinct": dict(distinct=True),
        "distinct in": dict(distinct=True, keys="abd", limit=2),
        "slices": dict(slices=SLICES),
        "slices in": dict(slices=SLICES, keys="bc", each=4, limit=6),
        "filter": dict(above=2.0, limit=9),
    }

    def request(self, keys=SERIES, reverse=False, slices=None, above=None,
                distinct=False, each=None, limit=None):
        request = self.d.ReadRequest(
            table=self.table, reverse=reverse, distinct=distinct,
            per_wide_row_limit=each or 0, limit=limit or 0)
        if len(keys) == 1:
            request.partition_key.CopyFrom(self.text_key(keys))
        elif keys != SERIES:
            request.partition_keys.keys.extend(map(self.text_key, keys))
        for first, end in slices or ():
            request.slices.add(
                start=self.t.Bound(values=self.time_key(first).values),
                end=self.t.Bound(values=self.time_key(end).values))
        if above is not None:
            request.predicates.add(column="value", op="OPERATOR_GREATER",
                                   value=self.value(above))
        return request

    def page_through(self, request, size, between, sums):
        """Each page must be the reference's; `sums`: or its part of theirs."""
        request.page_rows = size
        if sums:
            request.aggregates.add(function="AGGREGATE_FUNCTION_COUNT")
            if not request.distinct:
                request.aggregates.add(function="AGGREGATE_FUNCTION_SUM",
                                       column="value")
        count, total, pages = 0, 0.0, 0
        while True:
            page = self.data.Read(request)
            expected = self.model.next_page(size)
            count += len(expected)
            total += sum(row.get("value", 0.0) for row in expected)
            if not page.next_page_token:
                break
            self.assertEqual(self.rows(page), [] if sums else expected)
            pages += 1
            self.assertLess(pages, 100)
            between(pages)
            request.page_token = page.next_page_token
        if sums:
            self.assertEqual([value.int_value or value.double_value
                              for value in page.rows[0].values],
                             [count, total][:len(request.aggregates)])
        else:
            self.assertEqual(self.rows(page), expected)
        self.assertEqual(self.model.next_page(1), [], "more was there")
        return pages

    def every_kind(self):
        for name, kind in self.KINDS.items():
            for reverse in (False, True):
                for sums in (False, True):
                    yield name, dict(kind, reverse=reverse), sums

    def test_pages_show_what_lies_behind_their_place_as_of_now(self):
        pages = 0
        for size in (1, 2, 3):
            for name, kind, sums in self.every_kind():
                for seed in range(SEEDS):
                    with self.subTest(size=size, kind=name, seed=seed,
                                      sums=sums, reverse=kind["reverse"]):
                        chance = random.Random(seed)
                        self.fill()
                        self.model.begin(**kind)
                        pages += self.page_through(
                            self.request(**kind), size,
                            lambda _: self.disturb(chance), sums)
        self.assertGreater(pages, 500)

    def test_a_token_is_good_after_a_restart(self):
        for name, kind, sums in self.every_kind():
            with self.subTest(kind=name, sums=sums, reverse=kind["reverse"]):
                chance = random.Random(name)

                def between(pages):
                    self.disturb(chance)
                    if pages == 1:
                        self.restart()
                self.fill()
                self.model.begin(**kind)
                self.assertGreater(
                    self.page_through(self.request(**kind), 1, between, sums),
                    0)


if __name__ == "__main__":
    unittest.main()
