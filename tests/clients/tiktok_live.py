# SPDX-License-Identifier: Apache-2.0
"""TikTokLive (PyPI, unmodified) against the simulator: tiktok_live.py URL. Its hosts are set by its own
settings object; nothing of it is replaced. Prints one line for what it saw; exit 1 when that is wrong."""
import asyncio
import sys
import urllib.parse
import urllib.request

from TikTokLive import TikTokLiveClient
from TikTokLive.client.errors import UserNotFoundError, UserOfflineError
from TikTokLive.client.web.web_settings import WebDefaults
from TikTokLive.events import (
    CommentEvent,
    ConnectEvent,
    ControlEvent,
    DisconnectEvent,
    FollowEvent,
    GiftEvent,
    JoinEvent,
    LikeEvent,
    LiveEndEvent,
    LivePauseEvent,
    RoomUserSeqEvent,
    ShareEvent,
)

PATIENCE_S = 10
EVENTS = (
    CommentEvent,
    ConnectEvent,
    ControlEvent,
    DisconnectEvent,
    FollowEvent,
    GiftEvent,
    JoinEvent,
    LikeEvent,
    LiveEndEvent,
    LivePauseEvent,
    RoomUserSeqEvent,
    ShareEvent,
)
url = sys.argv[1]


async def control(path, **parameters):
    target = f"{url}/__sim/{path}?{urllib.parse.urlencode(parameters)}"

    def fetch():
        with urllib.request.urlopen(target, timeout=PATIENCE_S) as answer:
            return answer.read()

    return await asyncio.to_thread(fetch)


async def is_live(user):
    client = TikTokLiveClient(unique_id=user)
    try:
        return await client.is_live()
    except UserNotFoundError:
        return "not found"


async def check_status():
    """By its own rule whatever is not over is live, and a name it cannot find is an error."""
    for user, expected in {
        "vigie_live": True,
        "vigie_offline": False,
        "vigie_paused": True,
        "vigie_absent": "not found",
        "vigie_private": "not found",
        "vigie_ghost": "not found",
    }.items():
        seen = await is_live(user)
        assert seen == expected, f"is_live of {user}: {seen}, not {expected}"


async def check_offline():
    try:
        await TikTokLiveClient(unique_id="vigie_offline").start()
    except UserOfflineError:
        return
    raise AssertionError("connected to somebody who is not on air")


class Room:
    """One connection, and what it hears, kind by kind."""

    def __init__(self, user):
        self.user = user
        self.client = TikTokLiveClient(unique_id=user)
        self.heard = {}
        for kind in EVENTS:
            queue = self.heard[kind] = asyncio.Queue()
            self.client.add_listener(kind, queue.put)

    async def hear(self, kind):
        try:
            return await asyncio.wait_for(self.heard[kind].get(), PATIENCE_S)
        except asyncio.TimeoutError:
            raise AssertionError(f"no {kind.__name__} within {PATIENCE_S} s") from None

    async def emit(self, kind, what, **parameters):
        await control("emit", user=self.user, what=what, **parameters)
        return await self.hear(kind)


async def check_room():
    room = Room("vigie_end")
    task = await room.client.start(fetch_room_info=True)
    info = room.client.room_info
    assert info["status"] == 2 and info["owner"]["display_id"] == "vigie_end", info
    connected = await room.hear(ConnectEvent)
    assert connected.room_id == int(info["id_str"]), connected
    viewers = await room.hear(RoomUserSeqEvent)
    assert viewers.m_total == info["user_count"], (viewers.m_total, info["user_count"])

    chat = await room.emit(CommentEvent, "chat", name="ana", text="Bonjour à tous")
    assert (chat.user.username, chat.comment) == ("ana", "Bonjour à tous"), chat
    like = await room.emit(LikeEvent, "like", name="ana", count=15)
    assert (like.count, like.total) == (15, 15), like
    member = await room.emit(JoinEvent, "member", name="bob")
    assert member.user.username == "bob", member
    follow = await room.emit(FollowEvent, "follow", name="bob")
    assert follow.user.username == "bob", follow
    await room.emit(ShareEvent, "share", name="bob")
    gift = await room.emit(GiftEvent, "gift", name="ana", count=3)
    assert (gift.gift.name, gift.repeat_count, gift.streaking) == ("Rose", 3, False), gift
    viewers = await room.emit(RoomUserSeqEvent, "viewers", count=4321)
    assert viewers.m_total == 4321, viewers.m_total
    await room.emit(LivePauseEvent, "pause")
    assert int((await room.hear(ControlEvent)).action) == 1
    # It has no event of its own for the end of a pause.
    assert int((await room.emit(ControlEvent, "unpause")).action) == 2
    await room.emit(LiveEndEvent, "end")
    await room.hear(DisconnectEvent)
    await asyncio.wait_for(task, PATIENCE_S)


async def main():
    WebDefaults.tiktok_app_url = url
    WebDefaults.tiktok_webcast_url = f"{url}/webcast"
    WebDefaults.tiktok_sign_url = url
    await check_status()
    await check_offline()
    await check_room()
    print("TikTokLive: is_live, room info, connect and every event")


asyncio.run(main())
