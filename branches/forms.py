"""Forms of accounts."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm


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

    error_messages = {"password_mismatch": "两次填写的口令不一样。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "新口令"
        self.fields[
            "new_password1"
        ].help_text = "至少 10 位，含大写字母、小写字母、数字、符号中的三种。"
        self.fields["new_password2"].label = "再填一次"
        self.fields["new_password2"].help_text = ""
