"""The index on disk and in the process: opened, asked, changed, and made anew beside the old one."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import tantivy
from tantivy import Filter, Occur, Order, Query, TextAnalyzerBuilder, Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

FORMAT: Final = 3
"""Raised when what a document holds changes. Engines of two formats can serve one store: each keeps its own."""

_POINTERS: Final = "current*"
_CURRENT: Final = f"current-{FORMAT}"
_HEAP: Final = 15_000_000
_MAX_TOKENS: Final = 12
_FUZZY_FROM: Final = 4
_MORE_FUZZY_FROM: Final = 8
_MANY: Final = 100_000
_MARKUP: Final = re.compile("</?[A-Za-z][^<>]*>")
_WORDS: Final = re.compile("[^\\W_]+(?:[-'\u2019][^\\W_]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as the index knows it. ``facets`` are ``code:value``; ``skus`` its own and its variants'.

    ``body`` is all that a search looks through beside the name; the descriptions are in it too.
    """

    id: int
    skus: tuple[str, ...]
    url_key: str
    name: str
    body: str
    price: Decimal
    in_catalog: bool
    in_search: bool
    categories: tuple[int, ...]
    facets: tuple[str, ...]
    description: str = ""
    short_description: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. All conditions must hold; the alternatives of one are joined by or."""

    search: str | None = None
    match_name: str | None = None
    match_description: str | None = None
    match_short_description: str | None = None
    match_partly: bool = False
    skus: tuple[str, ...] | None = None
    url_keys: tuple[str, ...] | None = None
    categories: tuple[tuple[int, ...], ...] = ()
    facets: tuple[tuple[str, ...], ...] = ()
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: ``relevance``, ``name``, ``price``, ``id``, or ``position`` with the places of products."""

    by: str
    descending: bool = False
    places: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hits:
    """Products that were found, one page of them, and how many there are in all."""

    ids: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How the products that were found divide: by facet, by category, by price step."""

    facets: Mapping[str, int]
    categories: Mapping[int, int]
    prices: Mapping[int, int]


_DESCRIPTIONS: Final = ("description", "short_description")


def schema() -> tantivy.Schema:
    """Return what a document consists of."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("sku", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("url_key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", tokenizer_name="stems")
    builder.add_text_field("words", tokenizer_name="words", index_option="basic")
    builder.add_text_field("body", tokenizer_name="stems")
    for name in _DESCRIPTIONS:
        builder.add_text_field(name, tokenizer_name="stems", index_option="basic")
    builder.add_text_field("name_order", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_float_field("price", indexed=True, fast=True)
    builder.add_unsigned_field("price_order", fast=True)
    builder.add_text_field("facet", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_unsigned_field("category", indexed=True, fast=True)
    builder.add_unsigned_field("shown", indexed=True, fast=True)
    return builder.build()


_SHOWN_IN_CATALOG: Final = 1
_SHOWN_IN_SEARCH: Final = 2


def search_words(written: str) -> list[str]:
    """Return the words of a search: no markup, and single letters only where there is nothing else."""
    words = [word.lower() for word in _WORDS.findall(_MARKUP.sub(" ", written))]
    return ([word for word in words if len(word) > 1] or words)[:_MAX_TOKENS]


def _price_order(entry: Entry) -> int:
    """Return a number that orders by price, and products of one price by their number, as names are ordered too."""
    cents = min(max(int(entry.price * 100), 0), 2**40 - 1)
    return cents << 24 | entry.id & 0xFFFFFF


class CatalogueIndex:
    """The catalogue index of one store, in ``folder``. Safe for many threads; one process writes at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._schema = schema()
        self._opened: tantivy.Index | None = None
        self._name = ""
        self._seen: tuple[int, int] = (0, 0)

    @property
    def exists(self) -> bool:
        """Whether there is an index of today's format to ask."""
        return self._read_name() is not None

    @property
    def is_behind(self) -> bool:
        """Whether there is none, or an engine of another format has written its own since this one was written."""
        if not self.exists:
            return True
        written = {path.name: path.stat().st_mtime_ns for path in self._folder.glob(_POINTERS)}
        return written[_CURRENT] < max(written.values())

    @property
    def age(self) -> float | None:
        """Seconds since the last change, None when there is no index."""
        try:
            return max(0.0, time.time() - (self._folder / _CURRENT).stat().st_mtime)
        except FileNotFoundError:
            return None

    def build(self, entries: Iterable[Entry]) -> int:
        """Make the index anew beside the current one, then put it in its place, and return how many it holds.

        Who asks meanwhile is answered by the old one; there is no moment without.
        """
        name = f"v{FORMAT}-{time.time_ns():x}-{os.getpid()}"
        with self._exclusive():
            folder = self._folder / name
            folder.mkdir()
            writer = self._open(folder).writer(heap_size=_HEAP, num_threads=1)
            count = 0
            for entry in entries:
                writer.add_document(self._document(entry))
                count += 1
            writer.commit()
            writer.wait_merging_threads()
            self._point_to(name)
            self._sweep()
        return count

    def change(self, entries: Sequence[Entry], gone: Sequence[int]) -> None:
        """Put these products in, instead of what there was of them, and take ``gone`` out."""
        with self._exclusive(), self._lock:
            index = self._current()
            if index is None:
                return
            writer = index.writer(heap_size=_HEAP, num_threads=1)
            for pk in (*gone, *(entry.id for entry in entries)):
                # By query: the library's delete by term looks for a signed number and misses an unsigned one.
                writer.delete_documents_by_query(Query.term_query(self._schema, "id", pk))
            for entry in entries:
                writer.add_document(self._document(entry))
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
            self._touch()

    def find(self, wanted: Wanted, sort: Sort, offset: int, limit: int) -> Hits:
        """Return one page of what is wanted."""
        found = self._searcher()
        if found is None or not found.num_docs:
            return Hits((), 0)
        query = self._query(found, wanted)
        if offset >= found.num_docs:
            return Hits((), int(found.search(query, 1).count))  # type: ignore[attr-defined]
        limit = min(limit, found.num_docs - offset)  # tantivy takes memory for all that is asked for, there or not
        if sort.by in ("name", "price", "id"):
            fields = {"name": "name_order", "price": "price_order", "id": "id"}
            order = Order.Desc if sort.descending else Order.Asc
            return self._page(
                found.search(query, limit, order_by_field=fields[sort.by], order=order, offset=offset), found
            )
        if sort.by == "position":
            return self._by_place(found, query, sort, offset, limit)
        return self._page(found.search(query, limit, offset=offset), found)

    def count(self, wanted: Wanted, price_step: int = 10) -> Counts:
        """Return how what is wanted divides."""
        found = self._searcher()
        if found is None:
            return Counts({}, {}, {})
        answer = found.aggregate(
            self._query(found, wanted),
            {
                "facets": {"terms": {"field": "facet", "size": 5000}},
                "categories": {"terms": {"field": "category", "size": 5000}},
                "prices": {"histogram": {"field": "price", "interval": price_step, "min_doc_count": 1}},
            },
        )
        return Counts(
            {str(b["key"]): int(b["doc_count"]) for b in answer["facets"]["buckets"]},
            {int(b["key"]): int(b["doc_count"]) for b in answer["categories"]["buckets"]},
            {int(b["key"]): int(b["doc_count"]) for b in answer["prices"]["buckets"]},
        )

    def price_bounds(self, wanted: Wanted) -> tuple[float, float]:
        """Return the lowest and highest price of what is wanted, zeros when there is nothing."""
        found = self._searcher()
        if found is None:
            return (0.0, 0.0)
        stats = found.aggregate(self._query(found, wanted), {"s": {"stats": {"field": "price"}}})["s"]
        return (stats["min"] or 0.0, stats["max"] or 0.0) if stats["count"] else (0.0, 0.0)

    def size(self) -> int:
        """Return how many products the index holds."""
        found = self._searcher()
        return 0 if found is None else int(found.num_docs)

    def _page(self, result: tantivy.SearchResult, found: tantivy.Searcher) -> Hits:
        addresses = [address for _, address in result.hits]
        ids = found.fast_field_values("id", addresses) if addresses else []
        return Hits(tuple(int(pk or 0) for pk in ids), int(result.count))  # type: ignore[attr-defined]

    def _by_place(self, found: tantivy.Searcher, query: Query, sort: Sort, offset: int, limit: int) -> Hits:
        if not any(sort.places.values()):
            # Nothing was placed by hand: the newest first, both ways round.
            return self._page(found.search(query, limit, order_by_field="id", order=Order.Desc, offset=offset), found)
        # Those without a place, nearly all, are counted and paged by the index; theirs is 0.
        by_hand = self._any("id", [pk for pk, place in sort.places.items() if place])
        others = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, by_hand)])
        chosen = Query.boolean_query([(Occur.Must, query), (Occur.Must, by_hand)])
        newest = self._page(found.search(chosen, _MANY, order_by_field="id", order=Order.Desc), found).ids
        placed = sorted(newest, key=lambda pk: sort.places[pk], reverse=sort.descending)
        head = [pk for pk in placed if (sort.places[pk] > 0) is sort.descending]
        tail = placed[len(head) :]
        count = int(found.search(others, 1).count)  # type: ignore[attr-defined]
        start, end = max(0, offset - len(head)), max(0, offset + limit - len(head))
        between: tuple[int, ...] = ()
        if start < min(end, count):
            page = found.search(others, end - start, order_by_field="id", order=Order.Desc, offset=start)
            between = self._page(page, found).ids
        last = tail[max(0, start - count) : max(0, end - count)]
        return Hits((*head[offset : offset + limit], *between, *last), count + len(placed))

    def _query(self, found: tantivy.Searcher, wanted: Wanted) -> Query:
        shown = _SHOWN_IN_CATALOG if wanted.search is None else _SHOWN_IN_SEARCH
        parts = [Query.const_score_query(Query.term_query(self._schema, "shown", shown), 0.0)]
        if wanted.search:
            parts.append(self._text_query(found, wanted.search, ("name", "sku", "body", "words")))
        if wanted.match_name is not None:
            parts.append(self._match_query(wanted.match_name, "name", partial=wanted.match_partly))
        for name, written in zip(
            _DESCRIPTIONS, (wanted.match_description, wanted.match_short_description), strict=True
        ):
            if written is not None:
                parts.append(self._match_query(written, name, partial=False))
        parts += [self._any("category", group) for group in wanted.categories]
        parts += [self._any("facet", group) for group in wanted.facets]
        for name, values in (("sku", wanted.skus), ("url_key", wanted.url_keys), ("id", wanted.ids)):
            if values is not None:
                parts.append(self._any(name, values))
        if wanted.price_from is not None or wanted.price_to is not None:
            parts.append(self._price_query(wanted))
        return Query.boolean_query([(Occur.Must, part) for part in parts])

    def _any(self, name: str, values: Sequence[object]) -> Query:
        if not values:
            return Query.empty_query()
        return Query.const_score_query(Query.term_set_query(self._schema, name, list(values)), 0.0)

    def _price_query(self, wanted: Wanted) -> Query:
        low = None if wanted.price_from is None else float(wanted.price_from)
        high = None if wanted.price_to is None else float(wanted.price_to)
        if low is not None and high is not None and low > high:
            return Query.empty_query()
        return Query.const_score_query(
            Query.range_query(self._schema, "price", tantivy.FieldType.Float, low, high), 0.0
        )

    def _text_query(self, found: tantivy.Searcher, written: str, fields: tuple[str, ...]) -> Query:
        tokens = search_words(written)
        if not tokens:
            return Query.empty_query()
        last = len(tokens) - 1
        each = [self._token_query(found, token, fields, prefix=place == last) for place, token in enumerate(tokens)]
        words = Query.boolean_query([(Occur.Should, query) for query in each], (len(each) + 1) // 2)
        exact = written.strip()
        if "sku" not in fields or not exact:
            return words
        boosted = Query.boost_query(Query.term_query(self._schema, "sku", exact), 50.0)
        return boosted if found.doc_freq("sku", exact) else words

    def _match_query(self, written: str, name: str, *, partial: bool) -> Query:
        """Every word must be there as it is; ``partial``: or begin a word of the name."""
        queries = []
        for token in _WORDS.findall(written.lower())[:_MAX_TOKENS]:
            stems = [Query.term_query(self._schema, name, part) for part in _STEMS.analyze(token)]
            if partial:
                stems.append(Query.regex_query(self._schema, "words", f"{re.escape(token)}.*"))
            queries.append((Occur.Must, Query.boolean_query([(Occur.Should, stem) for stem in stems])))
        return Query.boolean_query(queries) if queries else Query.empty_query()

    def _token_query(self, found: tantivy.Searcher, token: str, fields: tuple[str, ...], *, prefix: bool) -> Query:
        weights = {"name": 6.0, "body": 1.0, "words": 3.0}
        stem = _STEMS.analyze(token)
        queries: list[Query] = []
        for name in fields:
            if name in ("name", "body"):
                queries += [
                    Query.boost_query(Query.term_query(self._schema, name, part), weights[name]) for part in stem
                ]
        if "words" in fields and prefix:
            queries.append(
                Query.boost_query(Query.regex_query(self._schema, "words", f"{re.escape(token)}.*"), weights["words"])
            )
        known = any(found.doc_freq(name, part) for name in ("name", "body") for part in stem)
        if not known and len(token) >= _FUZZY_FROM and token.isalpha():
            distance = 2 if len(token) >= _MORE_FUZZY_FROM else 1
            queries += [
                Query.fuzzy_term_query(self._schema, name, "".join(stem) or token, distance)
                for name in ("name", "body")
                if name in fields
            ]
        return Query.boolean_query([(Occur.Should, query) for query in queries])

    def _document(self, entry: Entry) -> tantivy.Document:
        document = tantivy.Document()
        document.add_unsigned("id", entry.id)
        for sku in entry.skus:
            document.add_text("sku", sku)
        document.add_text("url_key", entry.url_key)
        document.add_text("name", entry.name)
        document.add_text("words", f"{entry.name} {' '.join(entry.skus)}")
        document.add_text("body", entry.body)
        document.add_text("description", entry.description)
        document.add_text("short_description", entry.short_description)
        document.add_text("name_order", f"{entry.name.casefold()[:200]}\0{entry.id:012}")
        document.add_float("price", float(entry.price))
        document.add_unsigned("price_order", _price_order(entry))
        for facet in entry.facets:
            document.add_text("facet", facet)
        for category in entry.categories:
            document.add_unsigned("category", category)
        if entry.in_catalog:
            document.add_unsigned("shown", _SHOWN_IN_CATALOG)
        if entry.in_search:
            document.add_unsigned("shown", _SHOWN_IN_SEARCH)
        return document

    def _searcher(self) -> tantivy.Searcher | None:
        with self._lock:
            index = self._current()
            return None if index is None else index.searcher()

    def _current(self) -> tantivy.Index | None:
        """Return the index that is current on disk, opened or reloaded when another process changed it."""
        try:
            stamp = (self._folder / _CURRENT).stat()
        except FileNotFoundError:
            return None
        seen = (stamp.st_mtime_ns, stamp.st_ino)
        if self._opened is None or seen != self._seen:
            name = self._read_name()
            if name is None:
                return None
            if name != self._name or self._opened is None:
                self._opened = self._open(self._folder / name)
                self._name = name
            else:
                self._opened.reload()
            self._seen = seen
        return self._opened

    def _open(self, folder: Path) -> tantivy.Index:
        index = tantivy.Index(self._schema, str(folder))
        index.register_tokenizer("stems", _STEMS)
        index.register_tokenizer("words", _PLAIN)
        index.config_reader("manual")
        return index

    def _read_name(self) -> str | None:
        try:
            pointer = json.loads((self._folder / _CURRENT).read_text("utf-8"))
        except FileNotFoundError:
            return None
        whole = pointer["format"] == FORMAT and (self._folder / str(pointer["name"])).is_dir()
        return str(pointer["name"]) if whole else None

    def _point_to(self, name: str) -> None:
        temporary = self._folder / f".{_CURRENT}.{os.getpid()}.{threading.get_ident()}"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"name": name, "format": FORMAT}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._folder / _CURRENT)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Hold what a build and a change must not do at once: a change made during a build would be lost."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _touch(self) -> None:
        """Tell other processes that the current index has changed."""
        self._point_to(self._name)
        stamp = (self._folder / _CURRENT).stat()
        self._seen = (stamp.st_mtime_ns, stamp.st_ino)

    def _sweep(self) -> None:
        """Remove builds that nobody points to any more; one from a moment ago may still be read."""
        kept = {json.loads(path.read_text("utf-8"))["name"] for path in self._folder.glob(_POINTERS)}
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name not in kept and time.time() - folder.stat().st_mtime > 60:
                shutil.rmtree(folder, ignore_errors=True)


_STEMS: Final = (
    TextAnalyzerBuilder(Tokenizer.simple())
    .filter(Filter.remove_long(60))
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .filter(Filter.stemmer("english"))
    .build()
)
_PLAIN: Final = (
    TextAnalyzerBuilder(Tokenizer.whitespace())
    .filter(Filter.remove_long(60))
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .build()
)
