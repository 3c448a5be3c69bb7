"""One shop from its first day on: feeds, policies, edits, crashes and undos, each beside what the model says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.crashes.dying import Dying
from tests.crashes.model import FLAG, LATER, ChangeSet, Model, Offer, Policy
from tests.crashes.place import Key
from tests.crashes.small_shop import SmallShop

OFFER = st.builds(Offer, st.integers(0, 45), st.integers(0, 4))
POLICY = st.builds(
    lambda threshold, more, word: Policy(threshold, None if more is None else threshold + more, word),
    st.sampled_from([1, 10, 20, 30]),
    st.sampled_from([None, None, 0, 5, 15]),
    st.sampled_from(["Dni", "Czekasz", "Wysyłka"]),
)
EDITS = {
    FLAG: st.sampled_from("012"),
    LATER: st.sampled_from(["Ręcznie", "", "Zapytaj", "Dni: nie"]),
    "quantity": st.integers(0, 9).map(str),
}


class Life(RuleBasedStateMachine):
    """One shop from its first day on; `place` is given by the test."""

    place: SmallShop
    seen: ClassVar[Counter[str]]

    @initialize(data=st.data())
    def first_day(self, data: st.DataObject) -> None:
        self.place.begin()
        self.model = Model(self.place.products, self.place.held())
        self.feed(data)
        self.sync(with_shop=False)

    @rule(data=st.data())
    def feed(self, data: st.DataObject) -> None:
        """A new file: some items are missing in it."""
        names = data.draw(st.sets(st.sampled_from(self.place.references), min_size=2), label="in the file")
        offers = {name: data.draw(OFFER, label=name) for name in sorted(names)}
        offers[min(offers)] = Offer(45, offers[min(offers)].days)  # a file in which nothing can be had is held back
        self.take(offers)

    def take(self, offers: dict[str, Offer]) -> None:
        self.model.feed(offers)
        self.place.import_feed(offers)

    @rule(policy=POLICY)
    def other_policy(self, policy: Policy) -> None:
        self.model.policy = policy

    @rule(with_shop=st.booleans())
    def sync(self, with_shop: bool) -> None:
        changes = self.model.plan_sync(with_shop=with_shop)
        told = self.place.sync(self.model.policy, with_shop=with_shop)
        expected = "Refused" if self.model.paused else "completed" if changes else "unchanged"
        assert told == expected
        self.seen[told] += 1
        if changes:
            self.model.write(changes)

    @rule(with_shop=st.booleans(), statements=st.integers(1, 40), answered=st.booleans(), policy=POLICY)
    def crash(self, with_shop: bool, statements: int, answered: bool, policy: Policy) -> None:
        """The process is gone at the nth statement, before it or after the server got it; it had much to write."""
        self.model.policy = policy
        changes = self.model.plan_sync(with_shop=with_shop)
        with Dying(statements, answered=answered) as dying:
            self.place.sync(self.model.policy, with_shop=with_shop)
        self.place.bury()
        self._find_what_became(changes, dying)

    @rule(data=st.data(), alone=st.booleans())
    def edit(self, data: st.DataObject, alone: bool) -> None:
        """By hand: all flags of a product, a text, or pieces; or by another program: one flag."""
        name = data.draw(st.sampled_from(sorted(EDITS)))
        keys = sorted(key for key in self.model.shop if key[3] == name)
        chosen, value = data.draw(st.sampled_from(keys)), data.draw(EDITS[name])
        together = name == FLAG and not alone
        self.put([key for key in keys if key[0] == chosen[0]] if together else [chosen], value)

    def put(self, keys: Iterable[Key], value: str) -> None:
        for key in keys:
            self.model.edit(key, value)
            self.place.edit(key, value)

    @precondition(lambda self: self.model.sets)
    @rule(data=st.data(), whole=st.booleans(), then_sync=st.booleans())
    def undo(self, data: st.DataObject, whole: bool, then_sync: bool) -> None:
        undone, products = self._draw_undo(data, whole)
        self.take_back(undone, products)
        if then_sync:
            self.sync(with_shop=True)

    def take_back(self, undone: ChangeSet, products: set[int] | None) -> None:
        """Undo all of it (`products` None), or what it did to some."""
        changes, put_back = self.model.plan_undo(undone, products)
        if changes:
            self.seen["undone" if undone.has_outcomes else "undone what a crash left"] += 1
        self.place.undo(self.model.policy, undone.number, products)
        if changes:
            self.model.write(changes)
        self.model.hold(put_back, whole=products is None)

    @precondition(lambda self: self.model.sets)
    @rule(data=st.data(), whole=st.booleans(), statements=st.integers(1, 40), answered=st.booleans())
    def undo_crashes(self, data: st.DataObject, whole: bool, statements: int, answered: bool) -> None:
        """The products are held after all was put back, in one transaction, or not yet."""
        undone, products = self._draw_undo(data, whole)
        changes, put_back = self.model.plan_undo(undone, products)
        before = set(self.model.held), self.model.paused
        with Dying(statements, answered=answered) as dying:
            self.place.undo(self.model.policy, undone.number, products)
        self.place.bury()
        self._find_what_became(changes, dying)
        self.model.hold(put_back, whole=whole)
        if dying.is_dead and self.place.pinned() != (self.model.held, self.model.paused):
            assert self.place.pinned() == before
            self.model.held, self.model.paused = before

    def _draw_undo(self, data: st.DataObject, whole: bool) -> tuple[ChangeSet, set[int] | None]:
        undone = data.draw(st.sampled_from(self.model.sets[:-4:-1]), label="change set")
        of_it = sorted({key[0] for key in undone.rows})
        return undone, None if whole else data.draw(st.sets(st.sampled_from(of_it), min_size=1), label="products")

    def _find_what_became(self, changes: ChangeSet | None, dying: Dying) -> None:
        """Go by what is there after a crash, as far as it may be so."""
        if changes and dying.is_dead:
            begun, ended = self.place.newest_set(len(self.model.sets))
            self.seen["crashed while it wrote" if begun and not ended else "crashed before or after"] += 1
            self.model.crashed(changes, self.place.held(), self.place.recorded(), begun=begun, ended=ended)
            if begun:
                changes.has_outcomes = self.place.has_outcomes()
            unfinished = self.place.unfinished_sets()
            for number, one in enumerate(self.model.sets):
                one.ended = number not in unfinished
        elif changes:
            self.model.write(changes)

    @precondition(lambda self: self.model.held or self.model.paused)
    @rule()
    def hold_ends(self) -> None:
        """Its end comes."""
        self.place.end_holds()
        self.model.held, self.model.paused = set(), False

    @invariant()
    def the_shop_is_as_the_model_says(self) -> None:
        if hasattr(self, "model"):
            assert self.place.held() == self.model.shop

    def teardown(self) -> None:
        """In the end everything is put right, and every first value is still known."""
        if not hasattr(self, "model"):
            return
        self.hold_ends()
        self.sync(with_shop=True)
        wanted = self.model.wanted()
        held = self.place.held()
        assert {key: held[key] for key in wanted} == wanted
        assert held == self.model.shop
        assert self.place.recorded() == {key: known.value for key, known in self.model.record.items()}
        for key, original in self.place.originals().items():
            assert original in self.model.record[key].originals, (key, original, self.model.record[key])
