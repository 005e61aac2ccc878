"""Pushing updates to the bot's webhook, with Telegram's header, its parallelism and its retries."""

import asyncio

import aiohttp

from tests.fakes.telegram.objects import Json
from tests.fakes.telegram.world import Call, World

RETRY_SECONDS = 0.2  # Telegram waits longer


async def push_for_ever(world: World) -> None:
    """Push whatever is pending whenever a webhook is set."""
    busy: set[int] = set()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
        tasks: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(0.01)
            if not world.webhook["url"]:
                continue
            for update in world.pending(world.webhook.get("max_connections", 40)):
                if update["update_id"] not in busy:
                    busy.add(update["update_id"])
                    task = asyncio.ensure_future(_push(world, client, update, busy))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)


async def _push(world: World, client: aiohttp.ClientSession, update: Json, busy: set[int]) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": world.webhook.get("secret_token", "")}
    try:
        async with client.post(world.webhook["url"], json=update, headers=headers) as response:
            status = response.status
    except (aiohttp.ClientError, TimeoutError) as error:
        status = 0
        world.calls.append(Call(world.clock(), "push", update, type(error).__name__))
    with world.changed:
        world.calls.append(Call(world.clock(), "push", update, str(status)))
        if 200 <= status < 300:
            world.updates = [item for item in world.updates if item[1] is not update]
    if not 200 <= status < 300:
        await asyncio.sleep(RETRY_SECONDS)
    busy.discard(update["update_id"])
