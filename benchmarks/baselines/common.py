"""What the baselines share: the same rows as the zoo's, and the communication with the benchmark.

The benchmark writes an assignment to standard input, one line of JSON, and then, for each round, a number of steps; the
baseline answers every line with one. See ../pace.ts and ../workloads.ts.
"""

import json
import os
import resource
import sys
import time

import numpy as np

DISTINCT_ROWS = 1000

# By which pixels are standardized for convolutions, see `standardization` in ../workloads.ts.
MEAN, DEVIATION = 0.1307, 0.3081


class Job:
    """The assignment: settings, initial weights by name, rows, and the generator that shuffles."""

    def __init__(self, dtype):
        assignment = json.loads(sys.stdin.readline())
        self.dtype = dtype
        self.workload = assignment["workload"]
        self.filters = self.workload.get("filters")
        self.parameters = {
            name: np.array(value["values"], dtype).reshape(value["shape"])
            for name, value in assignment["initial"].items()
        }
        self.initial = list(self.parameters.values())
        self.clock = time.process_time if assignment["cpu"] else time.perf_counter
        state = assignment["random"]
        spare = state["spareNormal"]
        self.random = np.random.RandomState()
        self.random.set_state(
            ("MT19937", state["key"], state["position"], int(spare is not None), spare or 0.0)
        )
        self.x, self.y = self._draw_tokens() if self.workload.get("tokens") else self._draw()

    def _draw(self):
        source = np.random.RandomState(0)
        rows = self.workload["rows"]
        features, classes = self.workload["features"], self.workload["classes"]
        distinct = min(rows, DISTINCT_ROWS)
        uniform = source.rand(distinct, features)
        x = np.floor(256 * uniform) / 255 if self.workload["bytes"] else 1.7 * (2 * uniform - 1)
        if self.filters:
            x = (x - MEAN) / DEVIATION
        labels = np.floor(classes * source.rand(distinct)).astype(int)
        y = labels[:, None] if self.workload["outputs"] == 1 else np.eye(classes)[labels]
        repeated = np.arange(rows) % distinct
        return x.astype(self.dtype)[repeated], y.astype(self.dtype)[repeated]

    def _draw_tokens(self):
        source = np.random.RandomState(0)
        rows, features = self.workload["rows"], self.workload["features"]
        x = np.floor(self.workload["classes"] * source.rand(rows, features)).astype(int)
        y = np.roll(x, -1, axis=1)
        uniform = source.rand(rows)
        if self.workload["tokens"]["varyLength"]:
            y[np.arange(features) >= (3 + np.floor(9 * uniform))[:, None]] = -1
        return x, y

    def orders(self):
        """Row numbers of an endless sequence of batches, shuffled every epoch; None stands for all rows."""
        size = self.workload["batchSize"]
        while size == "full":
            yield None
        while True:
            order = np.arange(self.workload["rows"])
            self.random.shuffle(order)
            for start in range(0, len(order), size):
                yield order[start : start + size]


class Pace:
    """Pauses training between rounds and times each round."""

    def __init__(self, clock=time.perf_counter):
        self._clock = clock
        self._write({"ready": True})
        self._next_round()

    def step_done(self, loss, steps=1):
        """Call it after every step, or after several made in one call; returns when training may continue."""
        self.left -= steps
        self.made += steps
        if self.left > 0:
            return
        seconds = self._clock() - self.started
        loss = float(loss)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory = peak if sys.platform == "darwin" else 1024 * peak
        answer = {"seconds": seconds, "steps": self.made, "memory": memory}
        self._write({**answer, "loss": loss if np.isfinite(loss) else None})
        self._next_round()

    def _next_round(self):
        line = sys.stdin.readline()
        if not line:
            os._exit(0)
        self.left = int(line)
        self.made = 0
        self.started = self._clock()

    @staticmethod
    def _write(message):
        print(json.dumps(message), flush=True)
