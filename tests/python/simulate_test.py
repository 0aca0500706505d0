"""The Python module beside the command: the same numbers, and policies written in Python.

    simulate_test.py PROGRAM       with the module's folder in PYTHONPATH
"""
import csv
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

import cnnselect
import numpy

PROGRAM = sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE5 = str(ROOT / "data/paper/table5.csv")
COLUMNS = ["attainment", "effective_accuracy", "mean_accuracy", "mean_ms", "p50_ms", "p95_ms",
           "p99_ms", "bound", "attainment_half", "effective_half", "device_ran", "cold"]


def small(**more):
    return cnnselect.simulate(**{"profile": TABLE5, "sla_ms": [150, 200], "requests": 300, **more})


def fastest(snapshot):
    means = snapshot.mean_ms
    return means.index(min(means))


class SameAsTheCommand(unittest.TestCase):
    def compare(self, flags, **options):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "r.csv"
            subprocess.run([PROGRAM, "simulate", "--profile", TABLE5, "-o", file, *flags],
                           check=True, stdout=subprocess.DEVNULL)
            with file.open(encoding="utf-8") as table:
                rows = list(csv.DictReader(table))
        results = cnnselect.simulate(profile=TABLE5, **options)
        cells = [(p, s) for p in range(len(results.policies)) for s in range(len(results.sla_ms))]
        self.assertEqual(len(rows), len(cells))
        for row, (p, s) in zip(rows, cells):
            self.assertEqual(row["policy"], results.policies[p])
            self.assertEqual(float(row["sla_ms"]), results.sla_ms[s])
            for column in COLUMNS:
                value = getattr(results, column)[p, s]
                told = float(row[column]) if row[column] else numpy.nan
                numpy.testing.assert_equal(value, told, f"{column} of {row['policy']}")

    def test_with_all_defaults(self):
        self.compare(["--requests", "500"], requests=500)

    def test_with_a_queue_and_everything_learnt(self):
        self.compare(
            ["--network", "gamma(40,20)", "--correlation", "0.3", "--estimate", "learnt",
             "--profiles", "learnt", "--workers", "4", "--rate", "90", "--late", "last",
             "--policy", "ontime:price=0.5,slack-greedy:quantile=0.9,random", "--seed", "7",
             "--sla", "150ms,300ms", "--requests", "400", "--jobs", "1"],
            network="gamma(40,20)", correlation=0.3, estimate="learnt", profiles="learnt",
            workers=4, rate=90, late="last", seed=7, sla_ms=[150, 300], requests=400,
            policies=["ontime:price=0.5", "slack-greedy:quantile=0.9", "random"])


class Results(unittest.TestCase):
    def test_shapes(self):
        results = small(policies=["ontime", "fastest", "oracle"], per_request=True)
        self.assertEqual(results.attainment.shape, (3, 2))
        self.assertEqual(results.shares.shape, (3, 2, 11))
        self.assertEqual(results.request_total_ms.shape, (3, 2, 300))
        numpy.testing.assert_allclose(results.shares.sum(axis=2), 1)

    def test_each_request_adds_up_to_its_cell(self):
        results = small(policies=["cnnselect"], per_request=True)
        in_time = results.request_total_ms <= results.sla_ms[None, :, None]
        numpy.testing.assert_allclose(in_time.mean(axis=2), results.attainment)
        numpy.testing.assert_allclose((in_time * results.request_accuracy).mean(axis=2),
                                      results.effective_accuracy)
        self.assertGreaterEqual(results.request_model.min(), 0)
        self.assertFalse(results.request_on_device.any())

    def test_only_on_demand(self):
        self.assertFalse(hasattr(small(policies=["fastest"]), "request_model"))


