"""Other workers for tests: up at once, in threads, given what they need as processes are."""

from concurrent.futures import ThreadPoolExecutor

from calculator.engine import parallel, workers


class ThreadsForProcesses(ThreadPoolExecutor):
    """Pool of threads that is used like one of processes."""

    def __init__(self, workers, context, begin):
        super().__init__(workers)


def at_once(patch):
    """Have other workers begun whatever work is left."""
    patch.setattr(workers, "ProcessPoolExecutor", ThreadsForProcesses)
    patch.setattr(parallel, "SECONDS_WORTH_A_POOL", 0)
