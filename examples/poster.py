"""Post the heatmap with one sentence to Discord or Telegram.

    python examples/poster.py --discord https://discord.com/api/webhooks/ID/TOKEN
    python examples/poster.py --telegram https://api.telegram.org/botTOKEN --chat CHAT_ID

Run it from cron. The picture comes from /v1/heatmap.png; the sentence from the first hot zone of /v1/zones.
"""

import argparse
import json
import uuid
from urllib.parse import urlencode
from urllib.request import Request, urlopen


def fetched(base: str, path: str, **query: str) -> bytes:
    """Return what a path answers."""
    with urlopen(f"{base}{path}?{urlencode(query)}", timeout=60) as response:
        return response.read()


def sentence(answer: dict) -> str:
    """Return what to say of a market: its nearest hot zone, and what to know of the answer."""
    doubts = [
        "simulated prices" if answer["simulated"] else "",
        "old data" if answer["stale"] else "",
        "low data quality" if answer["data_quality"]["value"] < 0.5 else "",
    ]
    tail = "".join(f" ({doubt})" for doubt in doubts if doubt)
    if not answer["hot"]:
        return f"{answer['symbol']} {answer['price']:,.0f}: no hot zone stands out{tail}"
    zone = min(answer["hot"], key=lambda one: one["distance_pct"])
    way = "above" if zone["side"] == "short" else "below"
    return (
        f"{answer['symbol']} {answer['price']:,.0f}: the next hot zone is {zone['distance_pct']:.2f} % {way}, "
        f"core {zone['core']['low']:,.0f} to {zone['core']['high']:,.0f}{tail}"
    )


def multipart(fields: dict[str, str], name: str, png: bytes) -> tuple[bytes, str]:
    """Return a form with a picture, and its content type."""
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="heatmap.png"\r\n'
    parts += [f"{head}Content-Type: image/png\r\n\r\n".encode(), png, f"\r\n--{edge}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={edge}"


def post(url: str, fields: dict[str, str], name: str, png: bytes) -> None:
    """Send a form; raises HTTPError where it is refused."""
    body, content_type = multipart(fields, name, png)
    with urlopen(Request(url, data=body, headers={"Content-Type": content_type}), timeout=30):
        pass


def main() -> None:
    """Fetch once and post once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="http://127.0.0.1:8080")
    parser.add_argument("--exchange", default="sim")
    parser.add_argument("--symbol", default="BTC")
    parser.add_argument("--discord", help="a webhook's URL")
    parser.add_argument("--telegram", help="https://api.telegram.org/bot followed by the bot's token")
    parser.add_argument("--chat", help="the chat to post to on Telegram")
    args = parser.parse_args()
    market = {"exchange": args.exchange, "symbol": args.symbol}
    words = sentence(json.loads(fetched(args.base, "/v1/zones", **market)))
    png = fetched(args.base, "/v1/heatmap.png", **market, size="1200x675")
    if args.discord:
        post(args.discord, {"payload_json": json.dumps({"content": words})}, "files[0]", png)
    if args.telegram:
        post(f"{args.telegram}/sendPhoto", {"chat_id": args.chat, "caption": words}, "photo", png)
    print(words)


if __name__ == "__main__":
    main()
