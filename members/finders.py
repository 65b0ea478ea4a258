"""What the search box finds here: people by name or pinyin initials."""

from collections.abc import Iterable

from members.queries.files import search_members
from partybuild.finders import LIMIT, Finder, Found


class MemberFinder(Finder):
    code = "members.member"
    title = "人员"
    permission = "members.view_member"

    def find(self, text: str) -> Iterable[Found]:
        for member in search_members(text)[:LIMIT]:
            note = f"{member.branch.label} · {member.get_category_display()}"
            yield Found(member.name, member.get_absolute_url(), note)
