"""The index by itself: built, asked, changed, made anew under its readers."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from galleria.shop.engine.index import catalogue_index
from galleria.shop.engine.index.catalogue_index import CatalogueIndex, Entry, Sort, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RELEVANCE = Sort("relevance")


def entry(pk: int, name: str, price: str = "10", **more: object) -> Entry:
    plain = Entry(
        id=pk,
        skus=(f"SKU-{pk}",),
        url_key=name.lower().replace(" ", "-"),
        name=name,
        body="",
        price=Decimal(price),
        in_catalog=True,
        in_search=True,
        categories=(2,),
        facets=(),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


BAGS = (
    entry(1, "Duffle Bag", "34", facets=("color:1", "color:2"), categories=(2, 3)),
    entry(2, "Yoga Bag", "32", facets=("color:2",), categories=(2, 3), body="for the duffle fan"),
    entry(3, "Rain Jacket", "75", facets=("color:1",), categories=(2, 4)),
    entry(4, "Hidden Thing", "1", in_catalog=False),
    entry(5, "Unfindable Thing", "2", in_search=False),
)


@pytest.fixture
def index(tmp_path: Path) -> CatalogueIndex:
    made = CatalogueIndex(tmp_path / "index")
    assert made.build(BAGS) == len(BAGS)
    return made


def found(index: CatalogueIndex, wanted: Wanted, sort: Sort = RELEVANCE) -> list[int]:
    return list(index.find(wanted, sort, 0, 20).ids)


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("jacket", [3]),
        ("JACKETS", [3]),
        ("jaket", [3]),
        ("jakcet", [3]),
        ("duffle bag", [1, 2]),
        ("duf", [1]),
        ("SKU-3", [3]),
        ("zqxjkvw", []),
        ('<b>"jacket"</b> & (x', [3]),
        ("***", []),
    ],
)
def test_a_search_finds_words_their_forms_their_beginnings_and_their_typing_errors(
    index: CatalogueIndex, written: str, ids: list[int]
) -> None:
    assert found(index, Wanted(search=written)) == ids


def test_the_name_weighs_more_than_the_text(index: CatalogueIndex) -> None:
    assert found(index, Wanted(search="duffle")) == [1, 2]


def test_what_is_shown_in_lists_only_is_not_found_by_a_search_and_the_other_way_round(index: CatalogueIndex) -> None:
    assert found(index, Wanted(search="thing")) == [4]
    assert found(index, Wanted(), Sort("price")) == [5, 2, 1, 3]


def test_conditions_must_all_hold_and_alternatives_any(index: CatalogueIndex) -> None:
    assert found(index, Wanted(categories=((3,),), facets=(("color:1",),)), Sort("id")) == [1]
    assert found(index, Wanted(facets=(("color:1", "color:2"),)), Sort("id")) == [1, 2, 3]
    assert found(index, Wanted(price_from=Decimal(32), price_to=Decimal(34)), Sort("price", descending=True)) == [1, 2]
    assert found(index, Wanted(price_from=Decimal(50), price_to=Decimal(10))) == []
    assert found(index, Wanted(facets=((),))) == []


def test_each_description_is_matched_by_itself(index: CatalogueIndex) -> None:
    index.build(
        [
            entry(1, "Mug", body="of clay for tea", description="Made of clay", short_description="For tea"),
            entry(2, "Pot", body="of clay for tea", description="For tea", short_description="Made of clay"),
        ]
    )
    assert found(index, Wanted(match_description="clay")) == [1]
    assert found(index, Wanted(match_short_description="clay")) == [2]
    assert found(index, Wanted(match_short_description="clays", match_description="tea")) == [2]
    assert found(index, Wanted(match_short_description="clay", match_description="clay")) == []
    assert found(index, Wanted(search="clay"), Sort("id")) == [1, 2]


def test_a_page_says_how_many_there_are_in_all(index: CatalogueIndex) -> None:
    page = index.find(Wanted(), Sort("name"), 1, 2)
    assert (page.ids, page.total) == ((3, 5), 4)


def test_products_placed_by_hand_come_in_their_order(index: CatalogueIndex) -> None:
    assert found(index, Wanted(categories=((3,),)), Sort("position", places={1: 1, 2: 0})) == [2, 1]
    assert found(index, Wanted(categories=((3,),)), Sort("position")) == [2, 1]


@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_a_list_placed_by_hand_are_the_whole_list(index: CatalogueIndex, descending: bool) -> None:
    index.build([entry(pk, f"Thing {pk}") for pk in range(1, 10)])
    places = {3: 2, 7: 1, 5: 2, 4: 0, 8: -1, 99: 1}
    ordered = sorted(range(9, 0, -1), key=lambda pk: places.get(pk, 0), reverse=descending)
    sort = Sort("position", descending, places)
    for size in (1, 2, 4, 20):
        pages = [index.find(Wanted(), sort, offset, size) for offset in range(0, 9, size)]
        assert [pk for page in pages for pk in page.ids] == ordered
        assert {page.total for page in pages} == {9}


def test_an_index_whose_files_are_gone_is_made_anew(index: CatalogueIndex, tmp_path: Path) -> None:
    for folder in (tmp_path / "index").glob("v*"):
        shutil.rmtree(folder)
    found_later = CatalogueIndex(tmp_path / "index")
    assert behind(found_later)
    assert found_later.find(Wanted(), RELEVANCE, 0, 20).total == 0
    found_later.build(BAGS)
    assert not behind(found_later)
    assert len(found(found_later, Wanted())) == 4


def test_counts_divide_what_is_found(index: CatalogueIndex) -> None:
    counts = index.count(Wanted(categories=((3,),)))
    assert dict(counts.facets) == {"color:1": 1, "color:2": 2}
    assert dict(counts.categories) == {2: 2, 3: 2}
    assert dict(counts.prices) == {30: 2}


def test_a_change_replaces_what_there_was(index: CatalogueIndex) -> None:
    index.change([entry(1, "Weekender")], gone=[3])
    assert found(index, Wanted(search="duffle")) == [2]
    assert found(index, Wanted(search="weekender")) == [1]
    assert index.size() == len(BAGS) - 1


def test_another_process_sees_a_change_and_a_new_build(index: CatalogueIndex, tmp_path: Path) -> None:
    other = CatalogueIndex(tmp_path / "index")
    assert found(other, Wanted(search="weekender")) == []
    index.change([entry(1, "Weekender")], gone=[])
    assert found(other, Wanted(search="weekender")) == [1]
    index.build([entry(9, "Only One")])
    assert found(other, Wanted()) == [9]


def test_readers_are_answered_by_the_old_index_until_the_new_one_is_whole(index: CatalogueIndex) -> None:
    def entries_that_look_aside() -> Iterator[Entry]:
        yield entry(9, "Only One")
        assert len(found(index, Wanted())) == 4

    index.build(entries_that_look_aside())
    assert found(index, Wanted()) == [9]


def test_a_build_that_fails_leaves_the_old_index(index: CatalogueIndex) -> None:
    def entries_that_break() -> Iterator[Entry]:
        yield entry(9, "Only One")
        raise InterruptedError

    with pytest.raises(InterruptedError):
        index.build(entries_that_break())
    assert len(found(index, Wanted())) == 4


def behind(index: CatalogueIndex) -> bool:
    return index.is_behind


def test_engines_of_two_formats_serve_one_store(
    index: CatalogueIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not behind(index)
    with monkeypatch.context() as later:
        later.setattr(catalogue_index, "FORMAT", catalogue_index.FORMAT + 1)
        later.setattr(catalogue_index, "_CURRENT", f"current-{catalogue_index.FORMAT}")
        upgraded = CatalogueIndex(tmp_path / "index")
        assert behind(upgraded)
        for folder in (tmp_path / "index").glob("v*"):
            os.utime(folder, (0, 0))  # long built, and still read
        upgraded.build([entry(9, "Only One")])
        assert not behind(upgraded)
        assert found(upgraded, Wanted()) == [9]
    assert len(found(CatalogueIndex(tmp_path / "index"), Wanted())) == 4
    assert behind(index)
    index.build(BAGS)
    assert not behind(index)


def test_a_store_without_an_index_finds_nothing(tmp_path: Path) -> None:
    empty = CatalogueIndex(tmp_path / "none")
    assert not empty.exists
    assert empty.is_behind
    assert empty.age is None
    assert empty.find(Wanted(), RELEVANCE, 0, 20).total == 0
    assert empty.size() == 0
