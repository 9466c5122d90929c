from django.urls import include, path
from django.views.decorators.http import require_safe

from chorus_org.information.views import guide, news, pages, support
from chorus_org.kernel.common.answers import static_page

news_urls = [
    path("", news.articles, name="articles"),
    path("flux/", require_safe(news.NewsFeed()), name="feed"),
    path("ecrire/", news.write, name="write"),
    path("<uuid:public_id>/", news.article, name="article"),
    path("<uuid:public_id>/modifier/", news.write, name="change"),
]
support_urls = [
    path("", support.support, name="support"),
    path("nous-contacter/", support.contact, name="contact"),
    path("nous-contacter/envoye/", support.taken, name="sent"),
]
guide_urls = [
    path("", guide.contents, name="contents"),
    path("<slug:slug>/", guide.task, name="task"),
]
urlpatterns = [
    path("actualites/", include((news_urls, "news"))),
    path("support/", include((support_urls, "support"))),
    path("documentation/", include((guide_urls, "guide"))),
    path("communication/", static_page("information/communication.html"), name="communication"),
    path("communication/presenter/", pages.kit, name="kit"),
    path("plan-du-site/", pages.site_map, name="site_map"),
    path("mentions-legales/", static_page("information/legal.html"), name="legal"),
    path("accessibilite/", static_page("information/accessibility.html"), name="accessibility"),
    path("engagements/", static_page("information/engagements.html"), name="engagements"),
]
