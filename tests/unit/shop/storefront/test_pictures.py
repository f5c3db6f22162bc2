"""Pictures in sizes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image as Pillow

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
        self.asked: list[str] = []

    async def fetch(self, path: str) -> bytes | None:
        self.asked.append(path)
        return self.body


async def test_a_picture_is_made_once_and_kept(tmp_path: Path) -> None:
    shelf = Shelf(photograph())
    made = Pictures(tmp_path, shelf.fetch)
    for _ in range(2):
        ready = await made.get("catalog/product/a.jpg", 240, webp=True)
        assert ready is not None
        assert ready.media_type == "image/webp"
        with Pillow.open(io.BytesIO(ready.body)) as picture:
            assert picture.size == (240, 300)
    assert shelf.asked == ["catalog/product/a.jpg"]


async def test_a_browser_without_webp_gets_a_jpeg_even_of_a_transparent_picture(tmp_path: Path) -> None:
    made = Pictures(tmp_path, Shelf(photograph(kind="PNG", mode="RGBA")).fetch)
    ready = await made.get("a.png", 96, webp=False)
    assert ready is not None
    assert ready.media_type == "image/jpeg"


async def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    made = Pictures(tmp_path, Shelf(photograph(100, 100)).fetch)
    ready = await made.get("a.jpg", 1080, webp=True)
    assert ready is not None
    with Pillow.open(io.BytesIO(ready.body)) as picture:
        assert picture.size == (100, 100)


@pytest.mark.parametrize(
    ("path", "width"),
    [
        ("a.jpg", 241),
        ("../a.jpg", 240),
        ("a/../../b.jpg", 240),
        ("a.php", 240),
        ("a.jpg?x", 240),
        ("/a.jpg", 240),
        ("", 240),
    ],
)
async def test_what_is_no_picture_of_ours_is_not_even_asked_for(tmp_path: Path, path: str, width: int) -> None:
    shelf = Shelf(photograph())
    assert await Pictures(tmp_path, shelf.fetch).get(path, width, webp=True) is None
    assert shelf.asked == []


@pytest.mark.parametrize("body", [None, b"", b"no picture", photograph()[:400]])
async def test_what_cannot_be_read_is_not_there(tmp_path: Path, body: bytes | None) -> None:
    assert await Pictures(tmp_path, Shelf(body).fetch).get("a.jpg", 240, webp=True) is None
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - in a coroutine


async def test_a_full_disk_costs_speed_not_the_picture(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert await Pictures(blocked / "pictures", Shelf(photograph()).fetch).get("a.jpg", 240, webp=True) is not None


def test_addresses_are_quoted() -> None:
    image = Image("catalog/product/a b.jpg", "A")
    assert pictures.address(image, 240) == "/_picture/240/catalog/product/a%20b.jpg"
    assert pictures.srcset(image, 360).endswith("/_picture/360/catalog/product/a%20b.jpg 360w")
