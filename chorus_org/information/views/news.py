"""« Actualités »: the list, one of them, its feed, and where operators write them."""

from typing import Any
from uuid import UUID

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.information import policies
from chorus_org.information.forms import NewsFilter, NewsForm
from chorus_org.information.models import News
from chorus_org.information.operations import write_news
from chorus_org.kernel.common.answers import form_page, sent
from chorus_org.kernel.common.lists import filtered
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed

IN_FEED = 20


@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    """« Voir toutes les actualités », the latest first."""
    form = NewsFilter(request.GET)
    context = {
        "filters": form,
        "rows": filtered(request, News.objects.published(timezone.now()), form, "-published_from"),
        "may_write": policies.may_write_news(request.user),
    }
    return render(request, "information/news.html", context)


@require_safe
def article(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One piece of news; before or after its time, for those who write them."""
    news, may_write = get_object_or_404(News, public_id=public_id), policies.may_write_news(request.user)
    is_published = news.is_published(timezone.now())
    if not (is_published or may_write):
        raise Http404
    context = {"news": news, "may_write": may_write, "is_published": is_published}
    return render(request, "information/article.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Write a piece of news, or change one; « Aperçu » shows it as it will be, and writes nothing."""
    if not policies.may_write_news(request.user):
        raise NotAllowed(policies.WHO_MAY_WRITE)
    news, at = get_object_or_404(News, public_id=public_id) if public_id else None, timezone.now()
    form = NewsForm(typed(request), news=news, initial={"published_from": at})
    title = "Modifier une actualité" if news else "Écrire une actualité"
    is_preview = request.POST.get("action") == "apercu"
    if not is_preview and form.submit(write_news, news=news, by=request.user, at=at):
        return sent(request, title, form.made)
    preview = News(**form.values()) if is_preview and form.is_valid() else None
    return form_page(request, "information/write.html", form, title=title, preview=preview)


class NewsFeed(Feed):
    """What is published, for readers of Atom."""

    feed_type = Atom1Feed
    title = "Chorus Organisation\u00a0: actualités"
    link = reverse_lazy("news:articles")
    subtitle = "Ce qui change sur le portail."

    def items(self) -> list[News]:
        return list(News.objects.latest(timezone.now())[:IN_FEED])

    def item_title(self, item: News) -> str:
        return item.title

    def item_description(self, item: News) -> str:
        return item.summary

    def item_pubdate(self, item: News) -> Any:
        return item.published_from

    def item_updateddate(self, item: News) -> Any:
        return item.changed_at

    def item_guid(self, item: News) -> str:
        return f"urn:uuid:{item.public_id}"
