"""Pages for visitors: no cookie, nothing of anybody, kept by browsers and by caches on the way."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]


def public_page(seconds: int = 300) -> Callable[[View], View]:
    """A page that anybody may read; what a visitor gets may be kept so long, and is asked for by its ETag after that.

    Who is signed in, or was a moment ago, gets it with words of their own, and that is kept nowhere.
    """

    def wrap(view: View) -> View:
        @login_not_required
        @require_safe
        @functools.wraps(view)
        def answering(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            response = view(request, *arguments, **named)
            known = request.user.is_authenticated or settings.SESSION_COOKIE_NAME in request.COOKIES
            if known or response.status_code != 200:
                return response
            return kept(request, response, seconds)

        return answering

    return wrap


def kept(request: HttpRequest, response: HttpResponse, seconds: int) -> HttpResponse:
    """The response with what caches need to know; only its head where the reader has it already."""
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    life = f"max-age={seconds}" if seconds else "no-cache"
    response.headers["Cache-Control"] = f"public, {life}"
    patch_vary_headers(response, ["Cookie"])
    response.public = True
    answer = get_conditional_response(request, etag=tag, response=response)
    if answer is not response:
        answer.public = True
    return answer
