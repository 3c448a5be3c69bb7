"""Paths inside an XML record (`@id`, `codes/ean`, `attrs/a[@name='EAN']`, `.`) as a tree to walk along."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tasks.errors import WrongSettingsError

NAME = r"[\w.\-:]+"
STEP = re.compile(rf"({NAME})(?:\[@({NAME})\s*=\s*(?:'([^']*)'|\"([^\"]*)\")\])?")
MOST_NAMES = 10_000


class Steps(dict[str, "Node | None"]):
    """Element name as it stands in the file -> the node it leads to; prefixes make no difference."""

    def __missing__(self, name: str) -> Node | None:
        short = local(name)
        node = self.get(short)
        if len(self) < MOST_NAMES:
            self[name] = node
        return node


class Node:
    """An element on the way: which fields want its text or an attribute, and where it goes on.

    `variants`: (attribute, value, node) for steps with a predicate; the first None = without one.
    """

    __slots__ = ("attributes", "steps", "texts", "unions", "variants")

    def __init__(self) -> None:
        self.texts: list[int] = []
        self.attributes: list[tuple[str, int]] = []
        self.steps = Steps()
        self.variants: list[tuple[str, str, Node]] = []
        self.unions: dict[tuple[int, ...], Node] = {}

    def chosen(self, attributes: Mapping[str, str]) -> Node:
        """Give the node for an element with these attributes: itself and every variant whose predicate fits."""
        fitting = [
            number
            for number, (wanted, value, _) in enumerate(self.variants)
            if attribute_of(attributes, wanted) == value
        ]
        key = tuple(fitting)
        if key not in self.unions:
            union = Node()
            for node in [self, *(self.variants[number][2] for number in fitting)]:
                union.absorb(node)
            self.unions[key] = union
        return self.unions[key]

    def absorb(self, other: Node) -> None:
        """Want also what the other wants."""
        self.texts += other.texts
        self.attributes += other.attributes
        for name, node in other.steps.items():
            if node is not None:
                mine = self.child(name)
                mine.absorb(node)
                mine.variants += node.variants

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
        value = next((given for name, given in attributes.items() if local(name) == wanted), None)
    return value


def record_steps(record_path: str) -> list[str]:
    """Give the local names of `/offer/products/product`; raises WrongSettingsError where it isn't plain names."""
    steps = record_path.strip().strip("/").split("/")
    if not all(re.fullmatch(NAME, step) for step in steps):
        raise WrongSettingsError(
            f"record_path: expected names from the root on, such as `offer/products/product`, got `{record_path}`"
        )
    return [local(step) for step in steps]


def tree_of(mapping: Mapping[str, str], fields: Sequence[str]) -> Node:
    """Make the tree of all mapped paths; wanted values carry their index in `fields`."""
    root = Node()
    for index, name in enumerate(fields):
        _plant(root, name, mapping[name], index)
    return root


def _plant(root: Node, name: str, path: str, index: int) -> None:
    node = root
    steps = [step for step in _split(path) if step != "."]
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
            node.variants.append((local(parts[2]), parts[3] or parts[4] or "", variant))
            node = variant
    node.texts.append(index)


def _split(path: str) -> list[str]:
    """Cut at slashes, but not at those inside a predicate's quotes; an empty step stays, to be refused."""
    return re.split(r"/(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", path)
