"""The app's entry for Django."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "党员"
    menu = (
        ("组织建设", "班子与换届", "members:bodies", "members.view_office"),
        ("组织建设", "班子结构", "members:leaders", "members.view_office"),
        ("组织建设", "联系指导", "members:liaisons", "members.view_liaison"),
        ("党员", "花名册", "members:members", "members.view_member"),
        ("党员", "发展党员", "members:development", "members.view_development"),
        ("党员", "组织关系转接", "members:transfers", "members.view_transfer"),
        ("党员", "党籍变动", "members:standing_changes", "members.view_member"),
        ("党员", "流动党员", "members:mobile_members", "members.view_member"),
        ("党员", "核对名单", "members:roster_check", "members.change_member"),
        ("党员", "我的档案", "members:own_file", "members.view_own_file"),
        ("党员统计", "队伍结构", "members:structure", "members.view_member"),
        ("党员统计", "年度党员数", "members:rehearsal", "members.view_member"),
        ("党员统计", "社会角色", "members:social_roles", "members.view_member"),
        ("党员统计", "政治生日", "members:birthdays", "members.view_member"),
        ("党员统计", "光荣在党50年", "members:fifty_years", "members.view_member"),
        ("党费", "党费", "members:dues", "members.view_dues"),
        ("党费", "经费", "members:funds", "members.view_funds"),
        ("激励关怀", "先锋岗", "members:vanguard_posts", "members.view_vanguardpost"),
        ("激励关怀", "荣誉", "members:honours", "members.view_honour"),
        ("激励关怀", "关怀名单", "members:care", "members.view_care"),
        ("激励关怀", "处分和组织处置", "members:disciplines", "members.view_discipline"),
    )
