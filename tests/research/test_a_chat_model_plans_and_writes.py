import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from graphs.research_model import open_model
from orchestrator.errors import ConfigurationError
from tests.research.desk import asked, desk, report_of
from tests.support.local import decide

TOPICS = {
    "tea": "Green tea is brewed at 80 degrees for two minutes, says the tea master of the house.",
    "coffee": "Coffee beans are roasted for about ten minutes before anybody grinds them at home.",
}
PLAN = "- How is green tea brewed?\n2. How are coffee beans roasted?\n"
GOOD = "q1 | Brewed at 80 degrees, green tea takes two minutes. [tea#1]"
UNCITED = "q2 | Coffee beans are roasted for ten minutes."
INVENTED = "q2 | Coffee beans are roasted for 45 minutes. [coffee#1]"
MENDED = "q2 | Coffee beans are roasted for ten minutes. [coffee#1]"


class Model(GenericFakeChatModel):
    """Says what the script says, and remembers what it was asked."""

    asked: list[str] = []  # noqa: RUF012 - a pydantic field

    def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.append(str(messages[-1].content))
        return super()._generate(messages, *args, **kwargs)


def says(*lines: str | AIMessage) -> Model:
    return Model(messages=iter(lines), asked=[])


async def test_it_plans_and_writes_and_each_sentence_cites(tmp_path: Path) -> None:
    model = says(PLAN, f"{GOOD}\n{MENDED}")
    async with desk(tmp_path, TOPICS, model) as there:
        report = await report_of(await there.ask("Tea or coffee?"))
        assert sorted(there.searched()) == ["How are coffee beans roasted?", "How is green tea brewed?"]
    assert report.written_by == "model"
    assert [sentence.text for sentence in report.sentences] == [
        "Brewed at 80 degrees, green tea takes two minutes.",
        "Coffee beans are roasted for ten minutes.",
    ]
    assert "[tea#1]" in report.markdown
    assert TOPICS["coffee"] in model.asked[1]


async def test_a_sentence_that_its_passage_does_not_say_goes_back_with_the_reason(tmp_path: Path) -> None:
    model = says(PLAN, f"{GOOD}\n{INVENTED}", UNCITED, MENDED)
    async with desk(tmp_path, TOPICS, model) as there:
        report = await report_of(await there.ask("Tea or coffee?"))
    assert "its figures 45 are in none of the passages" in model.asked[2]
    assert GOOD.split(" | ")[1] not in model.asked[2].partition("refused")[2]
    assert "it cites nothing" in model.asked[3]
    assert report.sent_back == 2
    assert [sentence.citations for sentence in report.sentences] == [["tea#1"], ["coffee#1"]]
    assert report.dropped == []


async def test_a_sentence_that_never_gets_right_is_dropped(tmp_path: Path) -> None:
    model = says(PLAN, f"{GOOD}\n{INVENTED}", INVENTED, INVENTED)
    async with desk(tmp_path, TOPICS, model) as there:
        report = await report_of(await there.ask("Tea or coffee?"))
    assert len(report.sentences) == 1
    [dropped] = report.dropped
    assert "45 minutes" in dropped


@pytest.mark.parametrize("useless", ["", "I am sorry, I cannot help with that.", "q9 | No such question. [tea#1]"])
async def test_where_it_says_nothing_useful_rules_plan_and_the_report_quotes(useless: str, tmp_path: Path) -> None:
    async with desk(tmp_path, TOPICS, says(PLAN, useless)) as there:
        report = await report_of(await there.ask("Tea or coffee?"))
    assert report.written_by == "quotation"
    assert {sentence.text for sentence in report.sentences} == set(TOPICS.values())


async def test_its_tokens_count_as_the_provider_counts_them(tmp_path: Path) -> None:
    usage = {"input_tokens": 900, "output_tokens": 100, "total_tokens": 1000}
    plan = AIMessage(PLAN, usage_metadata=usage)
    written = AIMessage(f"{GOOD}\n{MENDED}", usage_metadata=usage)
    async with desk(tmp_path, TOPICS, says(plan, written)) as there:
        report = await report_of(await there.ask("Tea or coffee?"))
    assert 2000 < report.spent.tokens < 2100
    assert report.spent.calls == 2 + 2 + 2


async def test_it_is_not_asked_for_more_than_the_budget_allows(tmp_path: Path) -> None:
    model = says(PLAN)
    async with desk(tmp_path, TOPICS, model) as there:
        handle = await there.ask("Tea or coffee?", calls=5)
        task = await asked(handle)
        assert (task["stage"], task["payload"]["next"]["calls"]) == ("write_report", 1)
        assert len(model.asked) == 1
        await decide(handle, "reject")
        report = await report_of(handle)
    assert len(model.asked) == 1
    assert report.written_by == "quotation"
    assert report.spent.calls == 5


def test_without_langchain_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'langchain.*' langchain-anthropic"):
        open_model("anthropic:claude-x")


def test_without_the_providers_package_it_says_what_to_install() -> None:
    with pytest.raises(ConfigurationError, match=r"RESEARCH_MODEL='mistralai:m'.*langchain-mistralai"):
        open_model("mistralai:m")


def test_a_provider_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="RESEARCH_MODEL='nobody:m'"):
        open_model("nobody:m")
