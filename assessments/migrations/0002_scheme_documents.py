"""Schemes become documents; marks keep what was typed, and the points follow from the document."""

import hashlib
import json
from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CUT_OFF = "原文不完整"
RULE = "1"


def settle(schema_editor):
    """Let PostgreSQL check what was written before tables are altered in the same transaction."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def document_of(scheme, items):
    """Return the document that says what the items of a scheme said."""
    document = {"format": "scheme/1", "code": scheme.code, "title": scheme.title}
    if scheme.issuer:
        document["issuer"] = scheme.issuer
    if scheme.paper:
        document["paper"] = scheme.paper
    if scheme.subject != "branch":
        document["subject"] = scheme.subject
    if scheme.per != "year":
        document["period"] = scheme.per
    if any(warning.startswith(CUT_OFF) for warning in scheme.warnings):
        document["complete"] = False
    categories = dict.fromkeys(item.category for item in items if item.category)
    if categories:
        document["categories"] = [{"code": name, "name": name} for name in categories]
    if items:
        document["lines"] = [line_of(item) for item in items]
    return document


def line_of(item):
    line = {"code": str(item.number), "title": item.title}
    if item.category:
        line["category"] = item.category
    if item.indicator:
        rungs = [
            {"points": option["points"], "when": option["when"], "per": option["per"]}
            | ({"times": option["times"]} if option.get("times", 1) != 1 else {})
            for option in item.options
        ]
        rule = {"kind": "frequency", "code": RULE, "indicator": item.indicator, "rungs": rungs}
    else:
        options = [
            {"points": option["points"]} | ({"when": option["when"]} if option.get("when") else {})
            for option in item.options
        ]
        rule = {"kind": "options", "code": RULE, "options": options}
    return {**line, "rules": [rule]}


def write_documents(apps, schema_editor):
    Scheme = apps.get_model("assessments", "Scheme")
    SchemeItem = apps.get_model("assessments", "SchemeItem")
    Mark = apps.get_model("assessments", "Mark")
    for scheme in Scheme._base_manager.all():
        items = list(SchemeItem._base_manager.filter(scheme=scheme).order_by("number"))
        scheme.document = document_of(scheme, items)
        text = json.dumps(
            scheme.document, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        scheme.document_sha256 = hashlib.sha256(text.encode()).hexdigest()
        scheme.save(update_fields=["document", "document_sha256"])
    for item in SchemeItem._base_manager.all():
        item.code, item.is_judged = str(item.number), not item.indicator
        item.save(update_fields=["code", "is_judged"])
    for mark in Mark._base_manager.select_related("item"):
        written = [o["points"] for o in mark.item.options if Decimal(o["points"]) == mark.points]
        points = written[0] if written else format(mark.points.normalize(), "f")
        mark.values = {RULE: {"points": points}}
        mark.save(update_fields=["values"])
    settle(schema_editor)


def write_items(apps, schema_editor):
    """Go back as far as the former tables can hold it: marks of one chosen option."""
    SchemeItem = apps.get_model("assessments", "SchemeItem")
    Mark = apps.get_model("assessments", "Mark")
    Scorecard = apps.get_model("assessments", "Scorecard")
    Scorecard._base_manager.all().delete()
    Mark._base_manager.exclude(member=None).delete()
    Mark._base_manager.exclude(side="").delete()
    for item in SchemeItem._base_manager.select_related("scheme"):
        lines = {line["code"]: line for line in item.scheme.document.get("lines", [])}
        for rule in lines.get(item.code, {}).get("rules", []):
            options = rule.get("options") or rule.get("rungs")
            if options:
                item.options, item.indicator = options, rule.get("indicator", "")
                item.full_score = max(Decimal(option["points"]) for option in options)
                item.save(update_fields=["options", "indicator", "full_score"])
    for mark in Mark._base_manager.all():
        points = mark.values.get(RULE, {}).get("points")
        if points is None:
            mark.delete()
            continue
        mark.points = Decimal(points)
        mark.save(update_fields=["points"])
    settle(schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0001_initial'),
        ('branches', '0005_mobile_branch'),
        ('members', '0004_office_public_id'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField(
            model_name='scheme',
            old_name='document',
            new_name='paper',
        ),
        migrations.AddField(
            model_name='scheme',
            name='document',
            field=models.JSONField(default=dict, verbose_name='方案内容'),
        ),
        migrations.AlterModelOptions(
            name='scorecard',
            options={'ordering': ['organization__path', 'member__pinyin', 'pk'], 'verbose_name': '评分表'},
        ),
        migrations.RemoveConstraint(
            model_name='mark',
            name='one_mark_per_item_and_period',
        ),
        migrations.RemoveConstraint(
            model_name='scorecard',
            name='one_running_scorecard',
        ),
        migrations.AddField(
            model_name='mark',
            name='evidence',
            field=models.CharField(blank=True, max_length=300, verbose_name='佐证材料'),
        ),
        migrations.AddField(
            model_name='mark',
            name='member',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='members.member', verbose_name='党员'),
        ),
        migrations.AddField(
            model_name='mark',
            name='side',
            field=models.CharField(blank=True, max_length=20, verbose_name='评分方'),
        ),
        migrations.AddField(
            model_name='mark',
            name='values',
            field=models.JSONField(default=dict, verbose_name='填写的内容'),
        ),
        migrations.AddField(
            model_name='scheme',
            name='document_sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='方案内容指纹'),
        ),
        migrations.AddField(
            model_name='scheme',
            name='to_decide',
            field=models.JSONField(default=list, verbose_name='由人决定的'),
        ),
        migrations.AddField(
            model_name='schemeitem',
            name='code',
            field=models.CharField(blank=True, max_length=60, verbose_name='编号'),
        ),
        migrations.AddField(
            model_name='schemeitem',
            name='is_judged',
            field=models.BooleanField(default=True, verbose_name='由人评分'),
        ),
        migrations.AddField(
            model_name='scorecard',
            name='band',
            field=models.CharField(blank=True, max_length=40, verbose_name='等次'),
        ),
        migrations.AddField(
            model_name='scorecard',
            name='fingerprint',
            field=models.CharField(blank=True, max_length=64, verbose_name='结果指纹'),
        ),
        migrations.AddField(
            model_name='scorecard',
            name='member',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='scorecards', to='members.member', verbose_name='党员'),
        ),
        migrations.AlterField(
            model_name='schemeitem',
            name='category',
            field=models.CharField(blank=True, max_length=60, verbose_name='类别'),
        ),
        migrations.AlterField(
            model_name='scorecard',
            name='full_score',
            field=models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name='满分'),
        ),
        migrations.AlterField(
            model_name='scorecard',
            name='points',
            field=models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name='得分'),
        ),
        # So that going back finds something to put there.
        migrations.AlterField(
            model_name='mark',
            name='points',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=6, verbose_name='得分'),
        ),
        migrations.AlterField(
            model_name='schemeitem',
            name='full_score',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=6, verbose_name='满分'),
        ),
        migrations.AlterField(
            model_name='schemeitem',
            name='options',
            field=models.JSONField(default=list, verbose_name='档次'),
        ),
        migrations.RunPython(write_documents, write_items),
        migrations.RemoveField(
            model_name='mark',
            name='points',
        ),
        migrations.RemoveField(
            model_name='schemeitem',
            name='full_score',
        ),
        migrations.RemoveField(
            model_name='schemeitem',
            name='indicator',
        ),
        migrations.RemoveField(
            model_name='schemeitem',
            name='options',
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(condition=models.Q(('member', None)), fields=('item', 'side', 'organization', 'period'), name='one_mark_per_item_and_period'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('item', 'side', 'organization', 'member', 'period'), name='one_mark_per_member_and_period'),
        ),
        migrations.AddConstraint(
            model_name='schemeitem',
            constraint=models.UniqueConstraint(fields=('scheme', 'code'), name='each_line_once'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.UniqueConstraint(condition=models.Q(('member', None)), fields=('scheme', 'organization', 'period'), name='one_running_scorecard'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.UniqueConstraint(condition=models.Q(('member__isnull', False)), fields=('scheme', 'organization', 'member', 'period'), name='one_running_scorecard_each_member'),
        ),
    ]
