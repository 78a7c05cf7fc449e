# SPDX-License-Identifier: Apache-2.0
"""Made-up time series of the shape of real ones: many small CSV files, a
header line, times without a zone, some times twice."""

import datetime
import os
import random


class MadeSeries:
    """What was written, and what a table must hold afterwards."""

    def __init__(self, folder, files, rows, seed=20140401):
        self.seed = seed
        self.paths = []
        # Series -> (time, value as text) per line, from line 2 on.
        self.lines = {}
        source = random.Random(seed)
        os.makedirs(folder, exist_ok=True)
        for number in range(files):
            name = f"series_{number:02d}"
            path = os.path.join(folder, f"{name}.csv")
            self.lines[name] = self._make(source, rows + source.randrange(50))
            with open(path, "w", encoding="utf-8") as file:
                file.write("timestamp,value\n")
                for when, value in self.lines[name]:
                    file.write(f"{when},{value}\n")
            self.paths.append(path)

    @staticmethod
    def _make(source, rows):
        when = datetime.datetime(2014, 4, 1) + datetime.timedelta(
            minutes=5 * source.randrange(1000))
        lines = []
        for _ in range(rows):
            lines.append((f"{when:%Y-%m-%d %H:%M:%S}",
                          repr(round(source.uniform(-50, 100), 9))))
            if source.random() < 0.002:
                when -= datetime.timedelta(minutes=60)  # a clock set back
            else:
                when += datetime.timedelta(minutes=5)
        return lines

    def table(self):
        """(series, time) -> value, the later of equal times."""
        return {(name, when): float(value)
                for name, lines in self.lines.items()
                for when, value in lines}

    def distinct(self, name):
        return len({when for when, _ in self.lines[name]})

    @staticmethod
    def name_of(path):
        return os.path.splitext(os.path.basename(path))[0]
