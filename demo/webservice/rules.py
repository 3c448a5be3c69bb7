"""What may stand in a field: PrestaShop's validators, as far as the fields here need them."""

from __future__ import annotations

import re

from demo.webservice.fields import Field

UNSIGNED = 4_294_967_296
PATTERNS = {
    "bool": r"0|1",
    "price": r"[0-9]{1,10}(\.[0-9]{1,9})?",
    "signed price": r"-?[0-9]{1,10}(\.[0-9]{1,9})?",
    "amount": r"[0-9]+(\.[0-9]+)?",
    "date": r"[0-9]{4}-(0?[0-9]|1[0-2])-(0?[0-9]|[12][0-9]|3[01])( [0-9]{2}:[0-9]{2}:[0-9]{2})?",
    "reference": r"[^<>;={}]*",
    "generic": r"[^<>={}]*",
    "name": r"[^<>;=#{}]*",
    "ean13": r"[0-9]{0,13}",
    "gtin": r"[0-9]{0,20}",
    "upc": r"[0-9]{0,12}",
    "isbn": r"[0-9-]{0,32}",
    "rewrite": r"[_a-zA-Z0-9-]+",
    "int": r"0|-?[1-9][0-9]*",
    "id": r"0|[1-9][0-9]*",
    "": r".*",
}
SCRIPT = re.compile(r"<\s*script|on[a-z]+\s*=|<\s*(iframe|form|input|embed|object)", re.IGNORECASE)


def complaint(owner: str, field: Field, value: str | None, *, must: bool) -> str | None:
    """What PrestaShop says of a value that it doesn't take; None for one that it takes. `must`: not empty."""
    name = f"{owner}->{field.name}"
    if field.required and must and (value is None or value == ""):
        return f"Property {name} is empty."
    if field.choices and (value or "") not in (*field.choices, ""):
        return f"Property {name} has a bad value (allowed values are: {', '.join(field.choices)})."
    if value and field.size and len(value) > field.size:
        return (
            f"The length of property {name} is currently {len(value)} chars."
            f" It must be between 0 and {field.size} chars."
        )
    if value in (None, "", "0") or _fits(field.check, str(value)):
        return None
    return f"Property {name} is not valid"


def _fits(check: str, value: str) -> bool:
    if check == "html":
        return not SCRIPT.search(value)
    if check == "id" and value.isdecimal() and int(value) >= UNSIGNED:
        return False
    return re.fullmatch(PATTERNS[check], value, re.DOTALL) is not None


def stored(field: Field, value: str | None) -> str | int | float | None:
    """What reaches the table: PHP's casts; tags and line breaks are taken out of plain texts."""
    if field.nullable and (value is None or (field.kind == "bool" and value in ("", "0"))):
        return None  # a combination is the default one or NULL: 0 would be a second of its unique key
    text = value or ""
    match field.kind:
        case "int" | "bool":
            number = re.match(r"\s*[+-]?[0-9]+", text)
            return int(number[0]) if number else 0
        case "float":
            number = re.match(r"\s*[+-]?[0-9]+(\.[0-9]+)?", text.replace(",", "."))
            return float(number[0]) if number else 0.0
        case "date":
            return text or "0000-00-00"
        case "html":
            return text
        case "string":
            return re.sub(r"<[^>]*>", "", text.replace("\r", "").replace("\n", "")) or _first(field)


def _first(field: Field) -> str:
    return field.choices[0] if field.choices else ""
