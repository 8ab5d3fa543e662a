"""The peer of the bench on sandbox pages: the same pages read and stored as somebody would with Scrapy, parsel and psycopg2.

A transaction a page, one execute_values a table: the usual good pipeline. Called by `npm run bench -- e2e --site sandbox`; prints one
JSON line: N pages, rows.
"""

import argparse
import json
import re
import unicodedata
from dataclasses import dataclass, field

import psycopg2
import scrapy
from psycopg2.extras import execute_values
from scrapy.crawler import CrawlerProcess

COUNTS = {"N": 0, "rows": 0}
VERSION_AT_END = re.compile(r"^(.*\S)\s*\(([^()]+)\)$")
MINUTES_SECONDS = re.compile(r"^PT(\d+)M(\d+)S$")


@dataclass
class SetRow:
    position: int
    artist: str
    title: str
    version: str | None
    label: str | None
    duration_seconds: int | None
    cue_seconds: int | None
    with_previous: bool
    identified: bool

    @property
    def key(self) -> str:
        return "|".join(fold(part or "") for part in (self.artist, self.title, self.version))


@dataclass
class SetItem:
    external_id: str
    url: str
    title: str
    played_on: str
    artists: list
    genres: list
    rows: list = field(default_factory=list)


def fold(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", plain.lower()).strip()


class SetPages(scrapy.Spider):
    name = "set-pages"

    def __init__(self, base_url: str, urls: str, **kwargs):
        super().__init__(**kwargs)
        self.base_url, self.urls = base_url, urls

    async def start(self):
        with open(self.urls, encoding="utf-8") as paths:
            for path in paths.read().split():
                yield scrapy.Request(self.base_url + path, dont_filter=True)

    def parse(self, response):
        table = response.css("#tlTab")

        def metas(name):
            return table.xpath("./meta[@itemprop=$name]/@content", name=name).getall()

        item = SetItem(
            external_id=table.attrib["data-id"],
            url=response.css("link[rel=canonical]::attr(href)").get(response.url),
            title=metas("name")[0],
            played_on=metas("datePublished")[0],
            artists=metas("author"),
            genres=metas("genre"),
        )
        for position, row in enumerate(table.css(".tlpItem"), 1):
            item.rows.append(self.read_row(position, row))
        COUNTS["N"] += 1
        COUNTS["rows"] += len(item.rows)
        yield item

    def read_row(self, position: int, row) -> SetRow:
        name = row.css("[itemprop=tracks] > meta[itemprop=name]::attr(content)").get("")
        artist, _, title = name.partition(" - ")
        split = VERSION_AT_END.match(title)
        duration = MINUTES_SECONDS.match(row.css("[itemprop=tracks] > meta[itemprop=duration]::attr(content)").get(""))
        cue = row.css("input[id$=_cue_seconds]::attr(value)").get("0")
        return SetRow(
            position=position,
            artist=artist,
            title=split[1] if split else title,
            version=split[2] if split else None,
            label=row.css(".trackLabel::text").get(),
            duration_seconds=int(duration[1]) * 60 + int(duration[2]) if duration else None,
            cue_seconds=int(cue) or None,
            with_previous="w/" in row.css("[id$=_tracknumber_value]::text").get(""),
            identified=row.attrib.get("data-isided") == "true" or "data-mashpos" in row.attrib,
        )


class Store:
    def __init__(self, dsn: str):
        self.dsn = dsn

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler.settings["DSN"])

    def open_spider(self):
        self.connection = psycopg2.connect(self.dsn)

    def close_spider(self):
        self.connection.close()

    def process_item(self, item: SetItem):
        with self.connection, self.connection.cursor() as cursor:
            self.store(cursor, item)
        return item

    def store(self, cursor, item: SetItem):
        cursor.execute(
            "INSERT INTO sets VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (external_id, played_on) DO UPDATE "
            "SET url = excluded.url, title = excluded.title, artists = excluded.artists, genres = excluded.genres",
            (item.external_id, item.played_on, item.url, item.title, item.artists, item.genres),
        )
        known = {row.key: row for row in item.rows if row.identified and row.title}
        ids = {}
        if known:
            found = execute_values(
                cursor,
                "INSERT INTO tracks (norm_key, artist, title, version, label, duration_seconds) VALUES %s ON CONFLICT (norm_key) "
                "DO UPDATE SET duration_seconds = coalesce(tracks.duration_seconds, excluded.duration_seconds) RETURNING norm_key, id",
                [
                    (key, row.artist, row.title, row.version, row.label, row.duration_seconds)
                    for key, row in sorted(known.items())
                ],
                fetch=True,
            )
            ids = dict(found)
        execute_values(
            cursor,
            "INSERT INTO set_tracks VALUES %s ON CONFLICT (external_id, played_on, position) DO UPDATE "
            "SET track_id = excluded.track_id, cue_seconds = excluded.cue_seconds, printed = excluded.printed",
            [
                (
                    item.external_id,
                    item.played_on,
                    row.position,
                    ids.get(row.key) if row.identified else None,
                    row.cue_seconds,
                    row.with_previous,
                    f"{row.artist} - {row.title}",
                )
                for row in item.rows
            ],
        )


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--base-url", required=True)
    arguments.add_argument("--dsn", default="")
    arguments.add_argument("--urls", required=True)
    arguments.add_argument("--concurrency", type=int, default=16)
    arguments.add_argument("--db", choices=["page", "none"], default="page")
    arguments.add_argument("--start", choices=["list"], default="list")
    given = arguments.parse_args()
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "WARNING",
            "DSN": given.dsn,
            "ITEM_PIPELINES": {Store: 300} if given.db == "page" else {},
            # The server is our own, on this machine: nobody to be polite to.
            "ROBOTSTXT_OBEY": False,
            "DOWNLOAD_DELAY": 0,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "CONCURRENT_REQUESTS": given.concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": given.concurrency,
        }
    )
    process.crawl(SetPages, base_url=given.base_url, urls=given.urls)
    process.start()
    print(json.dumps(COUNTS))


if __name__ == "__main__":
    main()
