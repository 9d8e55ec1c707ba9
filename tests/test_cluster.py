"""Reading on a Dask cluster of two worker processes: the same rows, also when workers are lost."""

import os
import signal
import threading
import time

import pandas as pd
import pytest

import newslab as nl
from newslab import keeping
from newslab.cluster import _result
from newslab.tables import TABLES

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

TEXTS = [f"Ona Vell attacked Tam Orr on day {k}. “Tam Orr is a disgrace,” said Bo Lind of pier {k}." for k in range(60)]
# Dask closes its own sockets and event loops late.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore:.*Sending large graph:UserWarning", "ignore:Port .* is already in use:UserWarning",
)  # fmt: skip


@pytest.fixture(scope="module")
def client():
    # Workers import newslab from where this process does.
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),  # workers start slowly
        distributed.LocalCluster(**options, silence_logs=50) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


class Slow(nl.Reader):
    """The rules, slowly, and without returning from a text that says so."""

    name = "slow"

    def read(self, text):
        time.sleep(0.02)
        if "kill the worker" in text.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return nl.Reader("rules").read(text)

    stance = target_sentiment = None


def assert_same(one, two):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_index_type=False, obj=name)


@pytest.mark.parametrize("reader", ["rules", "model"])
def test_two_workers_have_the_same_rows(reader, client, tmp_path):
    frame = pd.DataFrame({"text": TEXTS[: 60 if reader == "rules" else 8]})
    found = nl.analyze(frame, out=tmp_path / "out", client=client, reader=reader, batch=3, progress=False)
    assert_same(found, nl.analyze(frame, reader=reader, progress=False))
    # Both have read, and each has one reader.
    readers = client.run(lambda: [name for name in __import__("newslab.cluster").cluster._readers])
    assert len(readers) == 2 and all(reader in names for names in readers.values())


def test_table_of_actors_goes_to_the_workers(client, tmp_path):
    frame = pd.DataFrame({"text": TEXTS[:9], "published": ["2031-01-05"] * 9})
    actors = pd.DataFrame({"name": ["Ona Vell"], "aliases": ["Bo Lind"], "party": ["Harbour"]})
    found = nl.analyze(
        frame, out=tmp_path / "out", client=client, reader="rules", actors=actors, batch=2, progress=False
    )
    assert_same(found, nl.analyze(frame, reader="rules", actors=actors, progress=False))


def test_a_worker_killed_in_mid_run_changes_nothing(client, tmp_path):
    frame = pd.DataFrame({"text": TEXTS})
    pids = list(client.run(os.getpid).values())
    found_files = tmp_path / "out" / "_reading" / "found"
    killed = []

    def kill():
        while not list(found_files.glob("found-*")):
            time.sleep(0.01)
        os.kill(pids[0], signal.SIGKILL)
        killed.append(len(list(found_files.glob("found-*"))))

    thread = threading.Thread(target=kill)
    thread.start()
    found = nl.analyze(frame, out=tmp_path / "out", client=client, reader=Slow(), batch=2, progress=False)
    thread.join()
    assert 0 < killed[0] < 30  # of 30 batches
    assert_same(found, nl.analyze(frame, reader=Slow(), progress=False))
    client.wait_for_workers(2, timeout=60)
    assert pids[0] not in client.run(os.getpid).values()


def test_a_stop_takes_nothing_away(client, tmp_path, monkeypatch):
    frame = pd.DataFrame({"text": TEXTS})
    add, left = keeping.FoundFiles.add, [3]

    def stop(self, rows):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        add(self, rows)

    monkeypatch.setattr(keeping.FoundFiles, "add", stop)
    with pytest.raises(KeyboardInterrupt):
        nl.analyze(frame, out=tmp_path / "out", client=client, reader="rules", batch=2, progress=False)
    monkeypatch.undo()
    assert len(list((tmp_path / "out" / "_reading" / "found").iterdir())) == 3
    found = nl.analyze(frame, out=tmp_path / "out", client=client, reader="rules", batch=2, progress=False)
    assert_same(found, nl.analyze(frame, reader="rules", progress=False))


@pytest.mark.parametrize("batch", [1, 3])  # one by one, its neighbours wait on the worker that it takes with it
def test_an_article_that_takes_its_worker_with_it_is_a_problem_and_the_rest_is_read(
    batch, client, tmp_path, monkeypatch
):
    frame = pd.DataFrame({"text": [*TEXTS[:5], "Please kill the worker.", *TEXTS[5:8]]})
    options = {"out": tmp_path / "out", "reader": Slow(), "batch": batch, "progress": False}
    monkeypatch.setattr("newslab.cluster._PATIENCE", 30.0)
    try:
        found = nl.analyze(frame, client=client, **options)
    except RuntimeError as error:  # a busy machine: Dask itself gave up starting workers that were killed
        assert "no worker" in str(error)
        with (
            distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
            distributed.Client(cluster) as another,
        ):
            found = nl.analyze(frame, client=another, **options)
    assert found.problems["article_id"].tolist() == ["article-6"]
    assert "the worker process ended" in found.problems["reason"][0]
    assert found.quotes["article_id"].nunique() == 8


def test_a_cluster_that_has_no_worker_any_more_ends_the_run_with_a_word(tmp_path, monkeypatch):
    monkeypatch.setattr("newslab.cluster._PATIENCE", 1.0)
    options = {"n_workers": 0, "host": "tcp://127.0.0.1", "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        with pytest.raises(RuntimeError, match="no worker for 1 seconds; start some and call analyze again"):
            nl.analyze(pd.DataFrame({"text": TEXTS}), out=tmp_path / "out", client=client, reader="rules")


def test_what_was_found_and_lost_with_the_last_worker_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr("newslab.cluster._PATIENCE", 1.0)
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    # In this process a worker has no nanny, which might begin another; Dask's own default there asks for a network.
    options |= {"processes": False, "host": "127.0.0.1", "protocol": "tcp://"}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        future = client.submit(list, "ab", pure=False)
        assert _result(future, client) == ["a", "b"]
        cluster.sync(next(iter(cluster.workers.values())).close)
        while client.nthreads():
            time.sleep(0.05)
        with pytest.raises(RuntimeError, match="no worker for 1 seconds; start some and call analyze again"):
            _result(future, client)
