"""What the operators' lists and pages are made of: they find and show, and never save.

What operators do, they do through operations, each on a page of its own that asks first (`question`).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import F, Model, Q, Value
from django.db.models.lookups import GreaterThan, IRegex, StartsWith
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.text import Fold, composed

NOTHING = Q(pk__in=())
EMPTY = "–"
asked = method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
LONGEST = 254  # an address: nothing that one looks for is longer

# What a letter typed without its accent stands for, in both cases: not every locale knows them
SPELT = {
    "a": "[aàâäáãåÀÂÄÁÃÅ]",
    "c": "[cçÇ]",
    "e": "[eéèêëÉÈÊË]",
    "i": "[iíìîïÍÌÎÏ]",
    "n": "[nñÑ]",
    "o": "[oóòôöõÓÒÔÖÕ]",
    "u": "[uúùûüÚÙÛÜ]",
    "y": "[yýÿÝŸ]",
}


class BoundedPaginator(Paginator):
    """Pages of the first thousand rows: nobody leafs further, and no list is counted to its end."""

    limit = 1000
    object_list: Any

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.limit].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that operators look at; nobody adds, changes or deletes one here, a superuser no more than others.

    A subclass says what its search finds (`find`), and which other lists find what belongs to one of its rows by its
    public id: `related` holds their titles and models (« habilitations.Attachment »).
    """

    related: ClassVar[tuple[tuple[str, str], ...]] = ()

    actions = None
    change_form_template = "operators/object.html"
    change_list_template = "operators/list.html"
    list_per_page = 50
    paginator = BoundedPaginator
    search_fields = ("pk",)  # only says that there is a search
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    sortable_by = ()
    view_on_site = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """By its key alone, whatever field the address names."""
        return super().get_object(request, object_id)

    @property
    def media(self) -> Media:
        """No script: those of Django serve forms."""
        return Media()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        """Without Django's own history (the journal is ours) nor its old addresses."""
        return [url for url in super().get_urls() if url.name and not url.name.endswith("_history")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def find(self, text: str) -> Q:
        """The condition on rows that the search puts for what was typed."""
        raise NotImplementedError

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        text = composed(search_term)
        if not text:
            return queryset, False
        return queryset.filter(self.find(text) if len(text) <= LONGEST else NOTHING), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the filters of the page ask: an address may not question any other column."""
        filters: tuple[Any, ...] = tuple(self.list_filter)
        return lookup in {f"{name}__exact" if isinstance(name, str) else name.parameter_name for name in filters}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context |= {
            "title": self.heading(obj),  # Django's own, « Affichage de événement », is no French
            "subtitle": "",
            "acts": self.acts(request, obj),
            "lists": self._lists(request, obj),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def heading(self, obj: Any) -> str:
        """The title of a row's page."""
        return str(obj)

    def acts(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """What this person may do to a row: (words, address of the page that asks)."""
        return []

    def _lists(self, request: HttpRequest, obj: Any) -> Iterator[tuple[str, str]]:
        for title, name in self.related:
            model = apps.get_model(name)
            if is_shown(self.admin_site, model, request):
                yield title, reverse(_address(model, "changelist"), query={"q": obj.public_id})


def worded(
    model: type[Model], name: str, yes: str = "Oui", no: str = "Non", *, title: str = ""
) -> Callable[[Any], str]:
    """A column for a field that is true or false, in words: Django's own is an icon that speaks English."""
    field: Any = model._meta.get_field(name)

    @admin.display(description=title or field.verbose_name)
    def shown(obj: Any) -> str:
        return yes if getattr(obj, name) else no

    return shown


def is_shown(site: Any, model: type[Model], request: HttpRequest) -> bool:
    """Whether the site has a list of this model, and this person may see it."""
    return site.is_registered(model) and site.get_model_admin(model).has_view_permission(request)


def page_of(obj: Model) -> str:
    """The address of an object's page."""
    return reverse(_address(type(obj), "change"), args=[obj.pk])


def link_to(obj: Model) -> SafeString:
    return format_html('<a href="{}">{}</a>', page_of(obj), obj)


def as_public_id(text: str) -> UUID | None:
    """The public id that was typed, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def begins(key: str, text: str) -> Q:
    """The condition that a folded key begins as the text does, whatever its case and accents: its index serves."""
    folded = Fold(Value(text))
    return Q(StartsWith(F(key), folded), GreaterThan(folded, Value("")))  # « % » folds to nothing, and begins nothing


def has_words(name: Any, text: str) -> Q:
    """The condition that each word typed begins a word of a name, whatever their order, case and accents.

    For names that have no folded key: every row is read, 0.8 s a million (folding them there would take 30 s).
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    words = re.findall("[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    spelt = ["".join(SPELT.get(letter, letter) for letter in word) for word in words]
    return Q(*(IRegex(name, rf"\m{word}") for word in spelt)) if words else NOTHING


def told(request: HttpRequest, obj: Model, level: int, sentence: str) -> HttpResponse:
    """Go back to an object's page, and say there what became of the act."""
    messages.add_message(request, level, sentence)
    return redirect(page_of(obj))


def question(request: HttpRequest, obj: Model, title: str, lines: Sequence[str], form: Any = None) -> HttpResponse:
    """The page that says what an act will do, and asks; 422 when its form has errors."""
    context = {
        **admin.site.each_context(request),
        "title": title,
        "subtitle": str(obj),
        "opts": obj._meta,
        "back": page_of(obj),
        "lines": lines,
        "form": form,
    }
    status = 422 if form and form.errors else 200
    return TemplateResponse(request, "operators/act.html", context, status=status)


def _address(model: type[Model], page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
