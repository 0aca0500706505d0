#!/usr/bin/env python3
"""A policy in Python, beside three of cnnselect's own.

    tools/setup --python && tools/build release cnnselect_python
    PYTHONPATH=build/release/apps/python /usr/bin/python3 examples/python/own_policy.py
"""
import pathlib

import cnnselect

ROOT = pathlib.Path(__file__).resolve().parents[2]


class HalfBudget:
    """The most accurate model that takes at most a share of the budget, else the fastest."""

    def __init__(self, share):
        self.share = share
        self.name = f"half-budget:share={share}"

    def select(self, snapshot):
        # A pure function of the snapshot. What is left of the SLA may also be negative.
        limit = self.share * snapshot.budget_ms
        means = snapshot.mean_ms
        fits = [i for i, mean in enumerate(means) if mean < limit]
        if not fits:
            return min(range(len(means)), key=means.__getitem__)
        return max(fits, key=snapshot.accuracy.__getitem__)


def dice(snapshot):
    """Drawn evenly among all. Chance comes from the snapshot, so that a seed repeats it."""
    return int(snapshot.uniform() * len(snapshot.models))


results = cnnselect.simulate(
    profile=str(ROOT / "data/paper/table5.csv"), network="normal(63,15)", sla_ms=[150, 200, 250],
    policies=["ontime", "cnnselect:threshold=25", HalfBudget(0.5), HalfBudget(0.9), dice],
    requests=2000, seed=1)

print("effective accuracy, % of the bound")
print(f"{'':26}" + "".join(f"{sla:8.0f} ms" for sla in results.sla_ms))
for policy, row in zip(results.policies, 100 * results.effective_accuracy / results.bound):
    print(f"{policy:26}" + "".join(f"{cell:11.1f}" for cell in row))
