"""`heemodel psa`: the analysis of a PSA that was made elsewhere."""

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from heemodel.cli.formats import formats_option, tell_reports
from heemodel.cli.progress import look_again, shown
from heemodel.cli.types import Duration, Figure, Rate, Several, Whole
from heemodel.currency import currency_of
from heemodel.errors import HeemodelError


@click.command(cls=Several)
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
@formats_option
@click.option("--title", help="Of the report.")
@click.option("--organisation", default="", help="Whose analysis it is.")
@click.option("--price-year", default="", help='Of costs and thresholds, such as "2023/24".')
@click.option("--model-horizon", default="", help='Over which the model counted, such as "lifetime".')
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
    formats: tuple[str, ...],
    title: str | None,
    organisation: str,
    price_year: str,
    model_horizon: str,
) -> None:
    """Analyse a PSA made elsewhere: cost-effectiveness, acceptability and value of information.

    Files are .csv, .txt, .tsv (each also .gz), .xlsx (of several sheets: book.xlsx#Sheet) or .parquet; --samples may
    also be .nc. Earlier results in the folder --out are replaced.
    """
    with shown() as progress:
        progress("reading", 0, 0)
        from heemodel.analysis import Affected, results_of_psa
        from heemodel.decision import affected, appraise
        from heemodel.parameters import policy_thresholds
        from heemodel.psa_files import read_psa
        from heemodel.report import cautions, check_output, write_report

        if (population is None) != (horizon is None):
            raise HeemodelError("--population and --horizon go together: people a year, and for how many years")
        currency_of(currency)  # refuses what is none before files are read
        check_output(out)
        files = {"costs": costs, "effects": effects, "parameters": parameters, "samples": samples}
        with _options_named(*files, "columns", "match"):
            read = read_psa(**files, columns=_columns(columns), match=match)
        appraisal = appraise(
            read.outcomes,
            None if read.parameters.empty else read.parameters,
            comparator=comparator,
            thresholds=thresholds or policy_thresholds(),
            groups=_groups(groups, list(read.parameters.columns)),
            currency=currency,
            seed=seed,
            progress=lambda done, of: progress("value of information", done, of),
        )
        people = None
        if population is not None and horizon is not None:
            people = Affected(
                affected(incidence=population, horizon=horizon, discount=discount),
                f"{population:,g} people a year for {horizon:g} years, later years discounted at {discount:.1%}",
            )
        progress("drawing and writing the report", 0, 0)
        results = results_of_psa(
            appraisal,
            **({"title": title} if title else {}),
            organisation=organisation,
            price_year=price_year,
            horizon=model_horizon,
            seed=seed,
            files=read.files,
            read_as=read.read_as,
            policy_thresholds=not thresholds,
            affected=people,
        )
        write_report(out, results, formats=formats)
    for sentence in read.read_as:
        click.echo(f"Read as: {sentence}", err=True)
    tell_reports(out, formats)
    look_again(cautions(results))


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
    listed: list[list[str]] = []
    problems = []
    for text in groups:
        try:
            listed.append(read_names(text, parameters))
        except HeemodelError as error:
            problems.append(f"--groups {shlex.quote(text)}: {error}")
    if alone := list(dict.fromkeys(names[0] for names in listed if len(names) < 2)):
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
    for names in listed:
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
