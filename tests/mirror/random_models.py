"""Small cohort models and trees of every feature, made from a seed."""

import numpy as np
import xarray as xr

import heemodel as hm

STRATEGIES = ("usual care", "new care", "both")


def random_cohort(seed):
    """A cohort model and one value of each of its parameters."""
    rng = np.random.default_rng(seed)
    alive = [f"state {place}" for place in range(rng.integers(2, 4))]
    dead = ["dead", "dead of other causes"][: rng.integers(1, 3)]
    strategies = list(STRATEGIES[: rng.integers(1, 4)])
    moves = {
        (a, b): f"p{a[-1]}_{place}"
        for a in alive
        for place, b in enumerate([*alive, *dead])
        if a != b and (b in dead or rng.random() < 0.7)
    }
    clocks = {"ill": alive[-2:]} if rng.random() < 0.3 else {}
    clocked = bool(rng.random() < 0.4)
    model = hm.CohortModel(
        states=[*alive, *dead],
        strategies=strategies,
        groups=["young", "old"] if rng.random() < 0.3 else [],
        dead=dead,
        clocks=clocks,
        transitions=_transitions(moves, strategies, clocks, clocked=clocked),
        payoffs=_payoffs(alive, dead, moves, strategies, clocked=clocked),
        **_people(rng, alive),
        **_timing(rng, whole=not clocks and not clocked),
    )
    return model, _parameters(rng, moves, alive)


def _parameters(rng, moves, alive):
    """One value of each parameter."""
    central = {"effect": float(rng.uniform(0.5, 1.0)), "fade": float(rng.uniform(0.8, 1.0)), "first": 0.7}
    central |= {"price": float(rng.uniform(10, 1_000)), "utility": float(rng.uniform(0.2, 0.9))}
    for state in alive:
        leaving = [name for move, name in moves.items() if move[0] == state]
        shares = 0.9 * rng.dirichlet(np.ones(len(leaving) + 1))[:-1]
        central |= dict(zip(leaving, map(float, shares), strict=True))
    grades = xr.DataArray(rng.dirichlet(np.ones(3)), coords={"grade": ["a", "b", "c"]})
    return xr.Dataset(central).assign(grades=grades, tariff=grades.copy(data=rng.uniform(1, 9, 3)))


def _transitions(moves, strategies, clocks, *, clocked):
    def transitions(p, time):
        slowed = hm.by_strategy({name: p.effect**place for place, name in enumerate(strategies)})
        late = xr.where(time.cycle >= 2, p.fade, 1.0)
        factors = [slowed, late * p.fade**time.cycle, 1.0]
        chances = {move: p[name] * factors[place % 3] for place, (move, name) in enumerate(moves.items())}
        for place, move in enumerate(moves):
            if clocked and place % 4 == 2:
                chances[move] = chances[move] * p.fade ** time.clock("time_in_state", most=2)
            if clocks and move[0] in clocks["ill"] and place % 2:
                chances[move] = chances[move] / (1 + time.clock("ill") * p.first)
        return chances

    return transitions


def _payoffs(alive, dead, moves, strategies, *, clocked):
    def payoffs(p, time):
        mean = (p.grades * p.tariff).sum("grade")
        extra = hm.by_strategy({name: float(place) for place, name in enumerate(strategies)}) * p.price
        quality = {state: p.utility * (1 - 0.01 * place * time.years) for place, state in enumerate(alive)}
        if clocked:
            quality[alive[0]] = p.utility * p.fade ** time.clock("time_in_state", most=3)
        return hm.Payoffs(
            cost={
                "care": dict.fromkeys(alive, mean),
                "drug": {("start", alive[0]): extra, ("present", alive[-1]): extra * (time.cycle < 2)},
                "events": {("any", dead[0]): p.price, next(iter(moves)): 3 * np.minimum(p.price, 200.0)},
            },
            qaly=quality | {("any", dead[0]): -0.01 * p.utility},
            effects={"deaths": {("any", dead[0]): 1.0}, "reviews": {("present", alive[0]): 1.0}},
        )

    return payoffs


def _people(rng, alive):
    """Who starts, in shares, of a parameter or in people, and who enters."""
    begun = int(rng.integers(3))
    intake = {"intake": {alive[0]: 20.0}} if rng.random() < 0.7 else {}
    return [
        {"start": {alive[0]: 1.0}},
        {"start": lambda p: {alive[0]: p.first, alive[1]: 1 - p.first}},
        {"start": {alive[0]: 250.0, alive[1]: 50.0}, "start_in": "people", **intake},
    ][begun]


def _timing(rng, *, whole):
    """Cycles of one length or of two, how counts are taken at their ends, and discounting."""
    n = 2 * int(rng.integers(1, 4))
    rates = [0.035, 0.0, hm.structures.Stepped({0: 0.035, 1.5: 0.02}), hm.structures.Continuous(0.03)]
    corrections = ["life-table", "start", "end", "simpson", rng.uniform(0.2, 1.0, n + 1).tolist()]
    several = whole and n > 2 and rng.random() < 0.2
    return {
        "cycle_length": {"6 months": "1 year", "1 year": "rest"} if several else "6 months",
        "horizon": f"{n - 1} years" if several else f"{n // 2} years",
        "begins": "2 years" if rng.random() < 0.2 else None,
        "correction": corrections[rng.integers(3 if several else 5)],
        "discount": hm.Discount(
            cost=rates[rng.integers(4)],
            qaly=rates[rng.integers(4)],
            timing=str(rng.choice(["count", "start", "mid", "year"])),
        ),
    }


def random_tree(seed):
    """A decision tree and one value of each of its parameters."""
    rng = np.random.default_rng(seed)
    strategies = list(STRATEGIES[: rng.integers(1, 4)])
    draws = xr.Dataset({f"chance_{place}": float(chance) for place, chance in enumerate(rng.uniform(0.1, 0.4, 4))})
    draws = draws.assign(effect=0.8, price=float(rng.uniform(5, 50)))

    def branches(p):
        slowed = hm.by_strategy({name: p.effect**place for place, name in enumerate(strategies)})
        return {
            "begins": {"better": p.chance_0 * slowed, "same": p.chance_1, "worse": hm.REST},
            "worse": {"admitted": hm.convert.apply_odds_ratio(p.chance_2, p.effect), "home": hm.REST},
            "admitted": {"dies": p.chance_3, "lives": 1 - p.chance_3},
        }

    def payoffs(p):
        extra = hm.by_strategy({name: float(place) for place, name in enumerate(strategies)}) * p.price
        return hm.Payoffs(
            cost={"drug": {"begins": extra}, "stay": {"admitted": p.price * 10, ("admitted", "dies"): p.price}},
            qaly={"better": 0.9, "same": 0.8 * p.effect, "home": 0.5, "lives": 0.4},
            effects={"admissions": {"admitted": 1.0}},
        )

    return hm.DecisionTree(strategies=strategies, root="begins", branches=branches, payoffs=payoffs), draws
