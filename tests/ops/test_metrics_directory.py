"""The directory of the processes' metrics: empty at the start, and no larger after many workers than after one."""

from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

from service.ops.metrics_directory import MetricsDirectory, UnsafeDirectory, make_empty


def written(
    directory: Path, kind: str, pid: int | str, name: str, value: float, *, at: float = 0.0, **labels: str
) -> None:
    """Write one value as a process does."""
    file = MmapedDict(str(directory / f"{kind}_{pid}.db"))
    file.write_value(mmap_key(name, name, list(labels), list(labels.values()), "help"), value, at)
    file.close()


def sums(directory: Path) -> dict[str, float]:
    """Return what is published, by name; labels are left out."""
    families = MultiProcessCollector(None, str(directory)).collect()
    return {each.name: each.value for of in families for each in of.samples}


def test_it_is_made_for_this_user_alone(tmp_path: Path) -> None:
    """Nobody else reads it or writes there."""
    make_empty(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_only_metrics_are_taken_away(tmp_path: Path) -> None:
    """A directory that was named by mistake loses none of its other files."""
    written(tmp_path, "counter", 17, "x_total", 1.0)
    (tmp_path / "notes.txt").write_text("mine")
    make_empty(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("how", ["link", "file"])
def test_what_another_put_there_is_refused(tmp_path: Path, how: str) -> None:
    """The name can be known beforehand, so what stands there is looked at first."""
    target, there = tmp_path / "target", tmp_path / "there"
    target.mkdir()
    if how == "link":
        there.symlink_to(target)
    else:
        there.write_text("")
    with pytest.raises(UnsafeDirectory, match="no directory of this user's"):
        make_empty(there)


def test_what_ended_workers_have_counted_stays(tmp_path: Path) -> None:
    """Sums never fall, gauges of the dead are gone, and a hundred workers leave as many files as one."""
    directory = MetricsDirectory(tmp_path)
    for pid in range(100, 200):
        written(tmp_path, "counter", pid, "x_total", 2.0)
        written(tmp_path, "histogram", pid, "y_sum", 0.5)
        written(tmp_path, "gauge_livesum", pid, "z", 7.0)
        directory.forget(pid)
    assert sums(tmp_path)["x_total"] == 200.0
    assert sums(tmp_path)["y_sum"] == 50.0
    assert "z" not in sums(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counter_ended.db", "histogram_ended.db"]


def test_what_was_last_learned_stays(tmp_path: Path) -> None:
    """Proves that a state holds though whoever learned it has ended, until somebody learns better, and in one file."""
    directory = MetricsDirectory(tmp_path)
    for pid, state, at in ((1, 0.0, 10.0), (2, 2.0, 30.0), (3, 1.0, 20.0)):
        written(tmp_path, "gauge_mostrecent", pid, "state", state, at=at)
        directory.forget(pid)
    assert [path.name for path in tmp_path.iterdir()] == ["gauge_mostrecent_ended.db"]
    assert sums(tmp_path)["state"] == 2.0
    written(tmp_path, "gauge_mostrecent", 4, "state", 0.0, at=0.0)
    assert sums(tmp_path)["state"] == 2.0
    written(tmp_path, "gauge_mostrecent", 4, "state", 0.0, at=40.0)
    assert sums(tmp_path)["state"] == 0.0


def test_series_of_ended_workers_are_not_mixed(tmp_path: Path) -> None:
    """Each series keeps its labels."""
    directory = MetricsDirectory(tmp_path)
    for pid, route in ((1, "a"), (2, "b"), (3, "a")):
        written(tmp_path, "counter", pid, "x_total", float(pid), route=route)
        directory.forget(pid)
    found = [each for of in MultiProcessCollector(None, str(tmp_path)).collect() for each in of.samples]
    assert {each.labels["route"]: each.value for each in found} == {"a": 4.0, "b": 2.0}


def test_a_process_that_counted_nothing_is_forgotten_too(tmp_path: Path) -> None:
    """A worker that was killed at once has left nothing to fold."""
    MetricsDirectory(tmp_path).forget(17)
    assert list(tmp_path.iterdir()) == []
