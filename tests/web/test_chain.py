"""The audit trail: a thousand random tamperings, each of them found."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from sapwood_web.audit.chain import START, Head, Link, faults_of, mac_of

KEY = b"k" * 32
Trail = tuple[list[Link], dict[int, Head]]


def trail(shards: int = 4, events: int = 60, seed: int = 1) -> Trail:
    chance = random.Random(seed)
    last = {shard: Head(0, START) for shard in range(shards)}
    links = []
    for turn in range(events):
        shard = turn % shards
        content = (
            f"2026-01-01T{turn:06d}",
            f"actor{chance.randrange(5)}",
            "about",
            "looked",
            "",
            "own record",
        )
        number = last[shard].number + 1
        mac = mac_of(KEY, last[shard].mac, shard, number, content)
        links.append(Link(shard, number, content, mac))
        last[shard] = Head(number, mac)
    return links, last


def changed(links: list[Link], chance: random.Random) -> list[Link]:
    place = chance.randrange(len(links))
    field = chance.randrange(6)
    content = list(links[place].content)
    content[field] += chance.choice("xyz0 ")
    return [*links[:place], replace(links[place], content=tuple(content)), *links[place + 1 :]]


def removed(links: list[Link], chance: random.Random) -> list[Link]:
    place = chance.randrange(len(links))
    return [*links[:place], *links[place + 1 :]]


def cut_off(links: list[Link], chance: random.Random) -> list[Link]:
    shard, many = chance.randrange(4), chance.randrange(1, 8)
    last = max(link.number for link in links if link.shard == shard)
    return [link for link in links if link.shard != shard or link.number <= last - many]


def swapped(links: list[Link], chance: random.Random) -> list[Link]:
    one, other = chance.sample(range(len(links)), 2)
    first, second = links[one], links[other]
    result = list(links)
    result[one] = replace(first, content=second.content, mac=second.mac)
    result[other] = replace(second, content=first.content, mac=first.mac)
    return result


def moved(links: list[Link], chance: random.Random) -> list[Link]:
    place = chance.randrange(len(links))
    return [*links[:place], replace(links[place], shard=(links[place].shard + 1) % 4), *links[place + 1 :]]


def renumbered_after_a_gap(links: list[Link], chance: random.Random) -> list[Link]:
    gone = links[chance.randrange(len(links) - 4)]
    return [
        replace(link, number=link.number - 1)
        if link.shard == gone.shard and link.number > gone.number
        else link
        for link in links
        if link is not gone
    ]


def put_in(links: list[Link], chance: random.Random) -> list[Link]:
    model = links[chance.randrange(len(links))]
    last = max(link.number for link in links if link.shard == model.shard)
    return [*links, replace(model, number=last + 1)]


def doubled(links: list[Link], chance: random.Random) -> list[Link]:
    return [*links, links[chance.randrange(len(links))]]


def rehashed(links: list[Link], chance: random.Random) -> list[Link]:
    """Changed by someone who knows how, but has another key."""
    place = chance.randrange(len(links))
    link = links[place]
    content = ("2020", *link.content[1:])
    forged = mac_of(b"wrong" * 8, "", link.shard, link.number, content)
    return [*links[:place], Link(link.shard, link.number, content, forged), *links[place + 1 :]]


WAYS = (changed, removed, cut_off, swapped, moved, renumbered_after_a_gap, put_in, doubled, rehashed)


def test_an_untouched_trail_has_no_fault() -> None:
    links, heads = trail()
    assert faults_of(KEY, links, heads) == []
    random.Random(3).shuffle(links)  # the order in which rows come is no order
    assert faults_of(KEY, links, heads) == []


def test_a_thousand_random_tamperings_are_all_found() -> None:
    chance = random.Random(20261125)
    links, heads = trail()
    for turn in range(1000):
        way = WAYS[turn % len(WAYS)]
        assert faults_of(KEY, way(links, chance), heads), way.__name__


def test_a_chain_that_vanished_whole_is_found() -> None:
    links, heads = trail()
    found = faults_of(KEY, [link for link in links if link.shard != 2], heads)
    assert [str(fault) for fault in found] == ["chain 2, event 1: the chain was cut off: it once reached 15"]


def test_heads_that_vanished_are_found() -> None:
    links, heads = trail()
    del heads[1]
    assert [fault.what for fault in faults_of(KEY, links, heads)] == ["the head of the chain is not noted"]


def test_another_trail_under_the_same_key_is_found() -> None:
    links, _ = trail(seed=1)
    _, heads = trail(seed=2)
    assert {fault.what for fault in faults_of(KEY, links, heads)} == {
        "is not the event that was noted as the head"
    }


def test_events_after_the_noted_head_are_no_fault() -> None:
    """The server was killed between the event and the note: the chain itself still proves them."""
    links, heads = trail()
    last = max((link for link in links if link.shard == 0), key=lambda link: link.number)
    before = next(link for link in links if link.shard == 0 and link.number == last.number - 1)
    heads[0] = Head(before.number, before.mac)
    assert faults_of(KEY, links, heads) == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_fault_says_where(way: object) -> None:
    links, heads = trail()
    found = faults_of(KEY, way(links, random.Random(5)), heads)  # type: ignore[operator]
    assert all(fault.number >= 0 and 0 <= fault.shard < 4 for fault in found)
