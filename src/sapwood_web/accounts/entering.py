"""allauth's forms in this site's words: labels and hints that somebody can follow who never did this before."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as second_step
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

ADDRESS = (_("Your e-mail address"), "")
PASSWORD = (_("Your password"), "")
NEW_PASSWORD = (
    _("Choose a password"),
    _(
        "At least 12 letters, figures or spaces. Four or five everyday words in a row are safe, and easy to remember."
    ),
)
AGAIN = (_("The same password once more"), "")
MAILED_CODE = (_("The code from the mail"), _("Letters and figures, with or without the line between them."))


class InOurWords:
    """A form whose fields take label and hint from `words`, and no text that vanishes when one types."""

    words: ClassVar[dict[str, tuple[Any, Any]]] = {}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]
            if name == "code":
                field.widget.attrs |= {
                    "class": "short",
                    "autocapitalize": "characters",
                    "spellcheck": "false",
                }


class Join(InOurWords, account.SignupForm):
    """Sign-up."""

    words: ClassVar = {
        "email": (
            _("Your e-mail address"),
            _("We send a code there, to be sure that it is yours. We never write about your health."),
        ),
        "password1": NEW_PASSWORD,
        "password2": AGAIN,
    }


class SignIn(InOurWords, account.LoginForm):
    """Sign-in by password."""

    words: ClassVar = {"login": ADDRESS, "password": PASSWORD}


class ProveItsYou(InOurWords, account.ReauthenticateForm):
    """The password once more, before something that matters."""

    words: ClassVar = {"password": PASSWORD}


class ConfirmAddress(InOurWords, account.ConfirmEmailVerificationCodeForm):
    """The code that shows an address is one's own."""

    words: ClassVar = {"code": MAILED_CODE}


class ChangeAddressAtJoining(InOurWords, account.ChangeEmailForm):
    """Another address, where the first was mistyped."""

    words: ClassVar = {"email": (_("The right e-mail address"), "")}


class ChangeAddress(InOurWords, account.AddEmailForm):
    """Another address for an account."""

    words: ClassVar = {"email": (_("Your new e-mail address"), _("We send a code there first."))}


class ForgotPassword(InOurWords, account.ResetPasswordForm):
    """Where to send the code for a new password."""

    words: ClassVar = {"email": ADDRESS}


class ForgotPasswordCode(InOurWords, account.ConfirmPasswordResetCodeForm):
    """The code that allows a new password."""

    words: ClassVar = {"code": MAILED_CODE}


class SignInCode(InOurWords, account.ConfirmLoginCodeForm):
    """A code sent for signing in."""

    words: ClassVar = {"code": MAILED_CODE}


class NewPassword(InOurWords, account.ResetPasswordKeyForm):
    """The new password, after the code."""

    words: ClassVar = {"password1": NEW_PASSWORD, "password2": AGAIN}


class FirstPassword(InOurWords, account.SetPasswordForm):
    """A password, for an account that has none."""

    words: ClassVar = {"password1": NEW_PASSWORD, "password2": AGAIN}


class ChangePassword(InOurWords, account.ChangePasswordForm):
    """Another password."""

    words: ClassVar = {
        "oldpassword": (_("Your password now"), ""),
        "password1": NEW_PASSWORD,
        "password2": AGAIN,
    }


SIX_FIGURES = (_("The six figures your app shows now"), _("They change every half minute."))
SECOND_STEP = (
    _("The code"),
    _("The six figures from your app, or one of the recovery codes that you kept."),
)


class StartApp(InOurWords, totp.ActivateTOTPForm):
    """The first code of an authenticator app."""

    words: ClassVar = {"code": SIX_FIGURES}


class SecondStep(InOurWords, second_step.AuthenticateForm):
    """A code at sign-in."""

    words: ClassVar = {"code": SECOND_STEP}


class SecondStepAgain(InOurWords, second_step.ReauthenticateForm):
    """A code once more, before something that matters."""

    words: ClassVar = {"code": SECOND_STEP}


class AddKey(InOurWords, webauthn.AddWebAuthnForm):
    """A passkey; or a key that is only a second step."""

    words: ClassVar = {
        "name": (_("A name for it"), _("So that you know it again: “my phone”, “blue key”.")),
        "passwordless": (
            _("Let me sign in with this alone, without my password"),
            _("Take the tick away for an old security key that has no PIN and reads no finger."),
        ),
    }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["passwordless"].initial = True


class RenameKey(InOurWords, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    words: ClassVar = {"name": (_("A name for it"), "")}