class PythonPolicies(unittest.TestCase):
    def test_the_same_rule_has_the_same_results(self):
        class BudgetGreedy:
            name = "mine"

            def select(self, snapshot):
                fits = [i for i, (mean, deviation) in
                        enumerate(zip(snapshot.mean_ms, snapshot.deviation_ms))
                        if mean + deviation < snapshot.budget_ms]
                return max(fits, key=snapshot.accuracy.__getitem__) if fits else fastest(snapshot)

        results = small(policies=["budget-greedy", BudgetGreedy(), "fastest", fastest],
                        workers=3, rate=60)
        self.assertEqual(results.policies, ["budget-greedy", "mine", "fastest", "fastest"])
        for ours, theirs in ((0, 1), (2, 3)):
            numpy.testing.assert_array_equal(results.shares[ours], results.shares[theirs])
            numpy.testing.assert_array_equal(results.effective_accuracy[ours],
                                             results.effective_accuracy[theirs])

    def test_chance_is_repeated_by_the_seed(self):
        def dice(snapshot):
            return int(snapshot.uniform() * len(snapshot.models))
        one, same, other = (small(policies=[dice], seed=s, jobs=j).shares
                            for s, j in ((1, 1), (1, 2), (2, 1)))
        numpy.testing.assert_array_equal(one, same)
        self.assertFalse((one == other).all())

    def test_sees_everything(self):
        seen = {}

        class Watching:
            reads_distributions = True

            def select(self, snapshot):
                for name in dir(snapshot):
                    if not name.startswith("_") and name != "uniform":
                        seen[name] = getattr(snapshot, name)
                return numpy.int64(0)
        small(policies=[Watching()], workers=2, rate=50, device="139,15,0.4", duplicate="off",
              profiles="learnt", estimate="learnt", jobs=1)
        self.assertEqual(len(seen["models"]), 11)
        self.assertIn("NasNet_Large", seen["models"])
        self.assertEqual(seen["workers"], 2)
        self.assertEqual(seen["sla_ms"], 200)
        self.assertEqual(len(seen["times_ms"][0]), 64)
        self.assertGreater(len(seen["way_back_ms"]), 1)
        self.assertEqual(seen["device"], (0.4, 139, 15, False))
        self.assertLess(seen["hard_ms"], seen["budget_ms"])

    def test_distributions_are_for_those_who_say_so(self):
        def plain(snapshot):
            assert snapshot.times_ms[0] == [] and snapshot.way_back_ms == []
            return 0
        small(policies=[plain], profiles="learnt", estimate="learnt", workers=2, rate=50)
        small(policies=[plain], estimate="learnt")

    def test_a_snapshot_expires(self):
        kept = []

        def greedy(snapshot):
            kept.append(snapshot)
            return 0
        small(policies=[greedy])
        with self.assertRaisesRegex(RuntimeError, "only valid while the policy is asked"):
            print(kept[0].budget_ms)
        with self.assertRaisesRegex(RuntimeError, "only valid while the policy is asked"):
            kept[0].uniform()

    def test_its_exception_is_the_users(self):
        asked = []

        def broken(snapshot):
            asked.append(1)
            return {}["a key"]
        with self.assertRaisesRegex(KeyError, "a key"):
            small(policies=["ontime", broken], jobs=1)
        self.assertEqual(len(asked), 1, "nobody is asked again")

    def test_what_is_no_index_is_named(self):
        for answer, shown in ((11, "11"), (-1, "-1"), ("x", "'x'"), (None, "None"), (0.5, "0.5"),
                              (2 ** 80, str(2 ** 80))):
            with self.assertRaisesRegex(
                    ValueError, f"returned {shown}; want the index of a model, 0 to 10"):
                small(policies=[lambda snapshot, answer=answer: answer])

    def test_others_run_while_no_python_policy_is_asked(self):
        go, ran = threading.Event(), []
        thread = threading.Thread(target=lambda: (go.wait(), ran.append(1)))
        thread.start()
        small(policies=["fastest"])  # all is imported
        before = sys.getswitchinterval()
        sys.setswitchinterval(1000)  # who holds the lock keeps it until it is let go
        try:
            go.set()
            for _ in range(200):
                if not ran:
                    small(policies=["fastest"])
            self.assertTrue(ran)
        finally:
            sys.setswitchinterval(before)
            thread.join()


class Errors(unittest.TestCase):
    def refuse(self, error, message, **options):
        with self.assertRaises(error) as raised:
            small(**options)
        self.assertIn(message, str(raised.exception))

    def test_name_what_was_seen_and_what_is_allowed(self):
        self.refuse(ValueError, "quantile is '2'; allowed: 0.01 to 0.9999",
                    policies=["slack-greedy:quantile=2"])
        self.refuse(ValueError, "unknown policy 'ontim'; nearest is 'ontime' of",
                    policies=["ontim"])
        self.refuse(ValueError, "--requests 0; allowed: 1 to 10000000", requests=0)
        self.refuse(FileNotFoundError, "/nowhere.csv", profile="/nowhere.csv")
        self.refuse(FileNotFoundError, "/nowhere.so: no such file", policy_plugins=["/nowhere.so"])
        self.refuse(TypeError, "no option 'netwrok'; nearest is 'network' of profile, network",
                    netwrok="normal(1,1)")
        self.refuse(TypeError, "seed is 'x'; want a whole number", seed="x")
        self.refuse(TypeError, "requests is -1; want a whole number", requests=-1)
        self.refuse(TypeError, "policies: 3; want a text such as 'ontime', a callable",
                    policies=[3])
        with self.assertRaisesRegex(TypeError, "profile is missing"):
            cnnselect.simulate(sla_ms=[100])


if __name__ == "__main__":
    unittest.main()
