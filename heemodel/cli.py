"""The `heemodel` command."""

import math
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from heemodel import __version__
from heemodel.currency import currency_of
from heemodel.errors import HeemodelError
from heemodel.timespans import years

MISTAKE, FAILED_CHECK = 2, 1


class Whole(click.IntRange):
    """A whole number; says how to write one when it meets 10,000 or 1e4."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or an error with the way to write it."""
        try:
            int(value)
        except ValueError:
            self.fail(f"{value!r} is not a whole number; write it in digits only, such as 10000", param, ctx)
        return super().convert(value, param, ctx)


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class Figure(click.FloatRange):
    """A number; says how to write one when it meets 20,000, £20000 or 20k."""

    def __init__(self, such_as: str, **limits: Any) -> None:
        super().__init__(**limits)
        self.such_as = such_as

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or an error with the way to write it."""
        if _number(value) is None:
            self.fail(f"{value!r} is not a number; write it in digits only, such as {self.such_as}", param, ctx)
        return super().convert(value, param, ctx)


class Rate(Figure):
    """A rate per year as a fraction; says so when it meets per cent."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The fraction, or an error with the way to write it."""
        rate = super().convert(value, param, ctx)
        if rate >= 1:
            self.fail(f"{value} is {rate:.0%}; give a fraction: 3.5% is 0.035", param, ctx)
        return rate


class Duration(click.ParamType):  # type: ignore[type-arg] # before click 8.5 it takes none
    """A time in years, from a number of them or a duration in words."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The years, or an error with the way to write them."""
        try:
            length = float(years(value)) if (number := _number(value)) is None else number
        except HeemodelError as error:
            self.fail(f"{error}, or the years alone", param, ctx)
        if length <= 0:
            self.fail(f"it is {value!r}; give a time above 0", param, ctx)
        return length


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def command() -> None:
    """Probabilistic health-economic analysis, from evidence to report."""


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option(
    "--scenario", "scenarios", multiple=True, help="Scenario of the inputs; repeat for several. [default: all]"
)
@click.option("--draws", default=10_000, show_default=True, type=Whole(min=100, max=1_000_000), help="Joint draws.")
@click.option("--seed", default=1, show_default=True, type=Whole(min=0), help="The one seed.")
@click.option("--horizon", default=None, help='Such as "1 year", "5 years" or "lifetime". [default: the model\'s]')
@click.option(
    "--allow-unconverged", is_flag=True, help="Use a posterior that the convergence gate refuses; the report says so."
)
def run(
    folder: Path,
    out: Path,
    scenarios: tuple[str, ...],
    draws: int,
    seed: int,
    horizon: str | None,
    allow_unconverged: bool,
) -> None:
    """Run the model in FOLDER: from its evidence to a report of costs, savings and value for money."""
    console = Console(stderr=True)
    with _progress(console) as bar:
        task = bar.add_task("reading", total=None)
        from heemodel.analysis import STEPS_PER_SCENARIO, analyse, load_model, run_record, vary
        from heemodel.report import WRITTEN, check_output, write_report

        model = load_model(folder)
        for name in scenarios:
            model.inputs.scenario(name)  # refuses an unknown one
        chosen = [name for name in model.inputs.scenarios if name in scenarios or not scenarios]
        horizon = horizon or model.default_horizon
        check_output(out, WRITTEN)
        steps = len(chosen) * STEPS_PER_SCENARIO + len(model.inputs.variations) + 1
        bar.update(task, total=steps)
        done = iter(range(steps))

        def told(step: str) -> None:
            bar.update(task, description=step, completed=next(done))

        options: dict[str, Any] = {
            "draws": draws,
            "seed": seed,
            "horizon": horizon,
            "allow_unconverged": allow_unconverged,
        }
        results = analyse(model, scenarios=chosen, progress=told, **options)
        extras = vary(model, scenario=chosen[0], progress=told, **options)
        bar.update(task, description="drawing and writing the report", completed=next(done))
        record = run_record(model, draws=draws, seed=seed, horizon=horizon)
        report = write_report(out, inputs=model.inputs, results=results, run=record, extras=extras)
    click.echo(f"Report: {report}")
    failed = [
        f"{result.name}: {check.name} ({check.detail})"
        for result in results
        for check in result.checks
        if not check.passed
    ]
    if failed:
        console.print("[bold red]Checks failed:[/]", *failed, sep="\n  ")
        sys.exit(FAILED_CHECK)


