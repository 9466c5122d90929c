"""Lists that are filtered and paged: the filters stand in the address, and each of them says what is wrong with it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.paging import Page, page


class FilterForm(Form):
    """What an address asks of a list. A wrong value is said at its filter; the other filters still serve.

    A filter that the address does not name has its field's `initial`; one that it names empty filters nothing.
    """

    use_required_attribute = False

    def __init__(self, asked: QueryDict) -> None:
        self.asked = asked
        data = {name: asked.get(name, field.initial or "") for name, field in self.base_fields.items()}
        super().__init__(data, auto_id="f_%s")

    def narrow(self, rows: QuerySet, **chosen: Any) -> QuerySet:
        """The rows that the filters leave.

        :param chosen: the filters in use, by name, each with its clean value.
        """
        raise NotImplementedError

    def narrowed(self, rows: QuerySet) -> QuerySet:
        self.is_valid()
        return self.narrow(rows, **{name: value for name, value in self.cleaned_data.items() if value})

    @property
    def kept(self) -> dict[str, str]:
        """What the addresses of other pages of the list carry along."""
        named = [name for name in self.fields if name in self.asked and name not in self.errors]
        return {name: str(self.asked.get(name, "")) for name in named}

    @property
    def is_used(self) -> bool:
        """Whether the address narrows the list otherwise than it is at first."""
        return bool(self.kept)


def filtered(request: HttpRequest, visible: QuerySet, form: FilterForm, order: str) -> Page:
    """One page of what the filters leave of the rows that the person may see.

    :param order: a field of the rows, `-` before it for the greatest first (`paging.page`).
    """
    return page(form.narrowed(visible), order, request.GET, within=visible, keep=form.kept)
