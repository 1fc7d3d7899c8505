"""The pieces of the site's look: what they say, what they escape, how a field is joined to its hint and its error."""

from __future__ import annotations

import pytest
from django import forms
from django.template import engines

from sapwood_web.look import CALLOUTS


class Sheet(forms.Form):
    """A form with one of each."""

    name = forms.CharField(label="Name", help_text="As you wish.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")
    note = forms.CharField(label="Note", required=False)

    def clean(self) -> None:
        raise forms.ValidationError("Nothing fits together.")


def drawn(source: str, **context: object) -> str:
    return str(engines["django"].from_string("{% load look %}" + source).render(context))


@pytest.mark.parametrize("kind", CALLOUTS)
def test_a_callout_says_its_kind_in_words_and_a_picture(kind: str) -> None:
    shown = drawn(f'{{% callout "{kind}" %}}<p>inside</p>{{% endcallout %}}')
    assert f'class="callout {kind}"' in shown
    assert str(CALLOUTS[kind]) in shown
    assert "<svg" in shown and "<p>inside</p>" in shown


def test_a_title_that_somebody_wrote_stays_text() -> None:
    shown = drawn('{% callout "info" title=words %}{{ words }}{% endcallout %}', words="<script>1</script>")
    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") == 2


def test_the_summary_leads_to_each_field_and_takes_the_focus() -> None:
    shown = drawn("{{ form }}", form=Sheet({}))
    summary = shown.partition("</ul>")[0]
    assert 'tabindex="-1" autofocus' in summary
    assert summary.index("Nothing fits together.") < summary.index('href="#id_name"')
    assert 'href="#id_kind_0"' in summary, "a group of choices is entered at its first"
    assert 'href="#id_sure"' in summary
    assert "id_note" not in summary


def test_a_field_is_joined_to_its_hint_and_its_error() -> None:
    shown = drawn("{{ form.name.as_field_group }}", form=Sheet({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'id="id_name_helptext"' in shown and 'id="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert "<legend>Kind" in drawn("{{ form.kind.as_field_group }}", form=Sheet())
    assert "you may leave this out" in drawn("{{ form.note.as_field_group }}", form=Sheet())
    assert "you may leave this out" not in drawn("{{ form.name.as_field_group }}", form=Sheet())


def test_steps_say_what_is_done_and_where_one_is() -> None:
    shown = drawn('{% steps 2 "One" "Two" "Three" %}')
    assert '<li class="done">One' in shown
    assert '<li aria-current="step">Two' in shown
    assert "<li>Three" in shown