class Several(click.Command):
    """A command whose options that may be repeated also take several values at once: --thresholds 20000 30000."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option for each value up to the next option."""
        repeatable = {
            name for one in self.params if getattr(one, "multiple", False) and one.nargs == 1 for name in one.opts
        }
        spread: list[str] = []
        current = None
        for word in args:
            option = word.partition("=")[0]  # what stands behind it is a value, whatever it looks like
            if word.startswith("--"):
                current = option if option in repeatable else None
                spread.append(word)
            elif current is not None and spread[-1] != current:
                spread += [current, word]
            else:
                spread.append(word)
        return super().parse_args(ctx, spread)


@command.command(cls=Several)
@click.option(
    "--costs", type=click.Path(path_type=Path), help="Costs: a column for each strategy, a row for each sample."
)
@click.option("--effects", type=click.Path(path_type=Path), help="QALYs, with the same columns and rows.")
@click.option(
    "--parameters", type=click.Path(path_type=Path), help="Parameters: a column for each, with the same rows."
)
@click.option(
    "--samples",
    type=click.Path(path_type=Path),
    help="Instead of the three: one table with columns sample, strategy, cost, qaly and parameters; or with a row for "
    "each sample and columns such as cost_old, qaly_old, cost_new, qaly_new and parameters; or a .nc file.",
)
@click.option(
    "--columns",
    nargs=3,
    multiple=True,
    metavar="STRATEGY COSTS QALYS",
    help="A strategy with its column of costs and its column of QALYs, where names do not say it; repeat for each.",
)
@click.option(
    "--match",
    type=click.Choice(["name", "order"]),
    default="name",
    show_default=True,
    help="How columns of --effects are matched with those of --costs.",
)
@click.option("--comparator", required=True, help="The strategy that the others are compared with.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option(
    "--thresholds",
    multiple=True,
    type=Figure("20000 30000", min=0),
    help="Money per QALY, one or several: 20000 30000. [default: those of the dated NICE profiles]",
)
@click.option(
    "--currency", default="£", show_default=True, help='Of costs and thresholds: a sign, such as "$", or a code: USD.'
)
@click.option(
    "--groups",
    multiple=True,
    help="Parameters to be known together, such as a,b; several groups: a,b c,d,e. Names may hold commas: d[1,2],e.",
)
@click.option(
    "--population", type=Figure("10000", min=0, min_open=True), help="People a year whom the decision is for."
)
@click.option(
    "--horizon", type=Duration(), help='How long the decision holds: years, or such as "18 months" or "52 weeks".'
)
@click.option(
    "--discount",
    default=0.035,
    show_default=True,
    type=Rate("0.035", min=0),
    help="Of people in later years, per year, as a fraction: 0.035 is 3.5%.",
)
@click.option("--seed", default=1, show_default=True, type=Whole(min=0), help="Of simulated standard errors.")
def psa(
    costs: Path | None,
    effects: Path | None,
    parameters: Path | None,
    samples: Path | None,
    columns: tuple[tuple[str, str, str], ...],
    match: str,
    comparator: str,
    out: Path,
    thresholds: tuple[float, ...],
    currency: str,
    groups: tuple[str, ...],
    population: float | None,
    horizon: float | None,
    discount: float,
    seed: int,
) -> None:
    """Analyse a PSA made elsewhere: cost-effectiveness, acceptability and value of information.

    Files are .csv, .txt, .tsv (each also .gz), .xlsx (of several sheets: book.xlsx#Sheet) or .parquet; --samples may
    also be .nc. Earlier results in the folder --out are replaced.
    """
    console = Console(stderr=True)
    with _progress(console) as bar:
        task = bar.add_task("reading", total=None)
        from heemodel.decision import affected, appraise, read_psa
        from heemodel.report import PSA_WRITTEN, Affected, PSARecord, check_output, policy_thresholds, write_psa_report

        if (population is None) != (horizon is None):
            raise HeemodelError("--population and --horizon go together: people a year, and for how many years")
        currency_of(currency)  # refuses what is none before files are read
        check_output(out, PSA_WRITTEN)
        files = {"costs": costs, "effects": effects, "parameters": parameters, "samples": samples}
        with _options_named(*files, "columns", "match"):
            read = read_psa(**files, columns=_columns(columns), match=match)
        bar.update(task, description="analysing")
        found = appraise(
            read.outcomes,
            None if read.parameters.empty else read.parameters,
            comparator=comparator,
            thresholds=thresholds or policy_thresholds(),
            groups=_groups(groups, list(read.parameters.columns)),
            currency=currency,
            seed=seed,
            progress=lambda done, of: bar.update(task, description="value of information", completed=done, total=of),
        )
        people = None
        if population is not None and horizon is not None:
            people = Affected(
                affected(incidence=population, horizon=horizon, discount=discount),
                f"{population:,g} people a year for {horizon:g} years, later years discounted at {discount:.1%}",
            )
        bar.update(task, description="drawing and writing the report")
        record = PSARecord(seed=seed, files=read.files, read_as=read.read_as, policy_thresholds=not thresholds)
        report = write_psa_report(out, found, record=record, affected=people)
    for sentence in read.read_as:
        click.echo(f"Read as: {sentence}", err=True)
    click.echo(f"Report: {report}")


