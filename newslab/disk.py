"""Files that are there whole or not at all, and folders and files that one process at a time writes to."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def alone(folder: Path, lock: Path) -> Iterator[None]:
    """No two processes, or threads, write to one folder; a lock ends with its process, however that ends."""
    try:
        import fcntl
    except ImportError:  # on Windows; there a second run fails when it replaces a file
        yield
        return
    refuse_link_out(lock, folder)
    busy = BlockingIOError(f"another run is writing to {folder}; wait for it, or choose another folder")
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise busy from None
            if error.errno not in (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK):
                raise  # and else the disk, as some of computing centres, knows no locks
        if not os.fstat(file.fileno()).st_nlink:
            raise busy  # it has removed this lock since it was opened, and a third may hold a new one
        yield


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Let others who read a file and write it anew wait until this is done, where system and disk know locks."""
    folder = path.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # on Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY)  # no lock of its own is left there, which another user could not open
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes, *, temporary: Path | None = None) -> None:
    """Write a file that is there whole or not at all, also if the power fails in between; its permissions stay."""
    temporary = temporary or path.with_name(f".{path.name}.writing")
    try:
        with new_file(temporary) as file:
            file.write(data)
        with suppress(OSError):  # there is none yet, or the disk knows no permissions
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file of a name of our own to write to, which is on the disk in the end.

    What is there was left by a killed run, or is somebody's link.
    """
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network disks do not know it
            raise
    finally:
        os.close(handle)


def refuse_link_out(file: Path, folder: Path) -> None:
    """Raise ValueError for a file that only seems to lie in a folder."""
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{file} is a link out of {folder}; an analysis holds no such links")
