"""Imports into a real database: whole, once, and never by halves."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.unit.shop.engine.core.conftest import FAMILY, write_products

if TYPE_CHECKING:
    from galleria.shop.engine.importer.run import Report
    from galleria.shop.engine.project import Project

LUMA = Path(__file__).resolve().parents[6] / "shared/data/luma"


def take(store: Project, file: Path, pictures: Path | None = None) -> Report:
    from galleria.shop.engine.importer import run

    return run.take(file, pictures, store.media)


def product(sku: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - the library is not typed
    from oscar.core.loading import get_model

    return get_model("catalogue", "Product").objects.get(upc=sku)


def test_a_second_import_of_the_same_file_changes_nothing(family: Project, tmp_path: Path) -> None:
    report = take(family, tmp_path / "family.csv")
    assert (report.created, report.changed, report.unchanged) == (0, 0, len(FAMILY))


def test_one_changed_cell_changes_one_product_and_keeps_every_id(family: Project, tmp_path: Path) -> None:
    before = product("BALL").pk
    rows = [{**row, "price": "21"} if row["sku"] == "BALL" else row for row in FAMILY]
    report = take(family, write_products(tmp_path / "changed.csv", rows))
    assert (report.created, report.changed) == (0, 1)
    assert product("BALL").pk == before
    assert product("BALL").stockrecords.get().price == Decimal(21)


def test_what_the_merchant_changed_by_hand_is_the_files_again(family: Project, tmp_path: Path) -> None:
    bag = product("BAG")
    bag.title = "Renamed"
    bag.save()
    assert take(family, tmp_path / "family.csv").changed == 1
    assert product("BAG").title == "Duffle Bag"


def test_variants_belong_to_their_configurable(family: Project) -> None:
    coat = product("COAT")
    assert coat.structure == "parent"
    assert {child.upc for child in coat.children.all()} == {"COAT-S-Red", "COAT-M-Blue"}
    assert [option.label for option in coat.configurable_options.all()] == ["Size", "Color"]


def test_products_are_valid_for_oscars_own_forms(family: Project) -> None:
    for sku in ("COAT", "COAT-S-Red", "BAG", "KIT", "SET", "FILM"):
        product(sku).clean()


def test_bad_rows_are_named_with_their_lines_and_the_good_ones_taken(
    store: Project, database: None, tmp_path: Path
) -> None:
    rows = [
        {"sku": "A", "name": "First"},
        {"sku": "B", "name": "Second\nof two lines", "price": "much"},
        {"sku": "C", "name": ""},
        {"sku": "A", "name": "First again"},
        {"sku": "D", "name": "First"},
        {"sku": "E", "name": "Other view", "store_view_code": "german"},
    ]
    report = take(store, write_products(tmp_path / "bad.csv", rows))
    assert report.created == 1
    assert [(problem.line, problem.sku) for problem in report.problems] == [
        (3, "B"),
        (5, "C"),
        (6, "A"),
        (7, "D"),
        (8, "E"),
    ]
    assert all(problem.skipped for problem in report.problems)


def test_a_store_views_row_overrides_what_it_says_and_nothing_else(
    store: Project, database: None, tmp_path: Path
) -> None:
    blank = dict.fromkeys(("categories", "price", "qty", "visibility", "is_in_stock", "product_online"), "")
    rows = [{"sku": "A", "name": "Plain"}, {"sku": "A", "name": "Better", "store_view_code": "default", **blank}]
    report = take(store, write_products(tmp_path / "views.csv", rows))
    assert (report.created, report.overrides) == (1, 1)
    assert product("A").title == "Better"
    assert product("A").stockrecords.get().price == 34


def test_an_import_that_fails_in_the_middle_leaves_nothing(store: Project, database: None, tmp_path: Path) -> None:
    from oscar.core.loading import get_model

    from galleria.shop.engine.importer import run

    def stop_while_joining(stage: str, _done: int, _total: int) -> None:
        if stage == "join":
            raise InterruptedError

    file = write_products(tmp_path / "family.csv", FAMILY)
    with pytest.raises(InterruptedError):
        run.take(file, None, store.media, stop_while_joining)
    assert not get_model("catalogue", "Product").objects.exists()


def test_pictures_are_copied_once_and_what_is_none_is_named(store: Project, database: None, tmp_path: Path) -> None:
    pictures = tmp_path / "media" / "m"
    pictures.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(pictures / "good.jpg")
    (pictures / "evil.jpg").write_text("<script>alert(1)</script>")
    images = {"base_image": "/m/good.jpg", "additional_images": "/m/good.jpg,/m/evil.jpg"}
    file = write_products(tmp_path / "pictures.csv", [{"sku": "A", "name": "Seen", **images}])
    try:
        first, second = take(store, file, tmp_path / "media"), take(store, file, tmp_path / "media")
        assert (first.pictures_copied, second.pictures_copied) == (1, 0)
        assert "evil.jpg" in first.problems[0].message
        assert [image.original.name for image in product("A").images.all()] == ["catalog/product/m/good.jpg"]
        assert not (store.media / "catalog/product/m/evil.jpg").exists()
    finally:
        shutil.rmtree(store.media / "catalog/product/m", ignore_errors=True)


def test_a_url_key_that_a_product_in_the_store_has_is_refused_with_its_line(family: Project, tmp_path: Path) -> None:
    rows = [
        {"sku": "OTHER", "name": "Other"},
        {"sku": "BAG-2", "name": "Duffle Bag"},
        {"sku": "BALL-2", "name": "Ball", "url_key": "exercise-ball"},
    ]
    report = take(family, write_products(tmp_path / "clash.csv", rows))
    assert [(problem.line, problem.sku, problem.skipped) for problem in report.problems] == [
        (3, "BAG-2", True),
        (4, "BALL-2", True),
    ]
    assert report.problems[0].message == 'url_key "duffle-bag" is already used by BAG, which is in the store.'
    assert (report.created, report.skipped) == (1, 2)


def test_a_url_key_can_be_taken_over_from_a_product_that_gets_another_in_the_same_file(
    family: Project, tmp_path: Path
) -> None:
    swapped = [
        {"sku": "BAG", "name": "Duffle Bag", "url_key": "exercise-ball"},
        {"sku": "BALL", "name": "Exercise Ball", "url_key": "duffle-bag"},
    ]
    assert take(family, write_products(tmp_path / "swapped.csv", swapped)).problems == ()
    assert (product("BAG").slug, product("BALL").slug) == ("exercise-ball", "duffle-bag")
    chain = [
        {"sku": "BAG", "name": "Duffle Bag", "url_key": "coat"},
        {"sku": "NEW", "name": "New", "url_key": "exercise-ball"},
    ]
    report = take(family, write_products(tmp_path / "chain.csv", chain))
    assert [problem.sku for problem in report.problems] == ["BAG", "NEW"]  # BAG keeps its key, so NEW can't have it


def test_the_demo_gives_its_addresses_up_to_the_merchants_own_products(
    store: Project, database: None, tmp_path: Path
) -> None:
    from django.contrib.flatpages.models import FlatPage
    from oscar.core.loading import get_model

    get_model("catalogue", "Product").objects.create(upc="FH-MUG", title="Harbour Mug", slug="harbour-mug")
    report = take(store, write_products(tmp_path / "own.csv", [{"sku": "MUG", "name": "Harbour Mug"}]))
    assert (report.problems, report.demo_put_away) == ((), 1)
    assert (product("MUG").slug, product("FH-MUG").slug) == ("harbour-mug", "harbour-mug-demo")
    # Nothing that is soon no longer true: the storefront says what there is.
    assert FlatPage.objects.get(url="/home/").content == ""


def test_files_of_downloadable_products_come_with_the_pictures_and_what_did_not_come_is_named(
    store: Project, database: None, tmp_path: Path
) -> None:
    from galleria.shop.engine.shelf.models import DownloadLink

    given = tmp_path / "media" / "s"
    given.mkdir(parents=True)
    (given / "song.mp3").write_bytes(b"la")
    (tmp_path / "secret").write_text("no")
    row = {"sku": "SONG", "name": "Song", "product_type": "downloadable"}
    there = {
        **row,
        "downloadable_links": "title=Song,sort_order=1,price=0,link_type=file,link_file=/s/song.mp3",
        "downloadable_samples": "title=La,sort_order=1,sample_type=file,sample_file=/s/song.mp3",
    }
    report = take(store, write_products(tmp_path / "song.csv", [there]), tmp_path / "media")
    assert report.problems == ()
    link = DownloadLink.objects.get(product__upc="SONG")
    assert (store.downloads / link.file).read_bytes() == b"la"
    assert not list(store.media.rglob("song.mp3"))
    for name in ("/s/gone.mp3", "/../secret"):
        lost = {**row, "downloadable_links": f"title=Song,sort_order=1,price=0,link_type=file,link_file={name}"}
        (problem,) = take(store, write_products(tmp_path / "lost.csv", [lost]), tmp_path / "media").problems
        assert (problem.line, name.strip("/.") in problem.message) == (2, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "lacks the column sku"),
        (b"a,b\n1,2\n", "lacks the column sku"),
        (b"sku,product_type\n\xff\xfe,x\n", "UTF-8"),
    ],
)
def test_another_file_is_refused_as_a_whole(
    store: Project, database: None, tmp_path: Path, content: bytes, said: str
) -> None:
    from galleria.shop.engine.problems import Problem

    file = tmp_path / "other.csv"
    file.write_bytes(content)
    with pytest.raises(Problem, match=said):
        take(store, file)


@pytest.mark.shared
def test_luma_imports_whole_and_a_second_time_changes_nothing(store: Project, database: None) -> None:
    from oscar.core.loading import get_model

    from galleria.shop.engine.index import keeping
    from galleria.shop.engine.shelf.models import Kind, ProductRecord

    first = take(store, LUMA / "products.csv", LUMA / "media")
    assert (first.created, first.overrides, first.skipped) == (2046, 12, 0)
    # The file names films that did not come with it; the sample data's own pictures are all there.
    assert [(problem.sku, problem.skipped) for problem in first.problems] == [
        (f"240-LV0{number}", False) for number in range(4, 10)
    ]
    kinds = [ProductRecord.objects.filter(kind=kind).count() for kind in Kind]
    assert dict(zip(Kind.values, kinds, strict=True)) == {
        "simple": 1891, "virtual": 0, "configurable": 147, "downloadable": 6, "bundle": 1, "grouped": 1,
    }  # fmt: skip
    assert get_model("catalogue", "Product").objects.filter(parent__isnull=False).count() == 1847
    assert keeping.rebuild() == 187
    second = take(store, LUMA / "products.csv", LUMA / "media")
    assert (second.created, second.changed, second.unchanged, second.pictures_copied) == (0, 0, 2046, 0)
