"""Write fold_vectors.json: names as Python folds and hears them, for the tests of both sides.

Run it after a change of the rules in geo/gazetteer.py: ``python tests/make_fold_vectors.py``.
"""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

from geo.gazetteer import fold, sound

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
HARD = (
    "",
    "  ",
    "S-21",
    "O'Smach",
    "O’Smach",
    "Phum  Prey-Veng",
    "Châu Đốc",
    "CHÂU ĐỐC",
    "ŒUVRE",
    "Straße",
    "\ufb01n",
    "A\u0301",
    "\u1791\u17bd\u179b\u200b\u179f\u17d2\u179b\u17c2\u1784",
    "ទួលស្លែង",
    "កណ្ដាល",
    "កណ្តាល",
    "ខែ្មរ",
    "ខ្មែរ",
    "េី",
    "កេី",
    "កើ",
    "កេា",
    "កោ",
    "ស្រ្តី",
    "ស្ត្រី",
    "ព្រះ់",
    "៩៩ កន្លែង ១៩៧៥",
    "เขาอีด่าง",
    "٣٤",
    "\U0001d7d7\U0001d7d8",
    "½",
    "№ 5",
    "\uff21\uff42\uff43",
    "ΟΔΟΣ Σ",
    "İstanbul",
    "ısı",
    "ŧħþðæ",
    "soft\xadhyphen",
    "a\ufeffb",
    "C$ = <1> ^|~ +2",
    "l`eau",
    "`",
    "…",
    "«Là»",
    "\u5317\u4eac",
    "한",
    "\ud55c",
    "e\u0338",
    "឴឵",
    "\u180eab",
    "\u3164x",
    "Ⅻ",
    "ǆ",
    "ŉ",
    "\u0345",
)
SPOKEN = (
    "toul", "tuol", "sleng", "slaeng", "phnom", "pnom", "khmer", "kmer", "choeung", "cheung", "ek", "wat", "vat",
    "krachoh", "kracheh", "s", "21", "s21", "ស្លែង", "boeung", "bung", "takeo", "takaev", "kampong", "kompong",
    "oddar", "oudong", "udong", "pursat", "pousat", "jean", "zone", "xuan", "quy", "ghost", "back", "aeiouy",
    "hh", "ah", "thh", "phh", "wwvv",
)  # fmt: skip


def known_names() -> list[str]:
    """Return every name of the atlas, in the order in which it is met."""
    names = []
    for file in ("sites.geojson", "routes.geojson", "provinces.geojson"):
        for feature in json.loads((DATA / file).read_text(encoding="utf-8"))["features"]:
            names += [feature["properties"].get(key) or "" for key in ("name", "name_km", "village", "place_text")]
    with (DATA / "tables/names.csv").open(encoding="utf-8", newline="") as file:
        names += [row["text"] for row in csv.DictReader(file)]
    return list(dict.fromkeys(filter(None, names)))


def shuffled_khmer(names: list[str]) -> list[str]:
    """Return Khmer names with the signs of their clusters in another order: the folding must order them."""
    chance = random.Random(1975)
    mixed = []
    for name in names:
        if any("\u1780" <= char <= "\u17ff" for char in name):
            chars = list(name)
            at = chance.randrange(len(chars))
            chars[at : at + 3] = chance.sample(chars[at : at + 3], len(chars[at : at + 3]))
            mixed.append("".join(chars))
    return mixed


def main() -> None:
    """Write the vectors: pairs of a text and its folded form, and of a folded word and its key."""
    names = known_names()
    texts = dict.fromkeys([*HARD, *names, *shuffled_khmer(names)])
    folded = {text: fold(text) for text in texts}
    words = dict.fromkeys([*SPOKEN, *(word for name in names for word in fold(name).split())])
    vectors = {"fold": list(folded.items()), "sound": [(word, sound(word)) for word in words]}
    lines = ",\n".join(
        f'"{part}": [\n' + ",\n".join(json.dumps(pair, ensure_ascii=True) for pair in pairs) + "\n]"
        for part, pairs in vectors.items()
    )
    (HERE / "fold_vectors.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
