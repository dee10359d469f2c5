"""Tables as exchanges and common tools write them: the same market comes out, or a sentence says what to do."""

import csv
import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from service.cli.table.bars import read_table
from service.cli.table.errors import BadTable
from tests.support.walk_table import HEADER, HOUR, T0, text_of, walk, with_column, write

ROWS = walk()
LONG = ("timestamp", "open", "high", "low", "close", "volume", "oi")


def iso(text: str, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    """Return epoch ms in another form."""
    return datetime.fromtimestamp(int(text) / 1000, UTC).strftime(form)


def dated(form: str, separator: str = ",") -> str:
    """Return the table with its times in a form of date."""
    return text_of(with_column(ROWS, 0, lambda text: iso(text, form)), ("date", *HEADER[1:]), separator)


def kline(row: list[str], per_ms: int = 1) -> list[str]:
    """Return a row as Binance writes klines."""
    quote = f"{float(row[4]) * float(row[5]):.2f}"
    return [
        str(int(row[0]) * per_ms),
        *row[1:6],
        str((int(row[0]) + HOUR) * per_ms - 1),
        quote,
        "9",
        row[5],
        quote,
        "0",
    ]


KLINE = ("open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count",
         "taker_buy_volume", "taker_buy_quote_volume", "ignore")  # fmt: skip


def cdd(row: list[str]) -> list[str]:
    """Return a row as CryptoDataDownload writes it."""
    quote = f"{float(row[4]) * float(row[5]):.2f}"
    return [row[0], iso(row[0], "%Y-%m-%d %H:%M:%S"), "BTCUSDT", *row[1:6], quote, "100", row[6]]


CDD = ("Unix", "Date", "Symbol", "Open", "High", "Low", "Close", "Volume BTC", "Volume USDT", "tradecount", "oi")


def comma(text: str) -> str:
    """Return a number with a decimal comma."""
    return text.replace(".", ",")


def german(row: list[str]) -> list[str]:
    """Return a row as a German spreadsheet writes it."""
    return [iso(row[0], "%d.%m.%Y %H:%M"), *map(comma, row[1:])]


def zipped(*names: str) -> bytes:
    """Return a zip file with the table under each name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, text_of(ROWS))
    return file.getvalue()


def quoted(mark: str) -> str:
    """Return the table with prices quoted, with a mark between thousands."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows(
        [row[0], *(f"{float(cell):,.2f}".replace(",", mark) for cell in row[1:5]), *row[5:]] for row in ROWS
    )
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(text_of(ROWS), id="ours"),
        pytest.param(text_of(ROWS, LONG), id="ccxt"),
        pytest.param(text_of(ROWS, ("open_time", *LONG[1:6], "sumOpenInterest")), id="binance"),
        pytest.param(text_of(ROWS, ("date", *LONG[1:6], "openInterestAmount")), id="ccxt open interest"),
        pytest.param(text_of(ROWS, ("Time", "Open", "High", "Low", "Close", "Volume", "Open Interest")), id="spaced"),
        pytest.param(
            text_of(ROWS, ("Time (UTC)", "Open (USDT)", "High [USDT]", "Low", "Close (USDT)", "Volume (BTC)", "oi")),
            id="units in brackets",
        ),
        pytest.param(text_of(ROWS, ("<TS>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>", "<OI>")), id="bracketed"),
        pytest.param(dated("%Y-%m-%d %H:%M:%S+00:00"), id="freqtrade"),
        pytest.param(dated("%Y-%m-%dT%H:%M:%S.000Z"), id="iso with ms"),
        pytest.param(dated("%Y-%m-%d %H:%M:%S UTC"), id="named zone"),
        pytest.param(dated("%Y-%m-%d %I-%p"), id="twelve hours"),
        pytest.param(dated("%d.%m.%Y %H:%M"), id="day first with points"),
        pytest.param(dated("%d/%m/%Y %H:%M"), id="day first"),
        pytest.param(dated("%m/%d/%Y %H:%M"), id="month first"),
        pytest.param(dated("%m/%d/%Y %I:%M %p"), id="month first, twelve hours"),
        pytest.param(dated("%Y.%m.%d\t%H:%M", "\t").replace("date\t", "<DATE>\t<TIME>\t"), id="metatrader"),
        pytest.param(text_of(with_column(ROWS, 0, lambda text: text[:-3])), id="seconds"),
        pytest.param(text_of(with_column(ROWS, 0, lambda text: f"{text}000")), id="microseconds"),
        pytest.param(text_of(with_column(ROWS, 0, lambda text: f"{text}000000")), id="nanoseconds"),
        pytest.param(text_of(with_column(ROWS, 0, lambda text: f"{text}.0")), id="pandas floats"),
        pytest.param(text_of(with_column(ROWS, 0, lambda text: repr(float(text) * 1e6))), id="pandas exponents"),
        pytest.param(
            text_of([[text if n < 60 else f"{text}000", *rest] for n, (text, *rest) in enumerate(ROWS)]),
            id="ms, then us",
        ),
        pytest.param(text_of([[str(n), *row] for n, row in enumerate(ROWS)], ("", *HEADER)), id="pandas index"),
        pytest.param(
            text_of([[str(n), iso(row[0], "%d.%m.%Y %H:%M"), *row] for n, row in enumerate(ROWS)],
                    ("ts", "time", *LONG)),
            id="two columns of time",
        ),
        pytest.param(
            text_of([[iso(row[0], "%Y-%m-%d"), iso(row[0], "%H:%M"), *row[1:]] for row in ROWS],
                    ("Date", "Time", *HEADER[1:])),
            id="date and time apart",
        ),
        pytest.param("https://www.CryptoDataDownload.com\n" + text_of([*map(cdd, ROWS)][::-1], CDD), id="cdd"),
        pytest.param("sep=;\n" + text_of(ROWS, separator=";"), id="excel's own first line"),
        pytest.param("# hourly\n\n" + text_of(ROWS) + "# end\n", id="comments"),
        pytest.param("\ufeff" + text_of(map(german, ROWS), separator=";").replace("\n", "\r\n"), id="german excel"),
        pytest.param(text_of(map(german, ROWS), separator="\t").encode("utf-16"), id="excel's unicode text"),
        pytest.param(text_of([["Größe", *row] for row in ROWS], ("€", *HEADER)).encode("cp1252"), id="windows-1252"),
        pytest.param(text_of(ROWS, separator="|"), id="bars"),
        pytest.param(quoted(","), id="english thousands"),
        pytest.param(quoted("'"), id="swiss thousands"),
        pytest.param(text_of(ROWS).replace("\n", ",\n"), id="a separator at the end"),
        pytest.param(text_of(ROWS[:60]) + text_of(ROWS[60:]), id="files joined with their headers"),
        pytest.param(gzip.compress(text_of(ROWS).encode()), id="gzip"),
        pytest.param(zipped("BTCUSDT-1h.csv"), id="zip"),
        pytest.param(
            text_of([[*row[:5], f"{float(row[4]) * float(row[5]):.6f}", f"{float(row[4]) * float(row[6]):.6f}"]
                     for row in ROWS], (*HEADER[:5], "volume_usdt", "sumOpenInterestValue")),
            id="all in USD",
        ),
    ],
)  # fmt: skip
def test_the_same_market(tmp_path: Path, content: str | bytes) -> None:
    """However it is written, the bars are those that were written."""
    bars = read_table(write(tmp_path / "bars.csv", content)).bars
    assert bars.time.tolist() == [T0 + n * HOUR for n in range(len(ROWS))]
    assert bars.step == HOUR
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume, bars.open_interest)
    for at, values in enumerate(columns, 1):
        np.testing.assert_allclose(values, [float(row[at]) for row in ROWS], rtol=1e-9)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(text_of(map(kline, ROWS), KLINE), id="header, ms"),
        pytest.param(text_of(map(kline, ROWS), None), id="no header, ms"),
        pytest.param(text_of([kline(row, 1000) for row in ROWS], None), id="no header, us"),
        pytest.param(text_of([kline(row, 1000) for row in ROWS], KLINE), id="header, us"),
        pytest.param(text_of([row[:6] for row in ROWS], None), id="ccxt's list"),
        pytest.param(
            text_of([[row[0][:-3], *row[1:6]] for row in ROWS], ("time", *LONG[1:5], "Volume")), id="tradingview"
        ),
        pytest.param(
            text_of([[*row[:6], row[5]] for row in ROWS], ("time", *LONG[1:5], "Volume", "Volume MA")),
            id="tradingview with an average",
        ),
        pytest.param(
            text_of([[*row[:5], "7", row[5], row[4]] for row in ROWS],
                    ("open_time", *LONG[1:5], "vol", "vol_ccy", "vol_quote")),
            id="okx",
        ),
    ],
)  # fmt: skip
def test_klines_without_open_interest(tmp_path: Path, content: str) -> None:
    """Klines carry none, and are read: prices, volume in coins, and open interest that nobody knows."""
    bars = read_table(write(tmp_path / "bars.csv", content)).bars
    assert bars.time.tolist() == [T0 + n * HOUR for n in range(len(ROWS))]
    np.testing.assert_array_equal(bars.close, [float(row[4]) for row in ROWS])
    np.testing.assert_array_equal(bars.volume, [float(row[5]) for row in ROWS])
    assert np.isnan(bars.open_interest).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(text_of(ROWS, None), "row 1: there is no header row, and 7 columns", id="seven columns"),
        pytest.param(text_of([[r[0], r[5], r[4], r[2], r[3], r[1]] for r in ROWS], None), "row 1", id="gate's order"),
        pytest.param(
            text_of([[r[0], r[3], r[2], r[1], r[4], r[5]] for r in ROWS], None),
            "no header row, columns are taken as ts, o, h, l, c, v: row 2, column o: is ",
            id="coinbase's order",
        ),
        pytest.param(
            text_of([[*row, "BTCUSDT" if n % 2 else "ETHUSDT"] for n, row in enumerate(ROWS)], (*HEADER, "symbol")),
            "column symbol holds 2 markets (ETHUSDT, BTCUSDT)",
            id="two markets",
        ),
        pytest.param(b"PK\x03\x04\x00", "zip file that cannot be unpacked", id="half a zip"),
        pytest.param(zipped("[Content_Types].xml", "xl/sheet.xml"), "save the sheet as CSV", id="xlsx"),
        pytest.param(zipped("one.csv", "two.csv"), "2 files", id="two in a zip"),
        pytest.param(b"\x1f\x8bno", "damaged", id="half a gzip"),
        pytest.param(b"PAR1\x15\x04", "Parquet", id="parquet"),
        pytest.param('[{"ts": 1}]', "is JSON", id="json"),
        pytest.param("<html><body>", "HTML", id="html"),
        pytest.param(b"ts,o\x00", "is not text", id="binary"),
        pytest.param(
            text_of(with_column(ROWS, 0, lambda text: f"{25569 + int(text) / 86_400_000:.5f}")),
            "serial date; format the column as",
            id="serial dates",
        ),
        pytest.param(
            text_of(with_column(ROWS, 0, lambda text: f"{float(text):.5E}")), "long numbers were rounded", id="rounded"
        ),
        pytest.param(
            text_of([["01/02/2025", *ROWS[0][1:]], ["02/02/2025", *ROWS[1][1:]]]), "day first or month", id="either"
        ),
        pytest.param(
            text_of([[*row[:1], *map(comma, row[1:5]), *row[5:]] for row in ROWS]),
            "a comma inside a number",
            id="comma",
        ),
        pytest.param(
            text_of([[*row[:1], *(f'"{cell[:2]},{cell[2:5]}"' for cell in row[1:5]), "1", "2"] for row in ROWS]),
            "decimals or thousands",
            id="decimals or thousands",
        ),
        pytest.param(text_of([["2025-01-01T00:00:00Z", *row[1:]] for row in ROWS]), "there twice", id="one time"),
        pytest.param(text_of([row[1:] for row in ROWS], HEADER[1:]), "no column ts", id="no time"),
        pytest.param(
            text_of([[str(n), *row[1:]] for n, row in enumerate(ROWS)]), "row 2, column ts: '0' is not in", id="numbers"
        ),
    ],
)
def test_what_cannot_be_read_says_so(tmp_path: Path, content: str | bytes, words: str) -> None:
    """One sentence names the file and says what is wrong."""
    with pytest.raises(BadTable, match=rf"^{tmp_path / 'bars.csv'}: ") as raised:
        read_table(write(tmp_path / "bars.csv", content))
    assert words in str(raised.value)
