"""Forms of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm

from branches.models import User
from branches.queries.organizations import organizations_in_scope
from branches.roles import SYSTEM_ROLES, Role


class SignInForm(AuthenticationForm):
    """Account and password; one answer for all that can be wrong with them."""

    error_messages = {
        "invalid_login": "账号或口令不对。连错 5 次会锁定 15 分钟。",
        "inactive": "账号或口令不对。连错 5 次会锁定 15 分钟。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["username"].error_messages["required"] = "请填写账号。"
        self.fields["password"].label = "口令"
        self.fields["password"].error_messages["required"] = "请填写口令。"


class NewPasswordForm(SetPasswordForm):
    """A new password, typed twice."""

    error_messages = {"password_mismatch": "两次填写的口令不一样。"}  # nosec B105

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "新口令"
        self.fields[
            "new_password1"
        ].help_text = "至少 10 位，含大写字母、小写字母、数字、符号中的三种。"
        self.fields["new_password2"].label = "再填一次"
        self.fields["new_password2"].help_text = ""


class AccountForm(forms.ModelForm):
    """A new account: its name to sign in with and whose it is."""

    class Meta:
        model = User
        fields = ["username", "name"]
        labels = {"username": "账号", "name": "姓名"}
        help_texts = {"username": "用字母和数字，例如姓名拼音。"}
        error_messages = {
            "username": {"required": "请填写账号。", "unique": "这个账号已经有人用了，请换一个。"},
            "name": {"required": "请填写姓名。"},
        }

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip()
        if not username.isascii() or not username.isalnum():
            raise forms.ValidationError("账号只用字母和数字。")
        return username


class GrantForm(forms.Form):
    """A role for an account, at an organisation unless it administers the portal."""

    role = forms.ChoiceField(label="角色", choices=Role.choices)
    organization: Any = forms.ModelChoiceField(
        label="范围",
        queryset=None,
        required=False,
        to_field_name="public_id",
        empty_label="（三员不选）",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["organization"].queryset = organizations_in_scope()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        role, place = cleaned.get("role"), cleaned.get("organization")
        administers = role in SYSTEM_ROLES
        held = set(self.user.grants.values_list("role", flat=True))
        if administers and place:
            self.add_error("organization", "三员管理整个系统，请不要选组织。")
        if not administers and not place:
            self.add_error("organization", "请选择在哪个组织有效。")
        if administers and held:
            self.add_error("role", "三员须专人专任：这个账号已有别的角色。")
        if not administers and held & set(SYSTEM_ROLES):
            self.add_error("role", "三员须专人专任：这个账号已是管理员。")
        return cleaned
