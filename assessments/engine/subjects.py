"""What is asked about a subject itself: its class, whether it takes part, conditions of bands."""

from dataclasses import dataclass

from assessments.engine.document import Document, Line
from assessments.engine.evaluation import condition_key
from assessments.engine.numbers import Unfit
from assessments.engine.results import CLASS, EXCLUDED, SUBJECT
from assessments.engine.rules.base import ZERO, Ask, Facts, Given, Rule, Weighed
from assessments.engine.states import State, Step

TAKES_PART = (("", "参加考核"),)
UNKNOWN = (("", "还没有确定"),)
ANSWERS = (("", "还没有核对"), ("1", "符合"), ("0", "不符合"))


@dataclass(frozen=True, kw_only=True)
class About(Rule):
    """参评情况: no rule of a scheme, but asked for in the same form."""

    title = "参评情况"
    counts = False

    asked: tuple[Ask, ...] = ()

    @property
    def words(self) -> str:
        return "、".join(ask.label for ask in self.asked)

    def asks(self) -> tuple[Ask, ...]:
        return self.asked

    def weigh(self, facts: Facts) -> Weighed:
        if facts.given is None:
            return Weighed.open("还没有填写")
        try:
            return self.weigh_given(facts.given, facts)
        except Unfit as unfit:
            return Weighed.open(str(unfit))

    def weigh_given(self, given: Given, facts: Facts) -> Weighed:
        steps = []
        for ask in self.asked:
            words = dict(ask.choices)
            chosen = given.get(ask.name, "")
            if chosen not in words:
                raise Unfit(f"“{ask.label}”没有“{chosen}”这一项")
            steps.append(Step(f"{ask.label}：{words[chosen]}"))
        return Weighed(State.SCORED, ZERO, tuple(steps))


def subject_line(document: Document) -> Line:
    """Return what is asked about a subject as a line; one without rules when nothing is."""
    asked = tuple(_asks(document))
    rules = (About(code=SUBJECT, asked=asked),) if asked else ()
    return Line(code=SUBJECT, title="参评情况", rules=rules)


def _asks(document: Document) -> list[Ask]:
    asks = []
    if document.excluded:
        out = tuple((one, f"不参加：{one}") for one in document.excluded)
        asks.append(Ask(EXCLUDED, "是否参加考核", "choice", choices=TAKES_PART + out))
    if document.classes:
        classes = tuple((one.code, f"{one.code} 类：{one.name}") for one in document.classes)
        asks.append(Ask(CLASS, "属于哪一类", "choice", choices=UNKNOWN + classes))
    for band in document.bands:
        for at, condition in enumerate(band.conditions):
            if not condition.of:
                label = f"{band.name}的条件：{condition.text}"
                asks.append(Ask(condition_key(band, at), label, "choice", choices=ANSWERS))
    return asks
