"""The text of a table: from a file or standard input, unpacked and decoded."""

import codecs
import gzip
import io
import sys
import zipfile
import zlib
from pathlib import Path

from service.cli.table.errors import BadTable

STANDARD = "-"
# What files begin with that hold tables in a form of their own.
FORMS = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"FEA1": "a Feather file",
    b"\x89HDF": "an HDF5 file",
    b"SQLite": "a database",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"{": "JSON",
    b"[": "JSON",
    b"<!": "HTML",
    b"<html": "HTML",
    b"<?xml": "XML",
}
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


def name_of(path: Path) -> str:
    """Return what messages call the table."""
    return "standard input" if str(path) == STANDARD else str(path)


def read_text(path: Path) -> str:
    """Return the text of a CSV file, of standard input where the path is `-`; raises BadTable.

    A zip or gzip file with one table in it is unpacked. UTF-8 and, with a byte order mark, UTF-16 are read; any other
    text is taken for Windows-1252, in which what matters here (names, numbers, times) reads the same.
    """
    try:
        content = sys.stdin.buffer.read() if str(path) == STANDARD else path.read_bytes()
        return _decoded(_unpacked(content))
    except OSError as error:
        raise BadTable(error.strerror or str(error)) from None


def _unpacked(content: bytes) -> bytes:
    if content.startswith(GZIP):
        try:
            return gzip.decompress(content)
        except (EOFError, OSError, zlib.error):
            raise BadTable("is a gzip file that is damaged") from None
    if content.startswith(ZIP):
        return _only_member(content)
    return content


def _only_member(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if "[Content_Types].xml" in names or "mimetype" in names:
                raise BadTable("is a spreadsheet; save the sheet as CSV")
            if len(names) != 1:
                raise BadTable(f"is a zip file with {len(names)} files; unpack the one to read")
            return archive.read(names[0])
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError):
        raise BadTable("is a zip file that cannot be unpacked") from None


def _decoded(content: bytes) -> str:
    for mark, form in FORMS.items():
        if content.lstrip().startswith(mark):
            raise BadTable(f"is {form}; save the table as CSV")
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0" if utf16 else content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise BadTable("is not text; save the table as CSV")
    return text
