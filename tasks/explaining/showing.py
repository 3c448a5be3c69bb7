"""An explanation as a text that a person reads: the cause first, then every fact where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasks.explaining.facts import Facts, decided, shown, source
from tasks.explaining.model import Cause, Doing, Explanation, LastWrite, Link, Value
from tasks.explaining.words import Words
from tasks.feeds import SupplierSays
from tasks.report import line, table

Rows = Sequence[Mapping[str, Any]]


def body(words: Words, facts: Facts, told: Explanation) -> str:
    """All below the first line, as Markdown."""
    shower = _Shower(words, facts)
    parts = [
        *shower.item(told),
        *shower.feeds(),
        *shower.links(),
        *shower.rule(),
        *shower.write(facts.last_write),
        *shower.holds(),
    ]
    return "\n".join(parts)


class _Shower:
    """Puts facts into words; each method is a section."""

    def __init__(self, words: Words, facts: Facts) -> None:
        self._words = words
        self._facts = facts

    def _line(self, code: str, **values: Any) -> str:
        return line(self._words.say(code, values)).rstrip() + "\n"

    def _title(self, code: str) -> str:
        return f"## {self._words.say(f'title_{code}')}\n"

    def _table(self, rows: Rows) -> str:
        named = [
            {self._words.say(f"column_{name}"): self._words.value(value) for name, value in row.items()} for row in rows
        ]
        return table(named) if named else ""

    def _supplier(self, number: int, name: str) -> str:
        return name if name == str(number) else f"{name} ({number})"

    def item(self, told: Explanation) -> Iterator[str]:
        """Which product it is, since when it is as it is, and how the runs go that would change that."""
        item = self._facts.item
        yield self._line("item", **item.model_dump(), shown=item.shown)
        if told.since:
            yield self._line("since", since=told.since)
        if self._facts.holds.problem is not None:
            yield self._line("shop_problem", message=self._facts.holds.problem)
        if sync := self._facts.last_sync:
            yield self._line("last_sync", **self._doing(sync))
        for feed in self._facts.feeds:
            if doing := feed.last_import:
                supplier = self._supplier(feed.supplier, feed.name)
                yield self._line("last_import", supplier=supplier, **self._doing(doing))

    def _doing(self, doing: Doing) -> dict[str, Any]:
        status = Cause(code=f"ended_{doing.status}")
        return {"at": doing.started_at, "status": status, "message": doing.message or ""}

    def feeds(self) -> Iterator[str]:
        """What each file says of it."""
        rows = [row for feed in self._facts.feeds for row in self._files(feed.says, feed.name)]
        if rows:
            yield self._title("feeds")
            yield self._table(rows)

    def _files(self, says: SupplierSays, name: str) -> Iterator[Mapping[str, Any]]:
        for file in [*says.believed, *says.held]:
            row = {
                "supplier": self._supplier(says.integration_id, name),
                "key": "",
                "says": self._words.say("file_silent"),
                "state": self._words.say(f"file_{file.verdict}", {"reason": file.reason or ""}),
                "file": file.snapshot_id,
                "fetched": file.fetched_at,
                "confirmed": says.confirmed_at if file.believed else None,
            }
            if not file.is_archived:
                row["says"] = self._words.say("file_gone")
            elif file.rejected:
                row["says"] = self._words.say("file_rejected", {"reason": file.rejected})
            if not file.offers:
                yield row
            for offer in file.offers:
                yield {**row, "key": offer.key, "says": self._said(offer.values)}

    def _said(self, values: Mapping[str, Any]) -> str:
        said = (f"{self._words.label('said', name)} {self._words.value(value)}" for name, value in values.items())
        return ", ".join(said)

    def links(self) -> Iterator[str]:
        """What joins it with suppliers, and why, or why nothing does."""
        if self._facts.links:
            yield self._title("link")
            yield self._table([self._link(link) for link in self._facts.links])

    def _link(self, link: Link) -> Mapping[str, Any]:
        person = {"who": link.decided_by, "at": link.decided_at, "because": because(link.reason)}
        why = [
            self._words.say(link.cause, {"candidates": ", ".join(f"#{one}" for one in link.candidates)})
            if link.cause
            else "",
            self._words.say("decided", person) if link.decided_by else "",
            self._words.label("doubt", link.doubt) if link.doubt else "",
        ]
        return {
            "supplier": self._supplier(link.supplier, link.name),
            "key": link.key,
            "product": f"#{link.product_id}" if link.product_id else None,
            "matched_by": self._matched(link),
            "why": "; ".join(filter(None, why)),
            "holds_offer": self._said(link.holds),
            "changed": link.changed_at,
            "missing": link.missing_since,
        }

    def _matched(self, link: Link) -> str:
        kinds = ["manual"] if link.is_manual else (link.matched_by or "").split("+")
        return " + ".join(self._words.label("matched", kind) for kind in kinds if kind)

    def rule(self) -> Iterator[str]:
        """What a sync would decide, by which rule, among which offers."""
        rule = self._facts.rule
        yield self._title("rule")
        if rule is None or rule.allowed is None:
            yield self._line("rule_none")
        else:
            yield self._line("rule_is", wanted=_wanted(rule.item_allowed), decided=decided(self._facts))
            if rule.items > 1:
                counts = rule.model_dump(include={"items", "allowed_items"})
                yield self._line("rule_product", wanted=_wanted(rule.allowed), **counts)
        if rule is None:
            return
        if rule.is_assumed:
            yield self._line("assumed")
        settings = {name: Cause(code=f"{kind}_{getattr(rule, name)}") for kind, name in _SETTINGS.items()}
        yield self._line("rule_settings", **settings, source=source(self._facts))
        yield self._table([self._offer(offer.model_dump()) for offer in rule.offers])
        if rule.pins:
            yield f"### {self._words.say('title_pins')}\n"
            yield self._table([self._pin(pin.model_dump()) for pin in rule.pins])

    def _offer(self, offer: Mapping[str, Any]) -> Mapping[str, Any]:
        name = next((feed.name for feed in self._facts.feeds if feed.supplier == offer["supplier"]), "")
        price = " ".join(self._words.value(offer[part]) for part in ("purchase_price", "currency"))
        return {
            "supplier": self._supplier(offer["supplier"], name or str(offer["supplier"])),
            "product": f"#{offer['product_id']}",
            "stock": offer["stock_quantity"],
            "threshold": offer["threshold"],
            "days": offer["days"],
            "ship_on": offer["ship_on"],
            "price": price.strip(),
            "verdict": self._words.label("verdict", offer["reason_code"]),
            "best": self._words.say("yes") if offer["is_best"] else "",
        }

    def _pin(self, pin: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "kind": self._words.label("pin", pin["kind"]),
            "product": f"#{pin['product_id']}" if pin["product_id"] else None,
            "reason": pin["reason"],
            "until": pin["until"],
            "who": pin["decided_by"],
            "at": pin["decided_at"],
        }

    def write(self, written: LastWrite | None) -> Iterator[str]:
        """What was written when by which run, and what could not be."""
        yield self._title("write")
        if written is None:
            yield self._line("write_none")
        else:
            ids = {"run": written.run_id, "change_set": written.change_set_id}
            yield self._line("write_is", at=written.written_at, **ids)
            yield self._table(
                [
                    {
                        "place": one.attribute or None,
                        "language": one.language,
                        "field": self._words.label("field", one.field),
                        "before": self._shown(one.field, one.before),
                        "after": self._shown(one.field, one.after),
                        "reason": self._words.label("verdict", one.reason_code),
                    }
                    for one in written.values
                ]
            )
        for failed in self._facts.not_written:
            said = {"outcome": Cause(code=f"outcome_{failed.outcome}"), "message": failed.message or ""}
            field = self._words.label("field", failed.field)
            yield self._line("not_written", **said, field=field, found=self._shown(failed.field, failed.found))

    def _shown(self, field: str, value: str | None) -> str:
        if field == "out_of_stock" and value is not None:
            return self._words.say(shown(value).code)
        return value or ""

    def holds(self) -> Iterator[str]:
        """What the shop holds beside what we wrote and what is wanted, and its own switches."""
        holds = self._facts.holds
        yield self._title("holds")
        if holds.problem is None and holds.exists:
            switches = holds.model_dump(exclude={"problem", "exists", "flag_default", "values"})
            switches["visibility"] = self._words.label("visibility", holds.visibility)
            nothing = self._words.say("nothing")
            yield self._line(
                "switches", **{name: self._words.value(value) or nothing for name, value in switches.items()}
            )
        yield self._table([self._value(value) for value in holds.values])

    def _value(self, value: Value) -> Mapping[str, Any]:
        note = "note_drift" if value.is_drift else "note_due" if value.is_due else ""
        note = f"note_{value.left}" if value.left else note
        return {
            "place": value.attribute or None,
            "language": value.language,
            "field": self._words.label("field", value.field),
            **{
                name: self._shown(value.field, getattr(value, name))
                for name in ("holds", "written", "wanted", "original")
            },
            "note": self._words.say(note) if note else "",
        }


def _wanted(allowed: bool | None) -> Cause:
    return Cause(code="wanted_on" if allowed else "wanted_off")


_SETTINGS = {"best": "best_offer", "combinations": "combinations"}


def because(reason: str | None) -> Cause:
    """The reason that a person gave, if any."""
    return Cause(code="because" if reason else "because_none", values={"reason": reason})
