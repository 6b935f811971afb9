"""The report's estimator in Python, written from its formulas: what the TypeScript fits are compared with.

Usage: reference.py CASCADE.csv [RUNS]     (rows "time,mark", seconds and followers, no header; T is the last time)
Prints JSON: the log-likelihood at (0.02, 1/3600), the maximum-likelihood and MAP fits, and the median seconds of a MAP fit.
"""
import json
import math
import sys
import time

import numpy as np
from scipy import optimize

MEAN_MARK = 10 * (2.4 - 1) / (2.4 - 2)
BOUNDS = optimize.Bounds([1e-8, 1 / 864000], [1 / MEAN_MARK - 1e-8, 1 / 60])
START = np.array([0.02, 0.0002])


def log_likelihood(p, beta, times, marks):
    excited, total = 0.0, 0.0
    for i in range(1, len(times)):
        excited = math.exp(-beta * (times[i] - times[i - 1])) * (marks[i - 1] + excited)
        total += math.log(excited)
    tail = marks[-1] + excited
    return (len(times) - 1) * math.log(p * beta) + total - p * (sum(marks) - tail)


def prior():
    q = np.array([[0.01**2, -0.1 * 0.01 * 0.001], [-0.1 * 0.01 * 0.001, 0.001**2]])
    c = np.log(1 + q / np.outer(START, START))
    return np.log(START) - np.diag(c) / 2, np.linalg.inv(c)


def fit(objective):
    options = {"xtol": 1e-12, "ftol": 1e-15, "maxiter": 100000, "maxfev": 1000000}
    found = optimize.minimize(lambda x: -objective(x), START, method="Powell", bounds=BOUNDS, options=options)
    # Powell stops early in this narrow valley: a second start from its answer, in logarithms, settles it.
    polished = optimize.minimize(lambda y: -objective(np.exp(y)), np.log(found.x), method="Nelder-Mead",
                                 options={"xatol": 1e-10, "fatol": 1e-11, "maxiter": 10000})
    x = np.exp(polished.x) if -polished.fun > -found.fun and np.exp(polished.x[0]) <= BOUNDS.ub[0] else found.x
    return {"p": x[0], "beta": x[1], "objective": objective(x)}


def main():
    rows = np.loadtxt(sys.argv[1], delimiter=",")
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    times, marks = rows[:, 0].tolist(), rows[:, 1].tolist()
    mean, precision = prior()

    def posterior(x):
        d = np.log(x) - mean
        return log_likelihood(x[0], x[1], times, marks) - 0.5 * d @ precision @ d

    def report_fit():
        return optimize.minimize(lambda x: -posterior(x), START, method="Powell", bounds=BOUNDS, options={"xtol": 1e-8})

    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        report_fit()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "events": len(times),
        "at": log_likelihood(0.02, 1 / 3600, times, marks),
        "mle": fit(lambda x: log_likelihood(x[0], x[1], times, marks)),
        "map": fit(posterior),
        "seconds": float(np.median(seconds)),
    }))


main()
