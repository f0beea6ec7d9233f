"""Benchmarks of studies: each prints ratios that were measured in one run.

    python -m tests.bench             # all of them, with a line for tests/bench/history.jsonl
    python -m tests.bench.engine      # runs a second, time an agent-step, two threads against one
    python -m tests.bench.overhead    # a sweep against the bare compiled runs
    python -m tests.bench.memory      # peak memory of a large study against a small one
    python -m tests.bench.scale       # cost against days, pockets and replicates, on one thread and on two
    python -m tests.bench.explorer    # the explorer in a browser: moves of a slider, a study opened, filters
    python -m tests.bench.story       # a run made again and told, against the run alone
    python -m tests.bench.others      # overhead a run against other tools (needs the extra ``bench``)

A busy machine spoils them: run one at a time, with nothing else at work.
"""
