"""The demo catalogue's words: a small house that makes things for the table, the sofa and the hill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COLOURS: Final = {
    "Chalk": "#e9e3d6", "Oat": "#d6c3a0", "Ochre": "#c9963c", "Clay": "#c4795a", "Rust": "#a9552f",
    "Heather": "#8f7a9c", "Moss": "#6b7a4b", "Fjord": "#3f6a7d", "Slate": "#5b6770", "Ink": "#2b3440",
}  # fmt: skip
SIZES: Final = ("XS", "S", "M", "L", "XL", "Small", "Medium", "Large", "36-39", "40-43", "44-47")
BODY: Final = ("XS", "S", "M", "L", "XL")
FEET: Final = ("36-39", "40-43", "44-47")


@dataclass(frozen=True, slots=True)
class Good:
    """One product. ``art`` names its drawing, ``facts`` are the lines under its text."""

    sku: str
    name: str
    category: str
    art: str
    price: str
    lead: str
    text: str
    facts: tuple[str, ...]
    colours: tuple[str, ...]
    materials: tuple[str, ...]
    uses: tuple[str, ...]
    sizes: tuple[str, ...] = ()
    special: str = ""
    is_new: bool = False
    eco: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """What a shopper said of a product."""

    sku: str
    stars: int
    title: str
    text: str
    name: str


CATEGORIES: Final = (
    ("Tableware", "tableware", "Stoneware for every day", "Thrown, glazed and fired in small batches, made to be used three times a day and stacked without a second thought.", "bowl", "Moss"),
    ("Tableware/Cups & Mugs", "cups-mugs", "Cups & mugs", "A cup is the pot you hold longest. Ours are thin at the lip, generous at the handle and glazed to the last thumb's width.", "mug", "Fjord"),
    ("Tableware/Plates & Bowls", "plates-bowls", "Plates & bowls", "Plain shapes with a raw rim, in glazes that get on with each other and with whatever you cooked.", "plate", "Chalk"),
    ("Tableware/Serving", "serving", "Serving", "The pieces that go round the table.", "jug", "Ink"),
    ("Living", "living", "For the room you live in", "Vases, planters, candles, and wool to sit under while the kettle thinks about it.", "moon_vase", "Ochre"),
    ("Living/Vases & Planters", "vases-planters", "Vases & planters", "For one branch from the hedge or for the fern that outlives us all.", "planter", "Slate"),
    ("Living/Candles", "candles", "Candles", "Rapeseed wax in stoneware cups you will drink from afterwards.", "candle", "Oat"),
    ("Textiles", "textiles", "Wool & linen", "Woven in a mill two valleys over, from flocks we could name.", "blanket", "Rust"),
    ("Textiles/Blankets & Throws", "blankets-throws", "Blankets & throws", "Heavy enough to keep you in your chair.", "throw", "Oat"),
    ("Textiles/Cushions", "cushions", "Cushions", "Woven covers, feather inside, a zip that does not catch.", "cushion", "Slate"),
    ("Clothing", "clothing", "Clothes for weather", "Few pieces, cut to be worn over each other, repaired free for as long as there is cloth to sew to.", "jacket", "Fjord"),
    ("Clothing/Jackets & Fleece", "jackets-fleece", "Jackets & fleece", "Shells, fleeces and jumpers: pick two and leave the umbrella.", "fleece", "Clay"),
    ("Clothing/Tees", "tees", "Tees", "Heavy organic cotton, garment-washed, printed with the view from the workshop.", "tee", "Chalk"),
    ("Clothing/Hats, Scarves & Socks", "hats-scarves-socks", "Hats, scarves & socks", "The small wool that makes the difference.", "beanie", "Heather"),
    ("Bags", "bags", "Bags", "Waxed canvas and bridle leather, stitched by one person from first cut to last knot.", "backpack", "Fjord"),
    ("Camp Kitchen", "camp-kitchen", "Camp kitchen", "Enamel, iron and ash: what you need to eat well a long way from a table.", "kettle", "Ochre"),
    ("Gifts", "gifts", "Gifts", "For the one who has everything and for the one you forgot until this morning.", "card", "Fjord"),
)  # fmt: skip
"""Path, url key, title, text, drawing, colour."""

_CUPS: Final = "Tableware/Cups & Mugs"
_PLATES: Final = "Tableware/Plates & Bowls"
_SERVING: Final = "Tableware/Serving"
_VASES: Final = "Living/Vases & Planters"
_CANDLES: Final = "Living/Candles"
_BLANKETS: Final = "Textiles/Blankets & Throws"
_CUSHIONS: Final = "Textiles/Cushions"
_COATS: Final = "Clothing/Jackets & Fleece"
_TEES: Final = "Clothing/Tees"
_SMALL: Final = "Clothing/Hats, Scarves & Socks"
_BAGS: Final = "Bags"
_CAMP: Final = "Camp Kitchen"

_STONE: Final = ("Stoneware",)
_HOME: Final = ("Everyday",)

GOODS: Final = (
    Good("FH-MUG", "Harbour Mug", _CUPS, "mug", "24.00", "The mug that started it: 350 ml, a handle for four fingers.",
         "We have thrown this shape every week since the first winter and changed it once, to give the handle room for gloves. The glaze pools a little darker where it meets the bare clay, and no two stop at quite the same height.",
         ("350 ml", "Lead-free glaze, safe in dishwasher and microwave", "Foot polished smooth for kind tables"), ("Fjord", "Chalk", "Rust", "Moss"), _STONE, ("Everyday", "Gift")),
    Good("FH-TUMBLER", "Ridge Tumbler", _CUPS, "tumbler", "18.00", "A cup without a handle, ridged so it stays in a wet hand.",
         "The ridges are the potter's own fingertips, left where they were. Good for water, better for flat whites, and it nests four high in a drawer.",
         ("220 ml", "Stacks", "Bare clay outside keeps its grip"), ("Clay", "Chalk", "Slate"), _STONE, _HOME, is_new=True),
    Good("FH-ESPRESSO", "Little Ridge Cup", _CUPS, "tumbler", "14.00", "The Ridge Tumbler, a third of the size.",
         "For the coffee that is over in three sips. Thick enough to keep those three hot.",
         ("80 ml", "Fits under every machine we tried", "Sold singly, because they break up gracefully"), ("Ink", "Oat"), _STONE, ("Everyday", "Gift"), special="11.50"),
    Good("FH-BOWL", "Everyday Bowl", _PLATES, "bowl", "22.00", "Soup, salad, cereal, keys by the door.",
         "A bowl with shoulders: deep enough for noodles, wide enough for a salad to be tossed in. Three sizes that nest into one.",
         ("Small 14 cm, Medium 18 cm, Large 24 cm", "Raw foot, glazed inside and out", "Oven to 220 °C"), ("Moss", "Chalk"), _STONE, _HOME, sizes=("Small", "Medium", "Large")),
    Good("FH-PLATE", "Dinner Plate", _PLATES, "plate", "28.00", "A wide flat plate with its rim left raw.",
         "The rim is the same clay as the rest, left bare and burnished with a spoon, so it warms in the hand and never chips the neighbour in the stack.",
         ("27 cm", "Flat base: the knife does not wander", "Stacks twelve high"), ("Chalk", "Oat", "Slate"), _STONE, _HOME),
    Good("FH-SIDE", "Side Plate", _PLATES, "plate", "19.00", "The Dinner Plate's younger sister.",
         "Toast, cake, the last of the cheese. We make two of these for every big plate, and still they go first.",
         ("20 cm", "Raw burnished rim", "Safe in dishwasher and microwave"), ("Clay", "Chalk"), _STONE, _HOME),
    Good("FH-JUG", "Pouring Jug", _SERVING, "jug", "58.00", "A litre jug that pours without a drip.",
         "The lip is pulled with one finger in one movement; if it drips, it goes back in the clay bin. Water, batter, a bunch of cow parsley.",
         ("1 litre", "Balanced to pour with one hand", "Each lip tested before it leaves"), ("Ink",), _STONE, ("Everyday", "Gift")),
    Good("FH-TEAPOT", "Bamboo Teapot", _SERVING, "teapot", "86.00", "Six cups, a bamboo handle, a lid that stays put.",
         "A pot for a long table. The strainer is pierced by hand, ninety-one holes, and the bamboo is bent over steam the same morning it goes on.",
         ("1.1 litres", "Strainer thrown in", "Handle lifts off for washing"), ("Rust",), ("Stoneware", "Bamboo"), ("Gift", "Slow mornings"), special="74.00"),
    Good("FH-BOARD", "Ash Serving Board", _SERVING, "board", "44.00", "One plank of ash, oiled four times.",
         "Cut from trees that came down in the January gale, so every board has a year on the back. Cheese goes on the good side; you will know which.",
         ("24 by 48 cm", "Leather loop", "Oil once a season"), ("Oat",), ("Wood", "Leather"), ("Gift", "Everyday"), eco=True),
    Good("FH-REED", "Reed Vase", _VASES, "vase", "62.00", "Tall, narrow-necked, made for dry stems.",
         "Dipped to the hip in glaze and left bare below, so it stands in water of its own colour. The neck holds three stems or thirty upright.",
         ("28 cm tall", "Watertight", "Felt under the foot"), ("Heather", "Slate"), _STONE, ("Gift",)),
    Good("FH-MOON", "Moon Vase", _VASES, "moon_vase", "78.00", "Two bowls joined at the rim, seam left in.",
         "The old way to make a round pot: throw two halves and marry them. You can find the seam with a fingertip if you know to look.",
         ("24 cm across", "Thrown in two halves", "One branch is enough"), ("Ochre", "Chalk"), _STONE, ("Gift",), is_new=True),
    Good("FH-PLANTER", "Window Planter", _VASES, "planter", "36.00", "A planter with its saucer, for a bright sill.",
         "Unglazed inside so roots can breathe, glazed outside so it wipes clean. The saucer is big enough to forgive you.",
         ("Small 12 cm, Medium 16 cm, Large 20 cm", "Drainage hole and saucer", "Plant not included, sadly"), ("Slate", "Clay"), _STONE, _HOME, sizes=("Small", "Medium", "Large")),
    Good("FH-CANDLE-CEDAR", "Cedar & Smoke Candle", _CANDLES, "candle", "32.00", "The woodshed after rain.",
         "Cedar, birch tar and a little vetiver in rapeseed wax. Burns for two long books; then wash the cup and drink from it.",
         ("45 hours", "Rapeseed wax, cotton wick", "The cup is a Ridge Tumbler"), ("Oat",), ("Stoneware", "Wax"), ("Gift", "Slow mornings"), eco=True),
    Good("FH-CANDLE-SALT", "Salt & Heather Candle", _CANDLES, "candle", "32.00", "The cliff path in August.",
         "Sea salt, heather honey and warm stone. Light it in the bath, blow it out on the landing.",
         ("45 hours", "Rapeseed wax, cotton wick", "The cup is a Ridge Tumbler"), ("Heather",), ("Stoneware", "Wax"), ("Gift", "Slow mornings"), eco=True),
    Good("FH-BLANKET", "Hillside Blanket", _BLANKETS, "blanket", "148.00", "New wool, woven double, three kilos of staying in.",
         "Woven two valleys over on looms older than the road. Two stripes at each end, so you can tell your side from mine.",
         ("140 by 190 cm", "Pure new wool", "Air it, do not wash it"), ("Rust", "Moss", "Slate"), ("Wool",), ("Everyday", "Camping")),
    Good("FH-PICNIC", "Picnic Blanket", _BLANKETS, "blanket", "96.00", "Wool above, waxed cotton below.",
         "For wet grass, dog hair and the tide coming in faster than the table said. Rolls up into its own leather strap.",
         ("130 by 170 cm", "Waxed cotton back", "Leather carrying strap"), ("Fjord",), ("Wool", "Leather"), ("Camping", "Hiking")),
    Good("FH-THROW", "Rail Throw", _BLANKETS, "throw", "84.00", "Lambswool, light enough to leave on the rail.",
         "Thin as a scarf and as big as a bed's end. Most of them live on a chair back and are borrowed for ten minutes a day.",
         ("120 by 180 cm", "Lambswool", "Fringe knotted by hand"), ("Oat", "Clay", "Heather"), ("Wool",), ("Everyday", "Gift"), special="69.00"),
    Good("FH-CUSHION", "Diamond Cushion", _CUSHIONS, "cushion", "54.00", "Nine woven diamonds, one feather inner.",
         "The pattern is in the weave, not on it, so the back is the front in negative. Turn it with the seasons.",
         ("45 by 45 cm", "Wool cover, feather inner", "Hidden zip"), ("Slate", "Rust", "Ochre"), ("Wool", "Feather"), _HOME),
    Good("FH-CUSHION-L", "Long Diamond Cushion", _CUSHIONS, "cushion", "62.00", "The Diamond Cushion for the small of the back.",
         "Made after a reader wrote from a window seat. We agreed with her.",
         ("60 by 40 cm", "Wool cover, feather inner", "Hidden zip"), ("Moss",), ("Wool", "Feather"), _HOME),
    Good("FH-JACKET", "Scarp Jacket", _COATS, "jacket", "239.00", "A three-layer shell that is quiet when you walk.",
         "Most shells rustle. This one is faced with brushed recycled nylon, so you can hear the curlews. Taped seams, a hood that turns with your head, and pockets set above a hip belt.",
         ("20,000 mm, taped throughout", "Hood with one-hand adjustment", "Repaired free of charge"), ("Fjord", "Rust", "Moss"), ("Recycled nylon",), ("Hiking", "Camping"), sizes=BODY, is_new=True, eco=True),
    Good("FH-JACKET-CITY", "Harbour Jacket", _COATS, "jacket", "198.00", "The Scarp's town cousin: waxed cotton and a brass zip.",
         "For the walk to the ferry, not the walk over the top. Rewax it once a year and it will outlast your interest in it.",
         ("Waxed cotton, cotton lining", "Brass two-way zip", "Two inside pockets, one for a book"), ("Ink", "Oat"), ("Cotton",), ("Everyday",), sizes=("S", "M", "L", "XL"), special="168.00"),
    Good("FH-FLEECE", "Tarn Fleece", _COATS, "fleece", "118.00", "High-pile recycled fleece with a flat chest pocket.",
         "Warm in the wind gap between bus and door, packable when the sun comes out. The pocket takes a map, folded badly.",
         ("Recycled polyester, 280 g", "Half zip with a soft guard", "Pairs with the Scarp Jacket"), ("Clay", "Chalk", "Slate"), ("Recycled polyester",), ("Hiking", "Everyday"), sizes=BODY, eco=True),
    Good("FH-JUMPER", "Yoke Jumper", _COATS, "jumper", "164.00", "A round-yoke jumper, knitted in one piece.",
         "No seams under the arms, because there are no seams. The yoke pattern is the hedge outside the knitting shed: berry, thorn, berry.",
         ("Pure new wool", "Knitted in the round", "A matching yarn card comes with it"), ("Moss", "Ink", "Rust"), ("Wool",), ("Everyday", "Gift"), sizes=BODY),
    Good("FH-TEE", "Summit Tee", _TEES, "tee", "36.00", "Heavy organic cotton with the view from the workshop.",
         "Boxy, 220 grams, washed before it is cut so it fits the same in a year. The little mountain is printed with water and pigment.",
         ("Organic cotton, 220 g", "Garment-washed", "Printed ten metres from the kiln"), ("Chalk", "Slate", "Ochre"), ("Organic cotton",), ("Everyday", "Hiking"), sizes=BODY, eco=True),
    Good("FH-TEE-NIGHT", "Night Shift Tee", _TEES, "tee", "36.00", "The Summit Tee after dark.",
         "The same view at two in the morning, when the kiln is at 1,240 degrees and somebody has to stay up with it.",
         ("Organic cotton, 220 g", "Garment-washed", "Pale print on dark cloth"), ("Ink", "Moss"), ("Organic cotton",), _HOME, sizes=("S", "M", "L", "XL"), special="28.00", eco=True),
    Good("FH-BEANIE", "Rib Beanie", _SMALL, "beanie", "34.00", "Two-by-two rib, double at the ears.",
         "Knitted long and turned up, so it is two hats where it matters. The leather tab is an offcut of a bag.",
         ("Merino", "One size, honestly", "Does not itch; we checked on a child"), ("Heather", "Ochre", "Ink", "Rust"), ("Wool", "Leather"), ("Hiking", "Gift")),
    Good("FH-SCARF", "Valley Scarf", _SMALL, "scarf", "58.00", "Brushed lambswool, three stripes.",
         "Long enough to go twice round and still tuck in. Brushed with real teasels, which no one has improved on.",
         ("30 by 190 cm", "Lambswool", "Teasel-brushed"), ("Ochre", "Fjord", "Clay"), ("Wool",), ("Everyday", "Gift")),
    Good("FH-SOCKS", "Walking Socks", _SMALL, "socks", "22.00", "Terry foot, flat toe, they stay up.",
         "The pair we wear on the hill and then to dinner. Darning wool in the same shade is in the cuff.",
         ("Merino and recycled nylon", "Flat-linked toe", "Guaranteed against holes for two years"), ("Ink", "Moss", "Rust"), ("Wool", "Recycled nylon"), ("Hiking",), sizes=FEET),
    Good("FH-SOCKS-BED", "Bed Socks", _SMALL, "socks", "26.00", "Loose, long, unreasonably soft.",
         "Alpaca for people whose feet are always in another climate.",
         ("Alpaca and merino", "Loose top", "Not for boots"), ("Oat", "Heather"), ("Wool",), ("Gift", "Slow mornings"), sizes=FEET),
    Good("FH-PACK", "Cairn Backpack", _BAGS, "backpack", "186.00", "Twenty-two litres of waxed canvas.",
         "One big room, two side rooms and a lid that closes on straps you can work in mittens. The back is padded with felted wool, which dries.",
         ("22 litres, fits a 15 inch laptop", "Waxed canvas, bridle leather", "Repaired free of charge"), ("Fjord", "Moss", "Clay"), ("Canvas", "Leather"), ("Hiking", "Everyday"), is_new=True),
    Good("FH-DAYPACK", "Gap Day Pack", _BAGS, "backpack", "128.00", "The Cairn with the heavy bits left out.",
         "For lunch, a jumper and the book you mean to read on top. Weighs less than the lunch.",
         ("14 litres", "Dry-waxed canvas", "Stows flat"), ("Ochre", "Slate"), ("Canvas",), ("Hiking",)),
    Good("FH-TOTE", "Market Tote", _BAGS, "tote", "72.00", "Leeks stick out of the top, as they should.",
         "Heavy canvas dipped in wax at the foot, so it can stand on a wet floor while you count your change.",
         ("18 litres", "Leather handles, shoulder length", "Wax-dipped base"), ("Clay", "Oat", "Ink"), ("Canvas", "Leather"), ("Everyday", "Gift")),
    Good("FH-DUFFEL", "Ferry Duffel", _BAGS, "duffel", "214.00", "Two nights, three if you are not vain.",
         "Opens end to end like a doctor's bag, sits flat under a bunk and has one pocket you can find in the dark.",
         ("38 litres, cabin size", "Waxed canvas, bridle leather", "Brass zip with a leather pull"), ("Moss", "Ink"), ("Canvas", "Leather"), ("Everyday", "Camping")),
    Good("FH-POUCH", "Hip Pouch", _BAGS, "pouch", "48.00", "Phone, keys, knife, plaster.",
         "Cut from what is left between two duffels. Wear it in front; it is not that kind of bag.",
         ("1.5 litres", "Canvas offcuts, so colours run out", "Belt to 120 cm"), ("Chalk", "Fjord", "Rust"), ("Canvas", "Leather"), ("Hiking",), special="39.00", eco=True),
    Good("FH-FLASK", "Tarn Flask", _CAMP, "flask", "42.00", "Hot for twelve hours, ashwood lid.",
         "Steel inside, powder coat outside, and a lid you will want to drink from. Fits a bottle cage and the side room of the Cairn.",
         ("600 ml", "Stainless steel, double wall", "Spare seals, always"), ("Heather", "Fjord", "Ochre", "Ink"), ("Steel", "Wood"), ("Hiking", "Camping", "Everyday")),
    Good("FH-FLASK-L", "Long Flask", _CAMP, "flask", "54.00", "A litre, for sharing or not.",
         "The Tarn Flask for people who walk in pairs.",
         ("1 litre", "Stainless steel, double wall", "Spare seals, always"), ("Moss",), ("Steel", "Wood"), ("Hiking", "Camping")),
    Good("FH-KETTLE", "Enamel Kettle", _CAMP, "kettle", "76.00", "For stove, fire and the back of the van.",
         "Two coats of enamel on heavy steel, a wooden grip that stays cool and a lid that does not fall off when you pour the last cup.",
         ("1.6 litres", "Induction, gas, open fire", "Chips are honourable"), ("Ochre", "Chalk", "Ink"), ("Enamel", "Wood"), ("Camping", "Everyday")),
    Good("FH-ENAMEL", "Enamel Mug", _CAMP, "enamel_mug", "16.00", "Speckled, dark-rimmed, indestructible within reason.",
         "It has been dropped, sat on and once driven over. It holds coffee.",
         ("380 ml", "Enamelled steel", "Fine on a fire, not in a microwave"), ("Ink", "Fjord", "Rust", "Moss"), ("Enamel",), ("Camping", "Gift")),
    Good("FH-SKILLET", "Iron Skillet", _CAMP, "skillet", "92.00", "Cast in sand, seasoned with patience.",
         "Comes black and ready, gets blacker and better. The handle has a hole, because it belongs on a nail by the stove.",
         ("26 cm", "Cast iron, seasoned with flaxseed", "Every heat there is"), ("Ink",), ("Iron",), ("Camping", "Everyday")),
    Good("FH-LANTERN", "Camp Lantern", _CAMP, "lantern", "88.00", "A warm light that dims to a glow.",
         "Rechargeable, though it looks as if it ran on oil. Forty hours low, six hours reading, one long story.",
         ("1,800 K to 2,700 K", "USB-C, 40 hours", "Hook above, magnet below"), ("Slate", "Ochre"), ("Steel", "Glass"), ("Camping", "Everyday"), is_new=True),
)  # fmt: skip

REVIEWS: Final = (
    Review("FH-MUG", 5, "My hands know it", "Third one. The first two are fine, I just never want to be without.", "Marit"),
    Review("FH-MUG", 4, "Lovely, a touch heavy", "Beautiful glaze. Heavier than it looks, which my husband likes and my wrist does not.", "Iris"),
    Review("FH-MUG", 5, "The colour", "The photo is true: it really goes darker at the edge.", "Jonas"),
    Review("FH-TUMBLER", 5, "Eight of them now", "They stack, they grip, they look right with everything.", "Pia"),
    Review("FH-BOWL", 5, "Noodle proof", "The large one is the only bowl we use. The small ones hold the lemons.", "Kofi"),
    Review("FH-BOWL", 4, "Good, order early", "Worth the wait, and I did wait.", "Else"),
    Review("FH-PLATE", 5, "Quiet plates", "They make a softer sound in the stack than porcelain. I did not expect to love that.", "Ruth"),
    Review("FH-JUG", 5, "It does not drip", "I came to doubt. I was wrong.", "Henrik"),
    Review("FH-TEAPOT", 4, "Show-off pot", "Pours well, the handle gets admired. Wish it came in more colours.", "Agnes"),
    Review("FH-BOARD", 5, "A year on the back", "Ours says the storm that took our own tree. Bought two.", "Tom"),
    Review("FH-REED", 4, "Just the neck for it", "Dry grass stands up in it at last.", "Naoko"),
    Review("FH-MOON", 5, "Found the seam", "It took me a week.", "Bea"),
    Review("FH-PLANTER", 5, "The fern approves", "No more water on the sill.", "Oskar"),
    Review("FH-CANDLE-CEDAR", 5, "Woodshed, exactly", "My father's workshop in a cup.", "Liv"),
    Review("FH-CANDLE-CEDAR", 3, "Nice, faint", "Lovely when lit, hardly there when not.", "Sam"),
    Review("FH-BLANKET", 5, "We fight over it", "Three kilos is a lot of blanket. We need six.", "Dora"),
    Review("FH-THROW", 5, "Lives on the chair", "Everyone who sits there takes it.", "Emil"),
    Review("FH-CUSHION", 4, "Handsome", "Firm at first, good after a month.", "Clara"),
    Review("FH-JACKET", 5, "Silent", "I heard an owl. In my old shell I heard my old shell.", "Wim"),
    Review("FH-JACKET", 4, "Runs long", "Great in rain. I am 165 and took XS.", "Yara"),
    Review("FH-FLEECE", 5, "Bus stop tested", "Warmest thing I own that is not a dog.", "Nils"),
    Review("FH-JUMPER", 5, "No seams", "My daughter, who minds seams, wears it every day.", "Hanne"),
    Review("FH-TEE", 4, "Proper weight", "Hangs like a shirt from when shirts were shirts.", "Leo"),
    Review("FH-BEANIE", 5, "The child was right", "Does not itch.", "Mo"),
    Review("FH-SOCKS", 5, "Darned once, by me", "With the wool from the cuff. I was so proud.", "Gil"),
    Review("FH-PACK", 5, "Ten years, I think", "Only had it one, but you can tell.", "Freya"),
    Review("FH-PACK", 4, "Straps before zips", "Slower than a zip, still closes in ten years' time.", "Ben"),
    Review("FH-TOTE", 5, "Leeks confirmed", "They do stick out.", "Vera"),
    Review("FH-DUFFEL", 5, "Under the bunk", "Fits. Even the pocket-in-the-dark bit is true.", "Anders"),
    Review("FH-FLASK", 5, "Still hot at the top", "Left at six, tea at noon, burnt my tongue.", "Sofie"),
    Review("FH-KETTLE", 4, "Bright as promised", "Cheers up the van. Gets sooty, so do I.", "Rob"),
    Review("FH-ENAMEL", 5, "Driven over?", "Mine has been. By me. It holds coffee.", "Ane"),
    Review("FH-SKILLET", 5, "Eggs slide", "From the first morning.", "Paolo"),
    Review("FH-LANTERN", 5, "One long story", "It lasted exactly to the end.", "Mika"),
)  # fmt: skip
