"""How an analysis was made, so that it can be made again: what was run, on which files, with which software."""

from heemodel.analysis import Results
from heemodel.report.document import Block, Definitions, Folded, Points, Section, Table
from heemodel.report.files import described, other_files
from heemodel.report.layout import capital

SHORT = 12
"""Characters of a hash or commit that are printed; the manifest has them whole."""


def record(results: Results) -> Section:
    """The record of the run, how a PSA's files were read, and what lies in the files beside the report."""
    blocks: list[Block] = [Definitions(terms=_run(results))]
    if results.record.read_as:
        blocks.append(Points(points=list(results.record.read_as), title="How the files were read"))
    if results.record.files:
        blocks.append(_hashes(results))
    return Section(name="record", title="How it was made", blocks=[*blocks, _files(results)])


def _run(results: Results) -> dict[str, str]:
    """What was run, when and with what."""
    made = results.record
    software = ", ".join(f"{name} {version}" for name, version in made.software.items() if name != "heemodel")
    lines = {"Model": made.model} if made.model else {}
    lines["Made on"] = made.made
    if results.inputs is None:
        samples = f"{made.draws:,} samples; seed {made.seed}, of simulated standard errors only"
        lines |= {"Samples, seed": samples, "Code": f"heemodel {made.software['heemodel']}"}
        return lines | {"Software": software}
    commit = f"commit {made.commit[:SHORT]}" if made.commit else "in no git checkout"
    changed = ", with changes or new files that are not committed" if made.changed else ""
    run = [f"{made.draws:,} draws", f"seed {made.seed}", *([made.horizon] if made.horizon else [])]
    lines["Population"] = results.inputs.about.population
    if made.structure:
        lines["Structure"] = capital("; or ".join(made.structure))
    return lines | {
        "Draws, seed, horizon" if made.horizon else "Draws, seed": "; ".join(run),
        "Code": f"heemodel {made.software['heemodel']}; model folder {commit}{changed}",
        "Software": software,
    }


def _hashes(results: Results) -> Table:
    """Every file that the results depend on, with what tells its content apart."""
    rows = [[name, f"{digest[:SHORT]}…"] for name, digest in results.record.files.items()]
    note = "manifest.json has the hashes in full: a file with the same hash is the same file."
    return Table("Files that were read", ["File", "SHA-256"], rows, note)


def _files(results: Results) -> Folded:
    """What is written beside the report, a line each; files.csv says the same of every column."""
    known = described()
    terms = {f"{name}.csv": known[name].meaning if name in known else "" for name in sorted(results.tables)}
    return Folded(title="Files beside this report", blocks=[Definitions(terms={**terms, **other_files()})])
