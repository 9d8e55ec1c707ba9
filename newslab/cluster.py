"""Reading on a Dask cluster: batches of articles go out, what is found comes back, and only this process writes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from newslab.actor_table import ActorTable
from newslab.finding import Found, Item, Result, read_here
from newslab.model import ModelReader
from newslab.reading import Reader
from newslab.rules import RuleReader

if TYPE_CHECKING:
    from distributed import Client, Future

_AHEAD = 3  # batches for each thread of the cluster that are on their way: enough to keep it busy, and memory flat
_RETRIES = 3
_PATIENCE = 300.0  # seconds without any worker after which a run ends
_BUNDLED = (ModelReader, RuleReader)
_readers: dict[str, Reader] = {}  # of this worker process: one session each
_lock = Lock()


def read_on(
    client: Client, reader: Reader, table: ActorTable | None, batches: Iterable[list[Item]], max_chars: int
) -> Iterator[list[Result]]:
    """What is found in batches of articles, in the order in which they are ready.

    Parameters
    ----------
    client : distributed.Client
        Of any Dask cluster. Workers may come and go: what a lost worker was reading is read by another.
    reader : Reader
        A bundled reader is made anew on each worker, once; any other is sent there.
    table : ActorTable, optional
        The analyst's actors.
    batches : iterable of list of Item
    max_chars : int
        A longer text is not read.

    Notes
    -----
    Dask gives up what was lost with several workers, one after another (as many as its ``allowed-failures`` says), and
    blames all that was waiting on them. A batch that it gave up is read again article by article; an article that it
    gave up, after all others and alone, so that nobody is blamed for a neighbour. What takes its worker with it even
    then is a problem of its own.
    """
    try:
        from distributed import KilledWorker, as_completed
    except ImportError as error:
        raise ImportError("client= needs Dask; pip install 'newslab[dask]'") from error

    spec: Any = reader.name if type(reader) in _BUNDLED else reader
    remaining = iter(batches)
    running: dict[Future, list[Item]] = {}
    suspects: list[Item] = []
    alone: Item | None = None
    queue = as_completed()

    def send(items: Sequence[Item]) -> None:
        # Everything goes with the task: what was scattered beforehand would be lost with the last worker that has it.
        future = client.submit(_read, list(items), spec, table, max_chars, pure=False, retries=_RETRIES)
        running[future] = list(items)
        queue.add(future)

    def fill() -> None:
        room = _AHEAD * max(1, sum(client.nthreads().values()))
        while len(running) < room and (items := next(remaining, None)) is not None:
            send(items)

    try:
        fill()
        while running or suspects:
            if not running:
                alone = suspects.pop()
                send([alone])
            _wait(queue, client)
            future = next(queue)
            items = running.pop(future)
            fill()  # before what was found is written, so that no worker waits for the disk
            try:
                found = _result(future, client)
            except KilledWorker:
                if len(items) > 1:
                    for item in items:
                        send([item])
                elif items[0] is not alone:
                    suspects += items
                else:
                    yield [_lost(alone)]
            except (_NoWorkerError, MemoryError):
                raise
            except Exception as error:
                raise RuntimeError(
                    f"a worker could not read: {type(error).__name__}: {error}; newslab must be the same version there"
                ) from error
            else:
                yield found
            future.release()
    finally:
        for future in running:
            future.cancel()


class _NoWorkerError(RuntimeError):
    def __init__(self) -> None:
        super().__init__(
            f"the Dask cluster has had no worker for {_PATIENCE:.0f} seconds; start some and call "
            "analyze again with the same out=: what was read is kept, and it goes on"
        )


def _wait(queue: Any, client: Client) -> None:
    """Wait until something is done; an error if there has been no worker for so long that none will come."""
    seen = asked = time.monotonic()
    while not queue.has_ready():
        time.sleep(0.02)
        if (now := time.monotonic()) - asked > _PATIENCE / 100:
            asked = now
            if client.nthreads():
                seen = now
            elif now - seen > _PATIENCE:
                raise _NoWorkerError


def _result(future: Future, client: Client) -> list[Result]:
    """What was found, waited for once more where it was lost with its worker before it was fetched."""
    while True:
        try:
            return future.result(timeout=_PATIENCE)
        except TimeoutError:
            if future.status == "error":  # a worker's own
                raise
            if not client.nthreads():
                raise _NoWorkerError from None


def _lost(item: Item) -> Result:
    return item.key, "the worker process ended while it read this article", *Found().to_json()


def _read(items: list[Item], spec: Any, table: ActorTable | None, max_chars: int) -> list[Result]:
    """On a worker: what is found in a batch."""
    from distributed import get_worker

    with _lock:  # one session a worker, which uses all its threads
        if isinstance(spec, str):
            if spec not in _readers:
                _readers[spec] = Reader(spec, workers=get_worker().state.nthreads)
            spec = _readers[spec]
        return read_here(spec, table, items, max_chars)
