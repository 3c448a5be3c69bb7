"""All of a plan beside what the server holds, and the server brought up to date, one thing at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from prefect import Flow
from prefect.blocks.core import Block
from prefect.client.orchestration import PrefectClient, get_client
from prefect.exceptions import ObjectNotFound
from prefect_sqlalchemy import SqlAlchemyConnector
from pydantic import ValidationError

from blocks import SHOP_KINDS, SupplierFeed
from tasks.deploying import automations, deployments, places
from tasks.deploying.checking import blocks_named, full_name
from tasks.deploying.deciding import Thing
from tasks.deploying.files import Plan
from tasks.deploying.settings import hide, of_block, of_plain

Flows = Mapping[str, Flow[..., Any] | None]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Step:
    """A thing and how to bring it to the server; `leave` where the server's stays as it is."""

    thing: Thing
    put: Callable[[], None]
    leave: Callable[[], None] = lambda: None


def steps_of(plan: Plan, flows: Flows) -> list[Step]:
    """Everything that the files want, in the order in which it can be made."""
    made = [*_blocks(plan)]
    made += asked(lambda client: _pools(client, plan))
    made += asked(lambda client: _limits(client, plan))
    made += asked(lambda client: _deployments(client, plan, flows))
    made += asked(lambda client: _automations(client, plan))  # which may start a deployment
    return made


def register_kinds(plan: Plan) -> None:
    """Tell the server what kinds of blocks there are, also those that nobody has yet; repeating changes nothing."""
    kinds: dict[type[Block], None] = dict.fromkeys((SqlAlchemyConnector, SupplierFeed, *SHOP_KINDS))
    for kind in {**kinds, **dict.fromkeys(type(block) for block in plan.blocks.values())}:
        kind.register_type_and_schema()


def asked(question: Callable[[PrefectClient], Awaitable[Answer]]) -> Answer:
    """What a question to the server's client comes to."""

    async def ask() -> Answer:
        async with get_client() as client:
            return await question(client)

    return asyncio.run(ask())


def saved(kind: type[Block], name: str) -> Block | None:
    """The saved block of a kind and name; None where there is none."""
    try:
        return kind.load(name, _sync=True)  # type: ignore[call-arg, return-value]
    except ValueError as error:
        if isinstance(error, ValidationError) or "Unable to find block document" not in str(error):
            raise
        return None


def missing_blocks(plan: Plan, flows: Flows) -> Iterator[str]:
    """One line for each block that is named and that is neither in the blocks file nor on the server."""
    for named_by, slug, short in automations.blocks_named(plan.automations):
        in_file = short in plan.blocks and plan.blocks[short].get_block_type_slug() == slug
        if not in_file and not _exists(slug, short):
            yield f"automation {named_by}: expected the KIND/NAME of a block, got `{slug}/{short}`, which there isn't"
    for deployment, name, kinds in blocks_named(plan, flows):
        slug, _, short = name.rpartition("/")
        fitting = [kind for kind in kinds if slug in {"", kind.get_block_type_slug()}]
        there = isinstance(plan.blocks.get(short), tuple(fitting)) if fitting else False
        if not there and not any(_exists(kind.get_block_type_slug(), short) for kind in fitting):
            words = " or ".join(kind.get_block_type_slug() for kind in kinds)
            yield (
                f"deployment {deployment}: expected the name of a block ({words}) of the blocks file or of the server,"
                f" got `{name}`. Add it there, or delete the deployment"
            )


def other_pools(plan: Plan) -> Iterator[str]:
    """One line for each pool that is there with another type, which a pool can't change."""
    for name, pool in plan.pools.items():
        found = asked(partial(places.find_pool, name=name))
        wanted = pool.get("type", "process")
        if found is not None and found["type"].value != wanted:
            yield (
                f"pool {name}: expected the type {wanted}, got {found['type'].value}, which can't be changed. Take"
                " another name, or delete the pool in the UI when nothing runs in it"
            )


