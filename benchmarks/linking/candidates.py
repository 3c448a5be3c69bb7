"""`python -m benchmarks.linking.candidates [--products 5000]`: how often a review puts the right product first.

Half of the offers are products of the shop under a name with words missing, added, misspelt or in another order and no
common code; the other half are not sold by it. The review's score is compared with other measures over the same pairs.
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from blocks import SkuCodes
from tasks.duck import Desk, desk
from tasks.linking.reviewing.asking import MOST_SHARING
from tasks.linking.supplier import codes_around
from tests import parquet

THINGS = (
    "Wiertarka",
    "Kubek",
    "Lampa",
    "Kabel",
    "Zawór",
    "Młotek",
    "Pompa",
    "Filtr",
    "Uchwyt",
    "Klucz",
    "Piła",
    "Miska",
)
KINDS = (
    "udarowa",
    "ceramiczny",
    "nocna",
    "miedziany",
    "kulowy",
    "ścienny",
    "ledowa",
    "płaski",
    "ręczna",
    "mały",
    "duży",
)
COLOURS = ["czarny", "biały", "czerwony", "niebieski", "zielony", "żółty", "szary"]
SIZES = [f"{number} {unit}" for number in (5, 10, 12, 20, 50, 100, 250, 500) for unit in ("mm", "ml", "V", "W", "cm")]
NOISE = ("NOWOŚĆ", "promocja", "szt.", "komplet")
MEASURES = {
    "words in common": "2 * len(list_intersect(words_of(a.name), words_of(t.name)))"
    " / (len(words_of(a.name)) + len(words_of(t.name)))",
    "Jaro-Winkler": "jaro_winkler_similarity(lower(a.name), lower(t.name))",
    "letters in common": "jaccard(lower(a.name), lower(t.name))",
}
SET = """
CREATE TABLE products AS SELECT n AS id, NULL::VARCHAR AS sku, NULL::VARCHAR AS ean, name FROM raw;
CREATE TABLE unmatched AS
SELECT n AS row_number, 's' || n AS offer_key, NULL::VARCHAR AS sku, NULL::VARCHAR AS ean, offer AS name,
       'no_product' AS cause, NULL::VARCHAR AS candidates FROM raw;
CREATE TABLE offers AS SELECT row_number, offer_key AS supplier_sku, sku, ean, name FROM unmatched;
CREATE TABLE really AS SELECT n AS row_number, really AS product_id FROM raw;
CREATE TABLE matched (row_number BIGINT, product_id BIGINT, method VARCHAR);
CREATE TABLE stale (product_id BIGINT, offer_key VARCHAR, kind VARCHAR);
CREATE TABLE links ({links});
"""
FIRST = """
WITH ranked AS (
  SELECT p.row_number, p.product_id, r.product_id AS really,
         row_number() OVER (PARTITION BY p.row_number ORDER BY {measure} DESC, p.product_id) AS place
  FROM pairs p JOIN asked a USING (row_number) JOIN products t ON t.id = p.product_id JOIN really r USING (row_number)
)
SELECT count(*) FILTER (place = 1 AND product_id = really) AS first,
       count(*) FILTER (place <= 5 AND product_id = really) AS five
FROM ranked
"""


def made_name(chance: random.Random) -> list[str]:
    """The words of a product's name."""
    brand = "".join(chance.choice("bdgklmnprst") + chance.choice("aeiou") for _ in range(3)).capitalize()
    model = [f"{chance.choice('ABCDEFGH')}{chance.randint(10, 9999)}"] if chance.random() < 0.5 else []
    middle = [chance.choice(THINGS), *chance.sample(KINDS, 2), chance.choice(COLOURS), chance.choice(SIZES)]
    return [brand[: chance.choice((4, 6))], *middle, *model]


def spoilt(words: list[str], chance: random.Random) -> str:
    """The name as another one writes it."""
    left = [word for word in words if chance.random() > 0.12] or list(words)
    if chance.random() < 0.5:
        chance.shuffle(left)
    for place, word in enumerate(left):
        if chance.random() < 0.05 and len(word) > 4:
            left[place] = word[:2] + word[3:]
    return " ".join([*left, chance.choice(NOISE)] if chance.random() < 0.2 else left)


def lay(table: Desk, products: int) -> None:
    """Lay products, what is asked about them and what each really is on the desk."""
    chance = random.Random(5)  # noqa: S311  (the same set each time)
    names = [made_name(chance) for _ in range(products)]
    really = [number if chance.random() < 0.5 else None for number in range(1, products + 1)]
    offers = [spoilt(names[n - 1] if n else made_name(chance), chance) for n in really]
    given = {"names": [" ".join(name) for name in names], "offers": offers, "really": really}
    table.connection.execute(
        "CREATE TABLE raw AS SELECT unnest(range(1, len($names) + 1)) AS n, unnest($names) AS name, unnest($offers) AS"
        " offer, unnest($really::BIGINT[]) AS really",
        given,
    )
    table.connection.execute(SET.format(links=parquet.LINKS))


def main() -> int:
    """Make the set, ask, print how often the right product came first."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking.candidates")
    parser.add_argument("--products", type=int, default=5_000)
    products = parser.parse_args().products
    with desk() as table:
        lay(table, products)
        began = time.monotonic()
        table.run("linking/undecided.sql")
        table.run("linking/keys.sql")
        table.run("linking/reviewing/candidates.sql", {"most_sharing": MOST_SHARING, **codes_around(SkuCodes())})
        seconds = time.monotonic() - began
        sold = table.count("really", "product_id IS NOT NULL")
        print(f"{products:,} offers, {sold:,} of them sold; {table.count('pairs'):,} pairs; {seconds:.1f} s\n")
        print("| score from | offers with one | the first is right | of those sold |\n| ---: | ---: | ---: | ---: |")
        for lowest in (60, 70, 80, 90):
            (row,) = table.rows(
                "SELECT count(*) AS n, count(*) FILTER (s.product_id = r.product_id) AS right FROM scored s"
                " JOIN really r USING (row_number) WHERE place = 1 AND score >= $lowest",
                {"lowest": lowest},
            )
            print(f"| {lowest} % | {row['n']:,} | {row['right'] / max(1, row['n']):.1%} | {row['right'] / sold:.1%} |")
        print("\n| measure over the same pairs | right product first | among the first five |\n| --- | ---: | ---: |")
        for name, measure in MEASURES.items():
            (row,) = table.rows(FIRST.format(measure=measure))
            print(f"| {name} | {row['first'] / sold:.1%} | {row['five'] / sold:.1%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
