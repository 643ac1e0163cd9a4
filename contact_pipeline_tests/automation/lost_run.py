"""A process that starts a run through Dagster and then hangs in it: the run that a SIGKILL loses.

    python -m contact_pipeline_tests.automation.lost_run <DAGSTER_HOME>

It prints the run id once the step runs.
"""

import os
import sys
import time

import dagster as dg


@dg.op
def hang(context: dg.OpExecutionContext) -> None:
    sys.stdout.write(f"{context.run_id}\n")
    sys.stdout.flush()
    time.sleep(600)


@dg.job(executor_def=dg.in_process_executor)
def hanging() -> None:
    hang()


if __name__ == "__main__":
    os.environ["DAGSTER_HOME"] = sys.argv[1]
    with dg.DagsterInstance.get() as instance:
        hanging.execute_in_process(instance=instance)
