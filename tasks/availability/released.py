"""What of a shop is given back: a product, a supplier's products or all; and how it is taken into care again."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from blocks import ShopBlock
from tasks.availability.pinning import find_in_shop, whole_product
from tasks.availability.pins import Subject, end_pins, open_pins, required_reason, subject_of
from tasks.availability.putting_back import require_switched_on
from tasks.errors import Refused
from tasks.run import Run
from tasks.station import station
from tasks.summaries import ReleaseSummary


class Choice(BaseModel):
    """What is given back: one product (`id_product` of the shop), a supplier's products, or (neither) all."""

    subject: Subject
    id_product: int | None
    reason: str


@station("choose what is given back", io=True)
def chosen_subject(
    run: Run[ReleaseSummary],
    block: ShopBlock,
    product: str | None,
    supplier: int | None,
    *,
    whole_shop: bool,
    reason: str,
    take_back: bool,
) -> Choice:
    """Exactly one of product, supplier and shop; Refused for anything else, or a shop that is switched off."""
    given = [
        name
        for name, is_given in (("product", product), ("supplier", supplier), ("whole_shop", whole_shop))
        if is_given
    ]
    if len(given) != 1:
        raise Refused(
            f"Expected one of product, supplier and whole_shop, got {' and '.join(given) or 'none'}. Nothing was given"
            " back"
        )
    why = required_reason(reason)
    if not take_back:
        require_switched_on(run, block)
    if supplier is not None:
        _require_supplier(run, supplier)
        return Choice(subject=Subject(supplier_id=supplier), id_product=None, reason=why)
    if not product:
        return Choice(subject=Subject(), id_product=None, reason=why)
    found = find_in_shop(run, product, gone_too=take_back)
    id_product = int((found.item or "0").partition("-")[0]) if take_back else whole_product(found)
    return Choice(subject=Subject(product_id=found.product_id), id_product=id_product, reason=why)


def _require_supplier(run: Run[Any], supplier: int) -> None:
    with run.state.session(read_only=True) as session:
        if not session.execute("supplier_linked", {"supplier": supplier}):
            raise Refused(f"supplier: expected the integration number of a supplier with links, got {supplier}")


@station("take back", io=True)
def take_into_care(run: Run[ReleaseSummary], choice: Choice) -> None:
    """End what keeps a product, a supplier or the shop out of our care; the next sync writes it again.

    Of the shop that is its pause after an undo, too.
    """
    if run.summary.dry_run:
        return
    run.check_lease()
    with run.state.session() as session:
        pins = open_pins(session, run.integration_id, run.started_at)
        released = [pin for pin in pins if pin["kind"] == "released" or subject_of(pin) == Subject()]
        ending = [pin for pin in released if subject_of(pin) == choice.subject]
        if choice.subject.supplier_id is not None:  # with the products that were pinned beside it
            runs = {pin["run_id"] for pin in ending}
            ending += [pin for pin in released if pin["run_id"] in runs and pin["product_id"] is not None]
        end_pins(session, run, ending)
    if not ending:
        run.count(status="unchanged")
    run.say("%d pins ended; the next sync writes what they kept out", len(ending))
