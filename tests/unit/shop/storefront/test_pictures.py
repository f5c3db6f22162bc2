"""Pictures in sizes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image as Pillow

from galleria.shop.storefront.data.errors import EngineUnavailable
from galleria.shop.storefront.data.values import Image
from galleria.shop.storefront.web import pictures
from galleria.shop.storefront.web.pictures import Pictures


def photograph(width: int = 1000, height: int = 1250, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    body = io.BytesIO()
    Pillow.new(mode, (width, height), "teal").save(body, kind)
    return body.getvalue()


class Shelf:
    """Where the originals lie."""

    def __init__(self, body: bytes | None) -> None:
        self.body = body
        self.away = False
        self.asked: list[str] = []

    async def fetch(self, path: str) -> bytes | None:
        self.asked.append(path)
        if self.away:
            raise EngineUnavailable("gone")
        return self.body


async def test_a_picture_is_made_once_and_kept(tmp_path: Path) -> None:
    shelf = Shelf(photograph())
    made = Pictures(tmp_path, shelf.fetch)
    for _ in range(2):
        ready = await made.get("catalog/product/a.jpg", "240.webp")
        assert ready is not None
        with Pillow.open(io.BytesIO(ready.body)) as picture:
            assert picture.size == (240, 300)
    assert shelf.asked == ["catalog/product/a.jpg"]


@pytest.mark.parametrize(("ending", "kind"), [("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")])
async def test_every_format_is_really_that_format(tmp_path: Path, ending: str, kind: str) -> None:
    made = Pictures(tmp_path, Shelf(photograph(kind="PNG", mode="RGBA")).fetch)
    ready = await made.get("a.png", f"96.{ending}")
    assert ready is not None
    assert ready.media_type == pictures.MEDIA_TYPES[ending]
    with Pillow.open(io.BytesIO(ready.body)) as picture:
        assert picture.format == kind


async def test_a_changed_picture_is_made_anew_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    shelf = Shelf(photograph())
    made = Pictures(tmp_path, shelf.fetch)
    await made.get("a.jpg", "96.webp")
    after_a_restart = Pictures(tmp_path, shelf.fetch)
    await after_a_restart.get("a.jpg", "96.webp")
    assert len(os.listdir(tmp_path)) == 1  # noqa: PTH208 - in a coroutine
    shelf.body = photograph(800, 800)
    ready = await Pictures(tmp_path, shelf.fetch).get("a.jpg", "96.webp")
    assert ready is not None
    with Pillow.open(io.BytesIO(ready.body)) as picture:
        assert picture.size == (96, 96)


async def test_a_known_picture_outlives_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(photograph())
    made = Pictures(tmp_path, shelf.fetch)
    first = await made.get("a.jpg", "96.webp")
    monkeypatch.setattr(pictures, "FRESH_SECONDS", 0.0)
    shelf.away = True
    assert await made.get("a.jpg", "96.webp") == first
    with pytest.raises(EngineUnavailable):
        await made.get("b.jpg", "96.webp")


async def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    made = Pictures(tmp_path, Shelf(photograph(100, 100)).fetch)
    ready = await made.get("a.jpg", "1080.webp")
    assert ready is not None
    with Pillow.open(io.BytesIO(ready.body)) as picture:
        assert picture.size == (100, 100)


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("a.jpg", "241.webp"),
        ("a.jpg", "240.png"),
        ("a.jpg", "240"),
        ("a.jpg", ""),
        ("../a.jpg", "240.webp"),
        ("a/../../b.jpg", "240.webp"),
        ("a.php", "240.webp"),
        ("a.jpg?x", "240.webp"),
        ("/a.jpg", "240.webp"),
        ("", "240.webp"),
    ],
)
async def test_what_is_no_picture_of_ours_is_not_even_asked_for(tmp_path: Path, path: str, size: str) -> None:
    shelf = Shelf(photograph())
    assert await Pictures(tmp_path, shelf.fetch).get(path, size) is None
    assert shelf.asked == []


@pytest.mark.parametrize("body", [None, b"", b"no picture", photograph()[:400]])
async def test_what_cannot_be_read_is_not_there(tmp_path: Path, body: bytes | None) -> None:
    assert await Pictures(tmp_path, Shelf(body).fetch).get("a.jpg", "240.webp") is None
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - in a coroutine


async def test_a_full_disk_costs_speed_not_the_picture(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert await Pictures(blocked / "pictures", Shelf(photograph()).fetch).get("a.jpg", "240.webp") is not None


def test_addresses_are_quoted() -> None:
    image = Image("catalog/product/a b.jpg", "A")
    assert pictures.address(image, 240) == "/_picture/240.jpg/catalog/product/a%20b.jpg"
    assert pictures.srcset(image, "avif", 360).endswith("/_picture/360.avif/catalog/product/a%20b.jpg 360w")
