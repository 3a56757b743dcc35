# The study as a graph: site ← notebooks ← tables ← sweep cells ← the files of saelib that each of them uses.
# `saelib reproduce` is the usual front; by hand: snakemake --cores 2 --config profile=quick
# A step runs again when its code (comments and docstrings aside), its settings or its inputs change. Every output appears whole or not at all.
from saelib.study import graph, paths, plan

PROJECT = paths.project()
PROFILE = plan.profile(config.get("profile", "full"))
PUBLISH = bool(int(config.get("publish", 0)))
SWEEPS = graph.sweep_steps(PROFILE)
LEFT_OUT = graph.left_out_steps(PROFILE, PROJECT)
CHAPTERS = graph.chapter_steps(PROFILE, PROJECT)
# `exec`: the stage itself, not a shell around it, is Snakemake's child, and dies with it. The interpreter comes
# from the environment: its path in the command would make Snakemake compute everything anew after a move or
# a re-installation.
STAGE = 'exec "${{SAELIB_PYTHON:-python}}" -m saelib.study.'
TABLES = [f"results/{table}.parquet" for sweep in [*SWEEPS, *LEFT_OUT] for table in sweep.tables]
HAS_SITE = (PROJECT / "_config.yml").is_file()


workdir: str(PROJECT / "runs" / PROFILE.name)


localrules:
    all,
    study,


rule all:
    input:
        "results/manifest.json",
        "published.json" if PUBLISH else [],
        "site.json" if HAS_SITE else [],


rule study:
    input:
        "results/manifest.json",


for place, sweep in enumerate(SWEEPS):

    for bundle in sweep.bundles():

        rule:
            name:
                f"cell_{sweep.name}_{bundle[0]}"
            output:
                [f"cells/{sweep.name}/{cell}.{kind}" for cell in bundle for kind in ("zip", "json")],
            params:
                sweep=sweep.name,
                cells=",".join(bundle),
                settings=sweep.settings,
                code=sweep.code,
            log:
                f"logs/{paths.cells_stage(sweep.name, bundle).replace(' ', '_')}.log",
            priority: len(SWEEPS) - place    # in the profile's order, so that long cells do not come last
            shell:
                STAGE + "run_cell --profile {PROFILE.name} --sweep {params.sweep} --cells {params.cells} --root . > {log} 2>&1"

    rule:
        name:
            f"gather_{sweep.name}"
        input:
            [f"cells/{sweep.name}/{cell}.{kind}" for cell in sweep.cells for kind in ("zip", "json")],
        output:
            [f"results/{table}.parquet" for table in sweep.tables],
            f"provenance/sweep_{sweep.name}.json",
        params:
            sweep=sweep.name,
            settings=sweep.settings,
        log:
            f"logs/gather_{sweep.name}.log",
        priority: len(SWEEPS) + 1    # at once: a step that waits has its inputs looked at again and again
        shell:
            STAGE + "run_gather --profile {PROFILE.name} --sweep {params.sweep} --root . > {log} 2>&1"


for sweep in LEFT_OUT:

    rule:
        name:
            f"committed_{sweep.name}"
        input:
            [str(PROJECT / "results" / f"{table}.parquet") for table in sweep.tables],
        output:
            [f"results/{table}.parquet" for table in sweep.tables],
        params:
            sweep=sweep.name,
            tables=",".join(sweep.tables),
        log:
            f"logs/committed_{sweep.name}.log",
        shell:
            STAGE + "run_committed --sweep {params.sweep} --tables {params.tables} --root . > {log} 2>&1"


for chapter in CHAPTERS:

    rule:
        name:
            f"notebook_{chapter.name}"
        input:
            [f"results/{table}.parquet" for table in chapter.tables],
        output:
            f"notebooks/{chapter.name}.ipynb",
            f"provenance/notebook_{chapter.name}.json",
            chapter.claims,
        params:
            notebook=chapter.name,
            given=chapter.given,
            code=chapter.code,
        log:
            f"logs/notebook_{chapter.name}.log",
        shell:
            STAGE + "run_chapter --profile {PROFILE.name} --notebook {params.notebook} --root . > {log} 2>&1"


rule manifest:
    input:
        TABLES,
        [f"provenance/sweep_{sweep.name}.json" for sweep in SWEEPS],
        [f"provenance/notebook_{chapter.name}.json" for chapter in CHAPTERS],
    output:
        "results/manifest.json",
    log:
        "logs/manifest.log",
    shell:
        STAGE + "run_publish --root . > {log} 2>&1"


rule publish:
    input:
        "results/manifest.json",
        [f"notebooks/{chapter.name}.ipynb" for chapter in CHAPTERS],
        [claim for chapter in CHAPTERS for claim in chapter.claims],
    output:
        "published.json",
    log:
        "logs/publish.log",
    shell:
        STAGE + "run_publish --root . --publish > {log} 2>&1"


rule site:
    input:
        graph.page_sources(PROJECT),
        [f"notebooks/{chapter.name}.ipynb" for chapter in CHAPTERS],
        [claim for chapter in CHAPTERS for claim in chapter.claims],
        "published.json" if PUBLISH else "results/manifest.json",
    output:
        "site.json",
    params:
        published="--published" if PUBLISH else "",
    log:
        "logs/site.log",
    shell:
        STAGE + "run_site --root . {params.published} > {log} 2>&1"
