"""What no page of the portal reads is refused before any of them, in words."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from chorus_org.kernel.common.text import is_storable
from chorus_org.portal.views.errors import bare

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}  # what a form may send


class ReadableMiddleware:
    """Refuse an address that no text of ours can hold (400), and a body that is not a form's, or empty (415).

    A form of boxes would read such a body as « nothing ticked », and save it; ours carry their token at least.
    A cookie that no text can hold is none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = [text for name, values in request.GET.lists() for text in (name, *values)]
        if not all(map(is_storable, [request.path, *asked])):
            return bare(400)
        if request.method == "POST" and not _is_of_a_form(request):
            return bare(415)
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if is_storable(value)}
        return self.get_response(request)


def _is_of_a_form(request: HttpRequest) -> bool:
    return request.content_type in FORMS and request.headers.get("content-length") not in {None, "", "0"}
