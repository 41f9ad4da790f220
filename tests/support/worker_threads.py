"""Other workers for tests: up at once, in threads, given what they need as processes are."""

import pickle
from concurrent.futures import ThreadPoolExecutor

from calculator.engine import parallel, workers


class ThreadsForProcesses(ThreadPoolExecutor):
    """Pool of threads that is used like one of processes."""

    def __init__(self, workers, context, begin, arguments):
        function, slots = arguments
        super().__init__(workers, initializer=begin, initargs=(pickle.loads(pickle.dumps(function)), slots))


def at_once(patch):
    """Have other workers begun whatever work is left."""
    patch.setattr(workers, "ProcessPoolExecutor", ThreadsForProcesses)
    patch.setattr(parallel, "SECONDS_WORTH_A_POOL", 0)
