"""Work on many connections side by side, for a limited time."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

from hidra.telemetry import logger

THREADS = 16


def in_parallel[T, R](
    work: Callable[[T], R],
    items: Iterable[T],
    *,
    seconds: float,
    begin: Callable[[list[T]], None] = lambda _: None,
) -> Iterator[tuple[T, R]]:
    """Yields each item with the result of ``work``, in the order in which they finish.

    An item that is not done in time is abandoned: its thread goes on, its result is not yielded. An item whose work
    raises is logged and not yielded.

    Args:
        work: runs in one of ``THREADS`` threads.
        seconds: after so many no further item begins, and no unfinished one is waited for.
        begin: is called on this thread with the items whose work begins next.
    """
    end = time.monotonic() + seconds
    pool = ThreadPoolExecutor(THREADS)
    waiting = iter(items)
    running: dict[Future[R], T] = {}
    try:
        while True:
            batch = list(islice(waiting, THREADS - len(running))) if time.monotonic() < end else []
            if batch:
                begin(batch)
                running |= {pool.submit(work, item): item for item in batch}
            done, _ = wait(running, timeout=max(0.0, end - time.monotonic()), return_when=FIRST_COMPLETED)
            if not done:
                break
            for future in done:
                item, error = running.pop(future), future.exception()
                if error is None:
                    yield item, future.result()
                else:
                    logger.error("a connection's work failed", exc_info=error)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    left = len(running) + sum(1 for _ in waiting)
    if left:
        logger.warning("not all items were finished in time", left=left)
