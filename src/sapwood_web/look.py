"""The site's look in templates: `{% load look %}`. docs/site-look.md shows each piece."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

CALLOUTS = {
    "info": _("Good to know"),
    "good": _("Done"),
    "warn": _("Please note"),
    "urgent": _("Urgent"),
    "stop": _("Stop"),
}
"""Kinds of callout, and the words that stand where no title is given: a colour alone says nothing."""


class FormRenderer(TemplatesSetting):
    """Forms as this site writes them: a summary of errors, then every field with label, hint and error."""

    form_template_name = "look/form.html"
    field_template_name = "look/field.html"


@register.simple_block_tag
def callout(content: str, kind: str = "info", title: str = "", role: str = "") -> SafeString:
    """A box that stands out: its kind, a title in words, and what is between the tags."""
    words = {"kind": kind, "title": title or CALLOUTS[kind], "role": role, "content": content}
    return render_to_string("look/callout.html", words)


@register.filter
def callout_kind(tags: str) -> str:
    """The kind of callout that fits a message's tags."""
    return {"success": "good", "warning": "warn", "error": "urgent"}.get(tags.split(" ")[-1], "info")


@register.filter
def faults(form: forms.BaseForm) -> list[dict[str, Any]]:
    """Each error of a form, with the id of the field it belongs to; those of the whole form first."""
    found = [{"id": "", "label": "", "words": words} for words in form.non_field_errors()]
    for field in form:
        if field.name in form.errors:
            found += [{"id": _anchor(field), "label": field.label, "words": words} for words in field.errors]
    return found


def _anchor(field: Any) -> str:
    """What a link to a field leads to: the first choice of a group, or the field itself."""
    group = isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    return f"{field.auto_id}_0" if group else field.auto_id


@register.inclusion_tag("look/steps.html")
def steps(now: int, *names: str) -> dict[str, Any]:
    """How far one has come: `{% steps 2 _("Account") _("Address") _("Safety") %}`; numbers begin at 1."""
    return {"steps": list(names), "now": now}


@register.inclusion_tag("look/pages.html")
def pages(page: Any, query: str = "") -> dict[str, Any]:
    """Links to the page before and the page after, of a paginator's page; `query` goes with them."""
    return {"page": page, "query": query}