def _exists(slug: str, name: str) -> bool:
    async def look(client: PrefectClient) -> bool:
        try:
            await client.read_block_document_by_name(name, slug, include_secrets=False)
        except ObjectNotFound:  # the block, or on a new server its whole kind
            return False
        return True

    return asked(look)


def _blocks(plan: Plan) -> Iterator[Step]:
    for name, block in plan.blocks.items():
        hidden = plan.hidden.get(name, set())
        try:
            there = saved(type(block), name)
            found = None if there is None else hide(of_block(there), hidden)
        except ValidationError:  # of another version of this program
            there, found = None, of_plain({"(all)": "settings that this version can't read"})
        wanted = hide(of_block(block), hidden)
        thing = Thing("block", f"{block.get_block_type_slug()}/{name}", wanted, found)
        yield Step(thing, _saving(block, name), _using(block, there))


def _saving(block: Block, name: str) -> Callable[[], None]:
    return lambda: void(block.save(name, overwrite=True, _sync=True))  # type: ignore[call-arg]


def _using(block: Block, there: Block | None) -> Callable[[], None]:
    def use() -> None:
        # a shop that uses this block must refer to the saved one; Prefect has no public way to say so
        block._block_document_id = there._block_document_id if there else None  # noqa: SLF001

    return use


async def _pools(client: PrefectClient, plan: Plan) -> list[Step]:
    made = []
    for name, pool in plan.pools.items():
        found = await places.find_pool(client, name)
        thing = Thing("pool", name, places.pool_settings(pool), found, ours=True)
        made.append(Step(thing, _doing(places.put_pool, name, pool, exists=found is not None)))
        queues = await places.find_queues(client, name)
        # by priority: each that is set moves those behind it
        wanted: list[tuple[str, dict[str, Any]]] = sorted(
            (pool.get("queues") or {}).items(), key=lambda item: (item[1] or {}).get("priority") or 0
        )
        for queue, settings in wanted:
            thing = Thing("queue", f"{name}/{queue}", of_plain(settings or {}), queues.get(queue), ours=True)
            made.append(Step(thing, _doing(places.put_queue, name, queue, settings or {})))
    return made


async def _limits(client: PrefectClient, plan: Plan) -> list[Step]:
    made = []
    for name, limit in plan.limits.items():
        thing = Thing("limit", name, of_plain(limit), await places.find_limit(client, name), ours=True)
        made.append(Step(thing, _doing(places.put_limit, name, limit)))
    return made


async def _automations(client: PrefectClient, plan: Plan) -> list[Step]:
    made = []
    for content in plan.automations:
        name = str(content["name"])
        found = await automations.found_settings(client, await client.read_automations_by_name(name))
        thing = Thing("automation", name, automations.wanted_settings(content), found)
        made.append(Step(thing, _doing(automations.put_automation, content)))
    return made


async def _deployments(client: PrefectClient, plan: Plan, flows: Flows) -> list[Step]:
    made = []
    for deployment, taken in zip(plan.deployments, plan.taken, strict=True):
        flow = flows[deployment["entrypoint"]]
        assert flow is not None  # noqa: S101 - checked before
        name = full_name(flow, deployment)
        there = await deployments.find_deployment(client, name)
        hidden = {place.removeprefix("work_pool.") for place in taken}  # there a pool's settings stand by themselves
        found = hide(deployments.found_settings(there), hidden) if there else None
        thing = Thing("deployment", name, hide(deployments.wanted_settings(deployment, flow), hidden), found)
        made.append(Step(thing, _doing(deployments.put_deployment, deployment, flow, there)))
    return made


def _doing(put: Callable[..., Awaitable[None]], *values: Any, **named: Any) -> Callable[[], None]:
    return lambda: asked(lambda client: put(client, *values, **named))


def void(_: object) -> None:
    """Take an answer that nobody needs."""
