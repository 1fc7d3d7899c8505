"""Pages of those who keep the library: stewards publish, clinicians review."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sapwood_web.accounts.models import Role
from sapwood_web.accounts.permissions import check_reviewer, check_steward
from sapwood_web.library import actions
from sapwood_web.library.forms import AnswerForm, PassageForms, ReviewForm, TalkForm, passages_of, time_words
from sapwood_web.library.models import Question, Review, Talk
from sapwood_web.library.reviewing import Reviews, Text, reviewed_words, texts


@require_GET
def questions_desk(request: HttpRequest) -> HttpResponse:
    """Questions that wait for an answer, and those that have one."""
    check_steward("publish", request.user)
    context = {
        "waiting": Question.objects.filter(published_at=None).order_by("at"),
        "answered": Question.objects.exclude(published_at=None),
    }
    return render(request, "library/questions_desk.html", context)


@require_http_methods(["GET", "POST"])
def question_desk(request: HttpRequest, question_id: str) -> HttpResponse:
    """One question: what was sent, and the words everybody will read."""
    check_steward("publish", request.user)
    question = get_object_or_404(Question, pk=question_id)
    waits = question.published_at is None
    form = AnswerForm(request.POST or None, instance=Question.objects.get(pk=question.pk))
    form.fields["talk"].queryset = Talk.objects.exclude(published_at=None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("words", "answer", "talk")}
        if waits:
            place = f"{reverse('questions')}#q-{question.pk}"
            actions.answer_question(
                request.user, question, **said, link=lambda: request.build_absolute_uri(place)
            )
            messages.success(request, _("It is published. What was sent is erased."))
        else:
            actions.mend_answer(request.user, question, **said)
            messages.success(request, _("Saved."))
        return redirect("questions_desk")
    sent = question.sent
    context = {
        "question": question,
        "waits": waits,
        "sent": sent["words"],
        "has_address": bool(sent["address"]),
        "form": form,
    }
    return render(request, "library/question_desk.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_question(request: HttpRequest, question_id: str) -> HttpResponse:
    """Removes a question for good."""
    check_steward("publish", request.user)
    actions.remove_question(request.user, get_object_or_404(Question, pk=question_id))
    messages.success(request, _("It is removed."))
    return redirect("questions_desk")


@require_GET
def talks_desk(request: HttpRequest) -> HttpResponse:
    """Every talk, shown or not."""
    check_steward("publish", request.user)
    return render(request, "library/talks_desk.html", {"talks": Talk.objects.all()})


@require_http_methods(["GET", "POST"])
def new_talk(request: HttpRequest) -> HttpResponse:
    """A talk that is not there yet."""
    check_steward("publish", request.user)
    return _edit(request, Talk())


@require_http_methods(["GET", "POST"])
def edit_talk(request: HttpRequest, talk_id: str) -> HttpResponse:
    """A talk and the questions it answers."""
    check_steward("publish", request.user)
    return _edit(request, get_object_or_404(Talk, pk=talk_id))


def _edit(request: HttpRequest, talk: Talk) -> HttpResponse:
    form = TalkForm(request.POST or None, instance=talk)
    there = [] if talk._state.adding else talk.passages.all()
    begun = [{"time": time_words(one.seconds), "question": one.question, "said": one.said} for one in there]
    passages = PassageForms(request.POST or None, initial=begun, prefix="passages")
    if request.method == "POST" and form.is_valid() and passages.is_valid():
        kept = actions.keep_talk(request.user, form.instance, passages_of(passages.forms))
        messages.success(request, _("Saved."))
        return redirect("edit_talk", kept.pk)
    context = {"form": form, "passages": passages, "talk": None if talk._state.adding else talk}
    return render(request, "library/edit_talk.html", context, status=422 if form.is_bound else 200)


@require_POST
def publish_talk(request: HttpRequest, talk_id: str) -> HttpResponse:
    """Shows a talk to everybody, or takes it back."""
    check_steward("publish", request.user)
    shown = request.POST.get("shown") == "yes"
    actions.publish_talk(request.user, get_object_or_404(Talk, pk=talk_id), shown=shown)
    messages.success(request, _("Everybody can read it now.") if shown else _("It is taken back."))
    return redirect("talks_desk")


# ---- reviews ----


def _check_desk(request: HttpRequest) -> None:
    """Stewards and verified clinicians; NotYoursError for others."""
    if request.user.role == Role.STEWARD:
        check_steward("publish", request.user)
    else:
        check_reviewer(request.user)


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """Every text that visitors read, and whether a clinician has read it as it stands."""
    _check_desk(request)
    known = Reviews()
    lines = [(text, known.of(text), known.latest(text)) for text in texts()]
    context = {
        "lines": lines,
        "good": sum(reviewed.good for _text, reviewed, _latest in lines),
        "clinician": request.user.role == Role.CLINICIAN,
    }
    return render(request, "library/reviews.html", context)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """One text: who reviewed it so far, and a clinician's own review."""
    _check_desk(request)
    text = _text(kind, name)
    form = ReviewForm(request.POST or None, initial={"content": text.content})
    if request.method == "POST":
        check_reviewer(request.user)
        if form.is_valid():
            said: dict[str, Any] = {name: form.cleaned_data[name] for name in ("content", "named")}
            actions.review(request.user, text, **said)
            messages.success(request, _("Your review is kept."))
            return redirect("reviews")
    made = [
        (one, reviewed_words(one), one.content == text.content)
        for one in Review.objects.filter(kind=kind, name=name).select_related("by")
    ]
    context = {"text": text, "form": form, "made": made, "clinician": request.user.role == Role.CLINICIAN}
    return render(request, "library/review.html", context, status=422 if form.is_bound else 200)


@require_POST
def withdraw_review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Takes a review back."""
    _check_desk(request)
    actions.withdraw_review(request.user, get_object_or_404(Review, pk=review_id))
    messages.success(request, _("The review is taken back."))
    return redirect("reviews")


def _text(kind: str, name: str) -> Text:
    for text in texts():
        if (text.kind, text.name) == (kind, name):
            return text
    raise Http404
