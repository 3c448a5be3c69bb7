"""Paths inside an XML record (`@id`, `codes/ean`, `attrs/a[@name='EAN']`, `.`) as a tree to walk along.

A field may have several paths (`sizes/size/@code | @code`): each has a slot of its own, the first that holds something
gives the field's value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.errors import WrongSettingsError
from tasks.feeds.formats.columns import alternatives

NAME = r"[\w.\-:]+"
STEP = re.compile(rf"({NAME})(?:\[@({NAME})\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))\])?")
MOST_NAMES = 10_000


class Steps(dict[str, "Node | None"]):
    """Element name as it stands in the file -> the node it leads to; prefixes make no difference."""

    def __missing__(self, name: str) -> Node | None:
        short = local(name)
        node = self.get(short)
        if len(self) < MOST_NAMES:
            self[name] = node
        return node


@dataclass(frozen=True)
class Slot:
    """One path of one field; `in_variant`: it lies below the path of the variants."""

    field: str
    path: str
    in_variant: bool = False


class Node:
    """An element on the way: which slots want its text or an attribute, and where it goes on.

    `predicates`: (attribute, value, node) for steps with a predicate; `is_variant`: a row of its own ends with it.
    """

    __slots__ = ("attributes", "is_variant", "predicates", "steps", "texts", "unions")

    def __init__(self) -> None:
        self.is_variant = False
        self.texts: list[int] = []
        self.attributes: list[tuple[str, int]] = []
        self.steps = Steps()
        self.predicates: list[tuple[str, str, Node]] = []
        self.unions: dict[tuple[int, ...], Node] = {}

    def chosen(self, attributes: Mapping[str, str]) -> Node:
        """Give the node for an element with these attributes: itself and every one whose predicate fits."""
        fitting = [
            number
            for number, (wanted, value, _) in enumerate(self.predicates)
            if attribute_of(attributes, wanted) == value
        ]
        key = tuple(fitting)
        if key not in self.unions:
            union = Node()
            for node in [self, *(self.predicates[number][2] for number in fitting)]:
                union.absorb(node)
            self.unions[key] = union
        return self.unions[key]

    def absorb(self, other: Node) -> None:
        """Want also what the other wants."""
        self.is_variant = self.is_variant or other.is_variant
        self.texts += other.texts
        self.attributes += other.attributes
        for name, node in other.steps.items():
            if node is not None:
                mine = self.child(name)
                mine.absorb(node)
                mine.predicates += node.predicates

    def child(self, name: str) -> Node:
        """Give the node of a child element, made if there is none yet."""
        node = self.steps.get(name)
        if node is None:
            node = self.steps[name] = Node()
        return node


def local(name: str) -> str:
    """Give a name without its namespace prefix."""
    return name.rpartition(":")[2]


def attribute_of(attributes: Mapping[str, str], wanted: str) -> str | None:
    """Give an attribute's value by its local name; None if the element doesn't have it."""
    value = attributes.get(wanted)
    if value is None:
        for name, given in attributes.items():
            if ":" in name and local(name) == wanted:
                return given
    return value


def record_steps(record_path: str) -> list[list[str]]:
    """Give the local names of `/offer/products/product`, of each path where there are several.

    Raises WrongSettingsError where it isn't plain names.
    """
    return [_plain_steps("record_path", path, "offer/products/product") for path in alternatives(record_path)]


def _plain_steps(setting: str, path: str, example: str) -> list[str]:
    steps = path.strip().strip("/").split("/")
    if not all(re.fullmatch(NAME, step) for step in steps):
        raise WrongSettingsError(f"{setting}: expected names one inside the other, such as `{example}`, got `{path}`")
    return [local(step) for step in steps]


def slots_of(mapping: Mapping[str, str], fields: Sequence[str], variant_path: str | None) -> list[Slot]:
    """Give every path of every field, in the fields' order."""
    variant = "/".join(_plain_steps("variant_path", variant_path, "sizes/size")) if variant_path else None
    slots = []
    for field in fields:
        for path in alternatives(mapping[field]):
            plain = "/".join(local(re.sub(r"\[.*?\]", "", step)) for step in path.split("/") if step != ".")
            inside = variant is not None and (plain == variant or plain.startswith(variant + "/"))
            slots.append(Slot(field, path, inside))
    return slots


def tree_of(slots: Sequence[Slot], variant_path: str | None = None) -> Node:
    """Make the tree of all mapped paths; wanted values carry their index in `slots`."""
    root = Node()
    for index, slot in enumerate(slots):
        _plant(root, slot.field, slot.path, index)
    node = root
    for step in _plain_steps("variant_path", variant_path, "sizes/size") if variant_path else []:
        node = node.child(step)
    node.is_variant = variant_path is not None
    return root


def _plant(root: Node, name: str, path: str, index: int) -> None:
    node = root
    steps = [step for step in split_path(path) if step != "."]
    for place, step in enumerate(steps):
        if place == len(steps) - 1 and re.fullmatch("@" + NAME, step):
            node.attributes.append((local(step[1:]), index))
            return
        parts = STEP.fullmatch(step)
        if parts is None:
            raise WrongSettingsError(
                f"mapping: {name}: expected a path inside the record, such as `@id`, `codes/ean` or"
                f" `attrs/a[@name='EAN']`, got `{path}`"
            )
        node = node.child(local(parts[1]))
        if parts[2]:
            variant = Node()
            node.predicates.append((local(parts[2]), parts[3] or parts[4] or parts[5] or "", variant))
            node = variant
    node.texts.append(index)


def split_path(path: str) -> list[str]:
    """Cut at slashes, but not at those inside a predicate's quotes; an empty step stays, to be refused."""
    return re.split(r"/(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", path)
