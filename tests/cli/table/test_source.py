"""The text of a table: unpacked and decoded, or refused with what the file is."""

import gzip
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from service.cli.table.errors import BadTable
from service.cli.table.source import name_of, read_text

TEXT = "ts,o\nü,1\n"


def zipped(**files: str) -> bytes:
    """Return a zip file with these files in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("cp1252"),
        gzip.compress(TEXT.encode()),
        zipped(a=TEXT),
    ],
    ids=["utf-8", "with a mark", "utf-16", "windows", "gzip", "zip"],
)
def test_one_text_in_many_files(tmp_path: Path, content: bytes) -> None:
    """However it is packed and encoded, it is the same text."""
    path = tmp_path / "bars.csv"
    path.write_bytes(content)
    assert read_text(path) == TEXT


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PAR1....", "is a Parquet file; save the table as CSV"),
        (b'  {"a": 1}', "is JSON"),
        (b"<html><body>", "is HTML"),
        (b"a\0b", "is not text"),
        (gzip.compress(b"x")[:-5], "is a gzip file that is damaged"),
        (zipped(a="x", b="y"), "is a zip file with 2 files"),
        (zipped(**{"[Content_Types].xml": "x"}), "is a spreadsheet; save the sheet as CSV"),
        (b"PK\x03\x04 and no more", "is a zip file that cannot be unpacked"),
    ],
    ids=["parquet", "json", "html", "binary", "cut gzip", "two files", "spreadsheet", "cut zip"],
)
def test_what_holds_no_text_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    """By what it is, with what to do."""
    path = tmp_path / "bars.csv"
    path.write_bytes(content)
    with pytest.raises(BadTable, match=said):
        read_text(path)


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is called so; what is not there is said as the system says it."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(TEXT.encode())))
    assert read_text(Path("-")) == TEXT
    assert (name_of(Path("-")), name_of(Path("a/b.csv"))) == ("standard input", "a/b.csv")
    with pytest.raises(BadTable, match="No such file or directory"):
        read_text(Path("nowhere/bars.csv"))
