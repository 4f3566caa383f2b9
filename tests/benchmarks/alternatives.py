"""The same two models as others would write them: loops fused by hand for one model, and numpy cycle by cycle."""

import numpy as np
from numba import njit, prange

from tests import workloads


def disability_arrays(draws, months):
    """What the plain engines take: hazard ratios, utilities, yearly costs, the three others, hazard by cycle."""
    by_rank = [np.stack([draws[f"{name}{k}"].to_numpy() for k in range(6)]) for name in ("hr", "u", "c")]
    others = [draws[name].to_numpy() for name in ("imp", "wor", "rr")]
    hazard = np.exp(-10.4 + 0.095 * (70 + np.arange(months) / 12)) / 12
    return *by_rank, *others, hazard


def weights(months):
    """Trapezoid weights times discount factors at the time points 0 … n."""
    weight = 1.035 ** (-np.arange(months + 1) / 12)
    weight[[0, -1]] /= 2
    return weight


@njit(parallel=True, cache=True)
def fused_disability(ratio, utility, price, improve, worsen, effect, hazard, weight, start):
    """One loop for this one model: everything in registers, samples spread over threads."""
    samples, months = improve.size, hazard.size
    cost, qaly = np.zeros((2, samples)), np.zeros((2, samples))
    for i in prange(samples):
        now, new = np.empty((2, 7)), np.empty((2, 7))
        for s in range(2):
            for k in range(7):
                now[s, k] = start[k]
        for t in range(months + 1):
            for s in range(2):
                paid, lived = 0.0, 0.0
                for k in range(6):
                    paid += now[s, k] * price[k, i]
                    lived += now[s, k] * utility[k, i]
                cost[s, i] += weight[t] * paid
                qaly[s, i] += weight[t] * lived / 12
            if t == months:
                break
            for s in range(2):
                for k in range(6):
                    new[s, k] = 0.0
                new[s, 6] = now[s, 6]
            for k in range(6):
                die = 1 - np.exp(-ratio[k, i] * hazard[t])
                for s in range(2):
                    better = improve[i] * (effect[i] if s == 1 else 1.0) if t < 6 and k >= 1 else 0.0
                    worse = worsen[i] if k <= 4 else 0.0
                    survive = now[s, k] * (1 - die)
                    new[s, 6] += now[s, k] * die
                    if k >= 1:
                        new[s, k - 1] += survive * better
                    if k <= 4:
                        new[s, k + 1] += survive * worse
                    new[s, k] += survive * (1 - better - worse)
            now, new = new, now
        cost[1, i] += 7600.0
    return cost, qaly


def numpy_disability(ratio, utility, price, improve, worsen, effect, hazard, weight, start):
    """Cycle by cycle, each step on all samples: what a good user of numpy writes."""
    samples, months = improve.size, hazard.size
    cost, qaly = np.zeros((2, samples)), np.zeros((2, samples))
    for s in range(2):
        better = improve * (effect if s else 1.0)
        now = np.repeat(np.array(start)[:, None], samples, axis=1)
        for t in range(months + 1):
            cost[s] += weight[t] * (now[:6] * price).sum(axis=0)
            qaly[s] += weight[t] * (now[:6] * utility).sum(axis=0) / 12
            if t == months:
                break
            die = -np.expm1(-ratio * hazard[t])
            survive = now[:6] * (1 - die)
            new = np.empty_like(now)
            new[6] = now[6] + (now[:6] * die).sum(axis=0)
            up = survive[1:] * better if t < 6 else np.zeros_like(survive[1:])
            down = survive[:5] * worsen
            new[:6] = survive
            new[1:6] -= up
            new[:5] += up
            new[:5] -= down
            new[1:6] += down
            now = new
    cost[1] += 7600.0
    return cost, qaly


def numpy_progressive(draws):
    """Cycle by cycle, each step on all samples."""
    p = {name: array.to_numpy() for name, array in draws.items()}
    samples = p["rr"].size
    cost, qaly = np.zeros((2, samples)), np.zeros((2, samples))
    weight = 1.035 ** -np.arange(31.0)
    weight[[0, -1]] /= 2
    for s in range(2):
        effect, drug = (p["rr"], 4364.5) if s else (1.0, 2278.0)
        ab, ac, ad, bc, bd, cd = (p[move] * effect for move in ("pAB", "pAC", "pAD", "pBC", "pBD", "pCD"))
        a, b, c = np.ones(samples), np.zeros(samples), np.zeros(samples)
        for t in range(31):
            cost[s] += weight[t] * (a * (p["cA"] + drug) + b * (p["cB"] + drug) + c * (p["cC"] + drug))
            qaly[s] += weight[t] * (a * p["uA"] + b * p["uB"] + c * p["uC"])
            a, b, c = a * (1 - ab - ac - ad), b * (1 - bc - bd) + a * ab, c * (1 - cd) + a * ac + b * bc
    return cost, qaly


START = np.array(workloads.START)
