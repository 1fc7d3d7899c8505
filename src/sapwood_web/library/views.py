"""Pages for visitors: parse, look up, render. None of them sets a cookie."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from sapwood.articles import Article
from sapwood.articles_html import html_text
from sapwood_web.editions.active import active
from sapwood_web.library import actions, content, reviewing, search
from sapwood_web.library.forms import SIGNER, AskForm, time_words
from sapwood_web.library.models import Question, Talk
from sapwood_web.public_pages import public_page

STATUS_WORDS = {
    "recruiting": _("Was taking new people"),
    "unknown": _("Not known whether it takes new people"),
    "not_recruiting": _("Was not taking new people"),
    "completed": _("Ended"),
}


@public_page()
def articles(request: HttpRequest) -> HttpResponse:
    """Every page in the order people need them."""
    pages = content.library()
    listed = [
        (page, content.address_of(name), content.opening(page)) for name, page in pages.articles.items()
    ]
    return render(request, "library/articles.html", {"listed": listed, "cards": pages.cards.values()})


@public_page()
def article(request: HttpRequest, name: str) -> HttpResponse:
    """One page: its words, who wrote and who reviewed it, its sources, the page after it."""
    pages = content.library()
    page = pages.articles.get(name)
    if page is None:
        raise Http404
    if content.address_of(name) != request.path:
        return redirect(content.address_of(name))
    return render(request, "library/article.html", _article_context(page))


def _article_context(page: Article) -> dict[str, Any]:
    pages = content.library()
    names = list(pages.articles)
    following = pages.articles.get(page.about.next)
    return {
        "page": page,
        "parts": content.parts_of(page),
        "words": pages.words_on(page) if page.about.kind != "sheet" else (),
        "reviewed": reviewing.Reviews().of(reviewing.text_of_article(page)),
        "place": names.index(page.about.id) + 1,
        "of": len(names),
        "following": following,
        "following_address": content.address_of(following.about.id) if following else "",
    }


@public_page()
def questions(request: HttpRequest) -> HttpResponse:
    """Common questions with their answers: the pack's, then those that visitors sent."""
    pages = content.library()
    page = content.questions_page(pages)
    reviews = reviewing.Reviews()
    sent = [
        (question, html_text(pages, question.answer), reviews.of(reviewing.text_of_question(question)))
        for question in Question.objects.exclude(published_at=None).select_related("talk")
    ]
    context = _article_context(page) if page else {}
    return render(request, "library/questions.html", {**context, "sent": sent})


@public_page()
def card(request: HttpRequest, name: str) -> HttpResponse:
    """One emergency card, to print, cut out and fold."""
    one = content.library().cards.get(name)
    if one is None:
        raise Http404
    context = {
        "card": one,
        "parts": content.card_parts(one),
        "references": content.card_references(one),
        "reviewed": reviewing.Reviews().of(reviewing.text_of_card(one)),
    }
    return render(request, "library/card.html", context)


@public_page()
def red_flags(request: HttpRequest) -> HttpResponse:
    """Is this an emergency: whom to call and when, in plain words."""
    pages = content.library()
    page = content.emergency_page(pages)
    context = _article_context(page) if page else {}
    context |= {
        "call": active().pack.about.call_patient,
        "alerts": content.urgent_alerts(),
        "cards": pages.cards.values(),
    }
    return render(request, "library/red_flags.html", context)


@public_page()
def words(request: HttpRequest) -> HttpResponse:
    """Every word of the glossary."""
    pages = content.library()
    listed = [
        (word, content.address_of(word.page) if word.page else "", pages.articles.get(word.page))
        for word in pages.glossary.words.values()
    ]
    return render(request, "library/words.html", {"listed": listed})


@public_page()
def talks(request: HttpRequest) -> HttpResponse:
    """Talks to come, and talks that can be heard again."""
    today = timezone.now().date()
    shown = list(Talk.objects.exclude(published_at=None))
    context = {
        "coming": [talk for talk in reversed(shown) if talk.day >= today and not talk.recording],
        "past": [talk for talk in shown if talk.day < today or talk.recording],
    }
    return render(request, "library/talks.html", context)


@public_page()
def talk(request: HttpRequest, slug: str) -> HttpResponse:
    """One talk: who spoke, which questions it answers and where, and what was said."""
    one = get_object_or_404(Talk.objects.exclude(published_at=None), slug=slug)
    pages = content.library()
    context = {
        "talk": one,
        "summary": html_text(pages, one.summary),
        "passages": [(passage, time_words(passage.seconds)) for passage in one.passages.all()],
        "questions": one.questions.exclude(published_at=None),
        "reviewed": reviewing.Reviews().of(reviewing.text_of_talk(one)),
        "host": urlsplit(one.recording).hostname,
        "coming": not one.recording and one.day >= timezone.now().date(),
    }
    return render(request, "library/talk.html", context)


@public_page()
def trials(request: HttpRequest) -> HttpResponse:
    """Trials, each with the day on which its status was last known."""
    groups = [(STATUS_WORDS[status], status, found) for status, found in content.trials_by_status()]
    about = content.address_of("trials") if "trials" in content.library().articles else ""
    return render(request, "library/trials.html", {"groups": groups, "about": about})


@public_page()
def studies(request: HttpRequest) -> HttpResponse:
    """What is known, question by question, for those who ask."""
    return render(request, "library/studies.html", {"topics": content.studies().values()})


@public_page()
def study(request: HttpRequest, name: str) -> HttpResponse:
    """One question, with what each study counted side by side."""
    topic = content.studies().get(name)
    if topic is None:
        raise Http404
    return render(request, "library/study.html", {"studies": topic, "pack": active().pack.about})


@public_page()
def for_clinicians(request: HttpRequest) -> HttpResponse:
    """What a clinician finds here."""
    return render(request, "library/for_clinicians.html", {"pack": active().pack.about})


@public_page()
def for_researchers(request: HttpRequest) -> HttpResponse:
    """An empty room: what will come, and what it will never show."""
    return render(request, "library/for_researchers.html")


@login_not_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What fits the words typed. They are kept nowhere: not in a cache, not in a log, not in the trail."""
    query = request.GET.get("q", "")[: search.LONGEST_QUERY].replace("\0", " ")
    found = search.search(query) if query.strip() else None
    return render(request, "library/find.html", {"query": query, "found": found})


@csrf_exempt  # nobody's rights are used: whoever sends it, it is a stranger's question, and no cookie is needed
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A visitor's question for the next talk."""
    form = AskForm(request.POST or None, initial={"begun": SIGNER.sign("question")})
    if request.method == "POST":
        if _from_elsewhere(request):
            raise PermissionDenied
        if form.is_valid():
            actions.send_question(
                words=form.cleaned_data["words"],
                address=form.cleaned_data["address"],
                visitor=get_adapter().get_client_ip(request),
            )
            return redirect("asked")
        form.data = {**form.data.dict(), "begun": SIGNER.sign("question")}
    return render(request, "library/ask.html", {"form": form}, status=422 if form.is_bound else 200)


@public_page()
def asked(request: HttpRequest) -> HttpResponse:
    """Thanks for a question."""
    return render(request, "library/asked.html")


def _from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site had the browser send this."""
    origin = request.headers.get("Origin", "")
    other = bool(origin) and urlsplit(origin).netloc != request.get_host()
    return other or request.headers.get("Sec-Fetch-Site") == "cross-site"
