"""A provider that is counted answers as it would by itself; each call is counted by what came of it."""

from typing import Any

import pytest

from placeholder.jobs.ports import NotStarted, Prediction, Rejected, Trouble, Unsure
from placeholder.providers.counted import OUTCOMES, Counted

DONE = Prediction("p1", output="https://x/p1")


class Moody:
    name = "moody"

    def __init__(self) -> None:
        self.mood: BaseException | None = None
        self.heard: list[tuple[Any, ...]] = []

    async def _say(self, *heard: Any) -> Any:
        self.heard.append(heard)
        if self.mood:
            raise self.mood
        return DONE

    async def start(self, order: Any) -> Any:
        return await self._say("start", order)

    async def look(self, order: Any, prediction: str) -> Any:
        return await self._say("look", order, prediction)

    async def find(self, order: Any) -> Any:
        return await self._say("find", order)

    async def cancel(self, prediction: str) -> None:
        await self._say("cancel", prediction)

    async def close(self) -> None:
        await self._say("close")


CALLS: dict[str, tuple[Any, ...]] = {"start": ("order",), "look": ("order", "p1"), "find": ("order",), "cancel": ("p1",)}


@pytest.mark.parametrize("call", CALLS)
async def test_an_answer_is_handed_on_and_counted(call: str) -> None:
    moody = Moody()
    counted = Counted(moody)
    answer = await getattr(counted, call)(*CALLS[call])
    assert answer == (None if call == "cancel" else DONE)
    assert moody.heard == [(call, *CALLS[call])]
    assert dict(counted.calls) == {(call, "ok"): 1}
    assert sum(counted.took[call].counts) == 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("mood", "outcome"),
    [
        (NotStarted("no"), "not_started"),
        (Rejected("invalid"), "rejected"),
        (Unsure(), "unsure"),
        (Trouble(), "trouble"),
        (RuntimeError("a bug"), "error"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_exception_is_handed_on_and_counted(call: str, mood: Exception, outcome: str) -> None:
    moody = Moody()
    moody.mood = mood
    counted = Counted(moody)
    with pytest.raises(type(mood)) as raised:
        await getattr(counted, call)(*CALLS[call])
    assert raised.value is mood
    assert dict(counted.calls) == {(call, outcome): 1}


async def test_its_name_and_its_end_are_the_providers() -> None:
    moody = Moody()
    counted = Counted(moody)
    await counted.close()
    assert (counted.name, moody.heard, counted.calls) == ("moody", [("close",)], {})


def test_every_way_of_saying_no_has_a_word_of_its_own() -> None:
    assert len({*OUTCOMES.values(), "ok", "error"}) == len(OUTCOMES) + 2
