"""Pages that a new store begins with. Plain and true of any store; the merchant writes them anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site

from galleria.shop.engine.graphql.records.models import CmsBlock, CmsPageRecord

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Page:
    """One page: address, title, heading, content."""

    identifier: str
    title: str
    heading: str
    content: str
    description: str = ""


BASIC: Final = (
    Page("home", "Home page", "Welcome", "<p>This shop has just opened. Come back soon.</p>"),
    Page("no-route", "404 Not Found", "There is nothing here", "<p>The page has moved, or never was. The search above knows the rest of the shop.</p>"),
    Page("enable-cookies", "Enable Cookies", "Please let cookies in", "<p>This shop keeps one cookie, so that your cart is still yours on the next page. Please allow it in your browser's settings.</p>"),
    Page("privacy-policy-cookie-restriction-mode", "Privacy and Cookie Policy", "Privacy", "<p>We keep what an order needs: your name, your address and what you bought. We keep it as long as the law asks, show it to who delivers your parcel, and sell it to nobody.</p><h2>Cookies</h2><p>One cookie holds your cart, one your sign-in. There are no others.</p>"),
)  # fmt: skip

DEMO: Final = (
    Page(
        "home", "Home page", "Made slowly, used daily",
        '<section class="hero"><img src="/media/wysiwyg/hero.jpg" width="1600" height="900" alt="Hills at first light behind the workshop">'
        "<h2>Made slowly, used daily</h2><p>Stoneware, wool, canvas and enamel from one small workshop between the fell and the sea. "
        "Everything here is made by someone whose name we know, and mended for as long as it can be.</p>"
        '<p><a href="/tableware.html">Set the table</a> <a href="/clothing.html">Dress for weather</a></p></section>'
        '<section><h2>Why it looks like that</h2><p>We leave the foot of a pot bare, the seam of a vase in, the year of the storm on a board. '
        "Marks of making are the cheapest decoration there is, and the only one that cannot be copied.</p></section>"
        '<section><h2>Mended, not replaced</h2><p>Send back anything with a needle, a stitch or a zip in it and we repair it. No receipt, no end date. '
        'Pots we cannot mend, but we will tell you how to do it with gold.</p><p><a href="/about-us">How we work</a></p></section>',
        "Stoneware, wool, canvas and enamel from one small workshop.",
    ),
    Page(
        "about-us", "About us", "A kiln, a loom and a long view",
        "<p>It began with a kiln that was too big for one potter. The weaver from down the road asked to dry fleece on it, the saddler asked to "
        "soften wax on it, and by the second winter there were five of us and a kettle.</p><h2>What we make</h2><p>Things that are used every day: "
        "cups, bowls, blankets, bags, a jacket, a pan. We draw each of them once and then leave it alone for years, apart from the mug's handle, "
        "which we changed in the third winter to make room for gloves.</p><h2>What we do not</h2><p>Seasons, drops, collaborations. When a glaze "
        "runs out we say so; when it comes back it will be a little different, because the hill it is dug from is.</p><h2>Visit</h2><p>The workshop "
        "is open on Thursdays and whenever the door is. There is coffee.</p>",
        "Who we are and how we work.",
    ),
    Page(
        "shipping", "Shipping", "Shipping",
        "<p>We pack on weekdays before noon; what is ordered by then leaves the same day.</p><ul><li><strong>Flat rate</strong>: one price for each "
        "piece, wherever you are.</li><li><strong>Free</strong> where the cart shows it.</li></ul><h2>Breakages</h2><p>We pack pots in wood wool and "
        "optimism, and the wood wool nearly always suffices. If something arrives in more pieces than it left in, send us a picture: we replace it, no questions.</p>",
        "What sending costs and how long it takes.",
    ),
    Page(
        "returns", "Returns", "Returns",
        "<p>Thirty days, unused, for any reason or none. Write to us first and we send a label.</p><h2>Repairs</h2><p>Anything sewn is repaired free "
        "of charge for as long as there is cloth to sew to.</p>",
        "Thirty days, and repairs for ever.",
    ),
    Page(
        "care", "Care", "Looking after it",
        "<h2>Stoneware</h2><p>Dishwasher, microwave, oven: yes. From freezer to oven: no, not even once.</p><h2>Wool</h2><p>Air it on a damp day. "
        "Wash it only when it has earned it, by hand and cool.</p><h2>Waxed canvas</h2><p>Brush, do not wash. Rewax once a year by a warm stove.</p>"
        "<h2>Iron</h2><p>Hot water, a brush, a wipe of oil. Soap is allowed, whatever your uncle says.</p>",
        "How to make things last.",
    ),
)  # fmt: skip

BLOCKS: Final = (
    ("footer-promise", "Our promise", "<p>Made by people we can name. Mended for as long as it lasts.</p>"),
    (
        "free-repairs",
        "Free repairs",
        "<p>Anything sewn comes back to us for mending, free of charge. No receipt needed.</p>",
    ),
)


def put(pages: Sequence[Page], blocks: Sequence[tuple[str, str, str]] = ()) -> None:
    """Write pages and blocks; one that is there already is written over."""
    site, _ = Site.objects.get_or_create(pk=1, defaults={"domain": "template.localhost", "name": "Galleria"})
    for page in pages:
        flat, _ = FlatPage.objects.update_or_create(
            url=f"/{page.identifier}/", defaults={"title": page.title, "content": page.content}
        )
        flat.sites.add(site)
        CmsPageRecord.objects.update_or_create(
            page=flat,
            defaults={
                "content_heading": page.heading,
                "meta_title": page.title,
                "meta_description": page.description,
                "page_layout": "1column",
            },
        )
    for identifier, title, content in blocks:
        CmsBlock.objects.update_or_create(identifier=identifier, defaults={"title": title, "content": content})
