"""Where a scheme asks of its subjects what their records never hold: told when it is read."""

from collections.abc import Mapping

from assessments.engine.document import MEASURED_AS, SUBJECTS, Document


def other_subjects(document: Document, subjects: Mapping[str, str]) -> list[str]:
    """Return which lines are measured by records of what the scheme does not score.

    `subjects` says of each indicator whether it measures a branch or a member.
    """
    wanted = MEASURED_AS[document.subject]
    wrong = {
        line.title: subjects[rule.indicator]
        for line in document.lines
        for rule in line.rules
        if subjects.get(rule.indicator, wanted) != wanted
    }
    return [
        f"“{title}”由{SUBJECTS[one]}的记录计算，方案考核的是{SUBJECTS[document.subject]}：这一项算不出来，会一直是“未评”。"
        for title, one in wrong.items()
    ]


def never_held(document: Document, holders: Mapping[str, str]) -> list[str]:
    """Return which lines count what those who are scored never hold.

    `holders` says of an indicator whether "branch" or "body" holds what it counts, or "any".
    """
    others = {"branch": "body", "secretary": "body", "unit": "branch"}.get(document.subject, "")
    titles = {
        line.title
        for line in document.lines
        for rule in line.rules
        if others and holders.get(rule.indicator) == others
    }
    who = "党支部" if others == "body" else "单位党组织"
    return [
        f"“{line.title}”计算的会议{who}不开：不会有记录，请改由人评或者换一项。"
        for line in document.lines
        if line.title in titles
    ]
