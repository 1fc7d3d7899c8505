"""What visitors and stewards type into the library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext_lazy as _

from sapwood.never_said import never_said
from sapwood_web.library.models import Passage, Question, Talk

SIGNER = TimestampSigner(salt="sapwood.question")
OPEN_FOR = 12 * 60 * 60
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)\Z")


def for_patients(words: str) -> str:
    """Words that a page for patients may say; an error with what to say instead."""
    for problem in never_said(words, "text"):
        raise forms.ValidationError(f"{problem.what[0].upper()}{problem.what[1:]}. {problem.remedy}")
    return words


class AskForm(forms.Form):
    """A visitor's question; `begun` shows that the form came from this site."""

    words = forms.CharField(
        label=_("Your question"),
        max_length=500,
        help_text=_("In a sentence or two. Please write nothing about your own health, and no names."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write your question first.")},
    )
    address = forms.EmailField(
        label=_("Your e-mail address, if we may write to you once"),
        max_length=254,
        required=False,
        help_text=_(
            "You can leave this empty. We use it once, to say that there is an answer. Then it is erased."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    begun = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            SIGNER.unsign(cleaned.get("begun", ""), max_age=OPEN_FOR)
        except BadSignature:
            raise forms.ValidationError(
                _("This page was open for a long time. Your words are still here: send them once more.")
            ) from None
        return cleaned


class AnswerForm(forms.ModelForm):
    """A question in the words everybody reads, and its answer."""

    class Meta:
        model = Question
        fields = ("words", "answer", "talk")
        labels = {  # noqa: RUF012
            "words": _("The question, as everybody will read it"),
            "answer": _("The answer"),
            "talk": _("The talk that answers it, if one does"),
        }
        help_texts = {  # noqa: RUF012
            "words": _("Leave out everything that could point to one person."),
            "answer": _(
                "Short and plain. Blank lines part paragraphs. Nothing is promised, and no figure on survival."
            ),
        }
        widgets = {"answer": forms.Textarea(attrs={"rows": 8})}  # noqa: RUF012

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["words"].required = self.fields["answer"].required = True

    def clean_words(self) -> str:
        return for_patients(self.cleaned_data["words"])

    def clean_answer(self) -> str:
        return for_patients(self.cleaned_data["answer"])


class TalkForm(forms.ModelForm):
    """A talk: who, when, and what was said in short."""

    recording = forms.URLField(
        label=_("Address of the recording"),
        max_length=400,
        required=False,
        assume_scheme="https",
        help_text=_("Begins with https://. Leave it empty for a talk to come."),
    )

    class Meta:
        model = Talk
        fields = ("title", "speaker", "about_speaker", "day", "minutes", "recording", "summary", "invented")
        labels = {  # noqa: RUF012
            "title": _("Title"),
            "speaker": _("Who speaks"),
            "about_speaker": _("What they do, and for whom they work"),
            "day": _("Day"),
            "minutes": _("How many minutes it lasts"),
            "summary": _("What was said, in short and in our own words"),
            "invented": _("This is an invented example"),
        }
        help_texts = {  # noqa: RUF012
            "summary": _("Plain words. Nothing is promised, and no figure on survival."),
        }
        widgets = {  # noqa: RUF012
            "day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "summary": forms.Textarea(attrs={"rows": 8}),
        }

    def clean_recording(self) -> str:
        address = self.cleaned_data["recording"]
        if address and not address.startswith("https://"):
            raise forms.ValidationError(_("Use an address that begins with https://."))
        return str(address)

    def clean_summary(self) -> str:
        return for_patients(self.cleaned_data["summary"])


class PassageForm(forms.Form):
    """Where in a recording a question is answered, and what was said."""

    time = forms.CharField(label=_("At"), max_length=8, required=False, help_text=_("As 12:30 or 1:02:30"))
    question = forms.CharField(label=_("The question"), max_length=200, required=False)
    said = forms.CharField(
        label=_("What was said"), max_length=1500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_time(self) -> int | None:
        words = self.cleaned_data["time"].strip()
        if not words:
            return None
        found = _TIME.match(words)
        if found is None:
            raise forms.ValidationError(_("Write minutes and seconds, as 12:30, with hours as 1:02:30."))
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])

    def clean_said(self) -> str:
        return for_patients(self.cleaned_data["said"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = [cleaned.get("time") is not None, bool(cleaned.get("question")), bool(cleaned.get("said"))]
        if any(given) and not all(given) and not self.errors:
            raise forms.ValidationError(_("Fill in all three, or leave all three empty."))
        return cleaned


PassageForms = forms.formset_factory(PassageForm, extra=3, max_num=40, validate_max=True)


def passages_of(forms_: Sequence[PassageForm]) -> list[Passage]:
    """The passages that were filled in, in the order of the recording; not yet saved."""
    filled = [form.cleaned_data for form in forms_ if form.cleaned_data.get("question")]
    made = [Passage(seconds=one["time"], question=one["question"], said=one["said"]) for one in filled]
    return sorted(made, key=lambda passage: passage.seconds)


def time_words(seconds: int) -> str:
    """A place in a recording as people write it."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


class ReviewForm(forms.Form):
    """That somebody read exactly these words."""

    read = forms.BooleanField(
        label=_("I have read this text as it stands, and it is right"),
        error_messages={"required": _("Tick this box if you have read it and find it right.")},
    )
    named = forms.BooleanField(label=_("Show my name with the review"), required=False)
    content = forms.CharField(widget=forms.HiddenInput, max_length=64)