def _columns(given: Sequence[tuple[str, str, str]]) -> dict[str, tuple[str, str]] | None:
    """Columns of costs and QALYs by strategy; None where none are given."""
    names = [strategy for strategy, *_ in given]
    if twice := [name for at, name in enumerate(names) if name in names[:at]]:
        raise HeemodelError(f"--columns names strategy {twice[0]!r} twice; leave one out")
    return {strategy: (cost, qaly) for strategy, cost, qaly in given} or None


def _groups(groups: Sequence[str], parameters: Sequence[str]) -> dict[str, list[str]]:
    """Groups by name, each of two parameters or more; the name is that of the parameters, joined by commas."""
    from heemodel.decision.name_lists import read_names, write_names

    if groups and not parameters:
        raise HeemodelError("--groups names parameters, but no parameters are given; add --parameters FILE")
    found: list[list[str]] = []
    problems = []
    for text in groups:
        try:
            found.append(read_names(text, parameters))
        except HeemodelError as error:
            problems.append(f"--groups {shlex.quote(text)}: {error}")
    if alone := list(dict.fromkeys(names[0] for names in found if len(names) < 2)):
        together = [*alone, *(name for name in parameters if name not in alone)][: max(len(alone), 2)]
        meant = f"--groups {shlex.quote(write_names(together, parameters))}"
        cure = f"did you mean {meant}?" if len(alone) > 1 else f"join two or more by commas, such as {meant}"
        cure = cure if len(together) > 1 else "leave it out"
        problems.append(
            f"--groups {' '.join(map(shlex.quote, alone))}: a group of one parameter is none, as each is looked at "
            f"alone anyway; {cure}"
        )
    if problems:
        raise HeemodelError("\n".join(problems))
    named: dict[str, list[str]] = {}
    for names in found:
        name = ",".join(names)
        while name in parameters or named.get(name, names) != names:
            name = f"group: {name}"
        named[name] = names
    return named


@contextmanager
def _options_named(*names: str) -> Iterator[None]:
    """Keywords in errors, such as costs= and match="order", said as the options that they are here."""
    try:
        yield
    except HeemodelError as error:
        keyword = rf"\b({'|'.join(names)})="
        text = re.sub(f'{keyword}(?=")', r"--\1=", str(error))  # with its value, as it can be typed
        raise HeemodelError(re.sub(f'{keyword}(?!")', r"--\1", text)) from error


def _progress(console: Console) -> Progress:
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=console, transient=True)


def main() -> None:
    """Run the command; a mistake that the user can mend ends in one message and exit status 2."""
    try:
        command()
    except HeemodelError as error:
        click.echo(f"heemodel: {error}", err=True)
        sys.exit(MISTAKE)


if __name__ == "__main__":
    main()
